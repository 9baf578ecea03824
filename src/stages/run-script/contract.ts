/** What an interpreter has to say about itself so that scripts can be run with it. */
import type { Platform } from '../../conda/index.js'

/** Where a program may be taken from: the build prefix, the host prefix, or the caller's PATH. */
export type SearchScope = 'build' | 'host' | 'caller'

/** One interpreter; `interpreters/index.ts` lists them all. */
export interface Interpreter {
  /** Names that a recipe may write; the first one is shown in messages. */
  readonly names: readonly [string, ...string[]]
  /** File extensions (lower case, no dot) that choose it; the first one is given to generated files. */
  readonly extensions: readonly [string, ...string[]]
  /** The conda package that brings the program, for hints. */
  readonly packageName: string
  /** Program names to look for, best first. */
  programs(platform: Platform): readonly [string, ...string[]]
  /** Where to look, in order. */
  scopes(platform: Platform): readonly SearchScope[]
  /** Arguments that run one script file. */
  args(scriptPath: string): readonly string[]
  /** One script text out of the commands of a list; a failing command must end the script where the language can. */
  join(commands: readonly string[]): string
  /** Extension for a generated file, when it depends on the text. */
  inlineExtension?(text: string): string
}

/** All interpreters, in the order messages list them. */
export type InterpreterRegistry = readonly Interpreter[]

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
