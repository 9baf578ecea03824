/** Stage 7: env vars + script + interpreter to an exit code. */
export { buildFacts, type FactsPlan, pythonFacts } from './build-facts.js'
export { type ActivationStep, captureActivation } from './capture-activation.js'
export {
  findInterpreter,
  type Interpreter,
  type InterpreterRegistry,
  nativeShell,
  type SearchScope,
} from './contract.js'
export {
  buildEnvVars,
  callerEnvVars,
  type EnvOrigin,
  type EnvVars,
  envTable,
  processEnvVars,
  type TracedEnvVar,
  traceEnvVars,
} from './environment/env-vars.js'
export type { EnvFacts, EnvRow, EnvStage, Isolation } from './environment/facts.js'
export { platformTriple } from './environment/triples.js'
export { spellPath } from './environment/windows-path.js'
export {
  type ExecuteContext,
  executeScript,
  readActivations,
  type ScriptRun,
  type ScriptRunResult,
  shellLevel,
} from './execute-script.js'
export { expandVariables } from './expand-variables.js'
export { findProgram } from './find-program.js'
export type { WrapCommand } from './launch.js'
export { readVariables, type VariableRead } from './read-variables.js'
export { type ContentScope, createContentRenderer } from './render-content.js'
export { requireInterpreter } from './require-interpreter.js'
export { type RerunRequest, refreshBuildEnv, rerunCommand, shellAgain } from './rerun-script.js'
export {
  resolvePlanScript,
  runScript,
  type ScriptContext,
  type ScriptOptions,
  writeScript,
} from './run-script.js'
export { type ResolvedScript, type ScriptSection, type ScriptText, sectionTexts } from './sections.js'
export type * from './types.js'
