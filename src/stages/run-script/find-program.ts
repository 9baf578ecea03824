/** Finds the program of an interpreter: build prefix, host prefix, then the caller's PATH. */
import path from 'node:path'
import type { Platform } from '../../conda/index.js'
import type { System } from '../../system/index.js'
import { programDirectories } from './activation.js'
import type { Interpreter, SearchScope } from './contract.js'
import { interpreterNotFound } from './errors.js'

export interface ProgramSearch {
  readonly platform: Platform
  readonly buildPrefix: string | undefined
  readonly hostPrefix: string
  /** PATH of the caller. */
  readonly callerPath: string
}

/** Absolute path of the interpreter's program. */
export async function findProgram(
  interpreter: Interpreter,
  search: ProgramSearch,
  system: System,
): Promise<string> {
  const directories = interpreter.scopes(search.platform).flatMap((scope) => directoriesOf(scope, search))
  for (const program of interpreter.programs(search.platform)) {
    const found = await system.process.find(program, directories)
    if (found) return found
  }
  throw interpreterNotFound(interpreter.names[0], interpreter.packageName, directories)
}

function directoriesOf(scope: SearchScope, search: ProgramSearch): readonly string[] {
  const { family } = search.platform
  if (scope === 'host') return programDirectories(search.hostPrefix, family)
  if (scope === 'build') return search.buildPrefix ? programDirectories(search.buildPrefix, family) : []
  return search.callerPath.split(path.delimiter).filter((directory) => path.isAbsolute(directory))
}
