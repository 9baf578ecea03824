/** How paths are written for scripts that run on Windows, or on wine, which shows this machine's root as drive Z. */
import path from 'node:path'
import type { Platform } from '../../../conda/index.js'
import type { EnvFacts } from './facts.js'

/** The path as the scripts of a platform write it; a path of Windows stays as it is. */
export function spellPath(file: string, platform: Pick<Platform, 'family'>): string {
  return platform.family === 'win' && file.startsWith('/') ? `Z:${file.replaceAll('/', '\\')}` : file
}

/** Joins like the machine the script runs on, which need not be this one. */
export function joinPath(facts: Pick<EnvFacts, 'platforms'>, ...parts: readonly string[]): string {
  return (facts.platforms.build.family === 'win' ? path.win32 : path).join(...parts)
}

/** The facts with every path spelled for the script. */
export function spellFacts(facts: EnvFacts): EnvFacts {
  const { build } = facts.platforms
  if (build.family !== 'win') return facts
  const spell = (file: string) => spellPath(file, build)
  const spellMaybe = (file: string | undefined) => (file === undefined ? undefined : spell(file))
  return {
    ...facts,
    prefix: spell(facts.prefix),
    buildPrefix: spellMaybe(facts.buildPrefix),
    work: spell(facts.work),
    buildDirectory: spellMaybe(facts.buildDirectory),
    recipeDirectory: spellMaybe(facts.recipeDirectory),
    caller: spellCaller(facts.caller),
  }
}

const winePath = 'C:\\windows\\system32;C:\\windows;C:\\windows\\system32\\wbem'

/** Programs of this machine can't be started on wine: their PATH would only hide wine's own. */
function spellCaller(caller: EnvFacts['caller']): EnvFacts['caller'] {
  return caller.Path === undefined && caller.PATH?.startsWith('/') ? { ...caller, Path: winePath } : caller
}
