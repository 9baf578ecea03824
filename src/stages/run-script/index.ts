/** Stage 7: env vars + script + interpreter to an exit code. */
export { pythonFacts } from './build-facts.js'
export {
  findInterpreter,
  type Interpreter,
  type InterpreterRegistry,
  nativeShell,
  type SearchScope,
} from './contract.js'
export { buildEnvVars, callerEnvVars, type EnvVars, envTable } from './environment/env-vars.js'
export type { EnvFacts, EnvRow, EnvStage, Isolation } from './environment/facts.js'
export { spellPath } from './environment/windows-path.js'
export { type ExecuteContext, executeScript, type ScriptRun, type ScriptRunResult } from './execute-script.js'
export type { WrapCommand } from './launch.js'
export { type ContentScope, createContentRenderer } from './render-content.js'
export { requireInterpreter } from './require-interpreter.js'
export { runScript, type ScriptContext, type ScriptOptions } from './run-script.js'
export type { ResolvedScript, ScriptSection, ScriptText } from './sections.js'
export type * from './types.js'
