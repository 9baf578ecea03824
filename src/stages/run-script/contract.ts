/** What an interpreter has to say about itself so that scripts can be run with it. */
import type { Platform } from '../../conda/index.js'

/** Where a program may be taken from: the build prefix, the host prefix, or the caller's PATH. */
export type SearchScope = 'build' | 'host' | 'caller'

/** One interpreter; `interpreters/index.ts` lists them all. */
export interface Interpreter {
  /** Names that a recipe may write; the first one is shown in messages. */
  readonly names: readonly [string, ...string[]]
  /** File extensions (lower case, no dot) that choose it; the first one is given to generated files. */
  readonly extensions: readonly string[]
  /** The conda package that brings the program, for hints. */
  readonly packageName: string
  /** What to do when the program is missing, where adding the package is not the answer. */
  readonly advice?: string
  /** Program names to look for, best first. */
  programs(platform: Platform): readonly [string, ...string[]]
  /** Where to look, in order. */
  scopes(platform: Platform): readonly SearchScope[]
  /** Arguments that run one script file; `launcherPath` is where the text of `launcher` was written. */
  args(scriptPath: string, launcherPath: string): readonly string[]
  /** One script text out of the commands of a list; a failing command must end the script where the language can. */
  join(commands: readonly string[]): string
  /** Extension for a generated file, when it depends on the text or is not the first one that chooses it. */
  inlineExtension?(text: string): string
  /** Text of a second file that sets the language up, for what arguments and environment can't do. */
  launcher?(scriptPath: string): string
  /** The line (from 1) of the script that failed, from the last lines the language wrote. */
  failureLine?(output: readonly string[], scriptPath: string): number | undefined
}

/** All interpreters, in the order messages list them. */
export type InterpreterRegistry = readonly Interpreter[]

/** The interpreter that starts scripts on a platform, and runs those that name no other. */
export function nativeShell(platform: Platform): 'bash' | 'cmd' {
  return platform.family === 'win' ? 'cmd' : 'bash'
}

/** The interpreter a recipe means by a name. */
export function findInterpreter(registry: InterpreterRegistry, name: string): Interpreter | undefined {
  return registry.find((interpreter) => interpreter.names.includes(name))
}

/** The interpreter for a script file, by its extension in any case. */
export function findInterpreterOfFile(
  registry: InterpreterRegistry,
  fileName: string,
): Interpreter | undefined {
  const extension = /\.([^./\\]+)$/.exec(fileName)?.[1]?.toLowerCase()
  return extension === undefined
    ? undefined
    : registry.find((interpreter) => interpreter.extensions.includes(extension))
}
