/** Finds the program of an interpreter: build prefix, host prefix, then the caller's PATH. */
import path from 'node:path'
import type { Platform } from '../../conda/index.js'
import type { System } from '../../system/index.js'
import { programDirectories } from './activation.js'
import type { SearchScope } from './contract.js'
import { interpreterNotFound } from './errors.js'
import type { ScriptSection } from './sections.js'

export interface ProgramSearch {
  readonly platform: Platform
  readonly buildPrefix: string | undefined
  readonly hostPrefix: string
  /** PATH of the caller. */
  readonly callerPath: string
}

/** Absolute path of the interpreter's program. */
export async function findProgram(
  section: Pick<ScriptSection, 'interpreter' | 'calledAs'>,
  search: ProgramSearch,
  system: System,
): Promise<string> {
  const { interpreter, calledAs = interpreter.names[0] } = section
  const directories = interpreter.scopes(search.platform).flatMap((scope) => directoriesOf(scope, search))
  const suffix = search.platform.family === 'win' ? '.exe' : ''
  for (const program of interpreter.programs(search.platform)) {
    const found = await system.process.find(program + suffix, directories)
    if (found) return found
  }
  throw interpreterNotFound(calledAs, interpreter, directories)
}

function directoriesOf(scope: SearchScope, search: ProgramSearch): readonly string[] {
  const { family } = search.platform
  if (scope === 'host') return programDirectories(search.hostPrefix, family)
  if (scope === 'build') return search.buildPrefix ? programDirectories(search.buildPrefix, family) : []
  return search.callerPath.split(path.delimiter).filter((directory) => path.isAbsolute(directory))
}
