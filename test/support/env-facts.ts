/** Builder for the facts an environment is computed from. */
import { findPlatform, type Platform } from '../../src/conda/index.js'
import type { EnvFacts } from '../../src/stages/run-script/index.js'

export function platform(subdir: string): Platform {
  const found = findPlatform(subdir)
  if (!found) throw new Error(`no such platform: ${subdir}`)
  return found
}

/** A native linux-64 build of `demo 1.0`; everything can be replaced. */
export function envFacts(changes: Partial<EnvFacts> = {}): EnvFacts {
  const linux = platform('linux-64')
  return {
    stage: 'build',
    isolation: 'strict',
    platforms: { build: linux, host: linux, targetSubdir: 'linux-64' },
    targetPlatform: linux,
    prefix: '/o/bld/demo/host_env',
    buildPrefix: '/o/bld/demo/build_env',
    work: '/o/bld/demo/work',
    buildDirectory: '/o/bld/demo',
    recipeDirectory: '/r',
    timestampSeconds: 1_700_000_000,
    package: {
      name: 'demo',
      version: '1.0',
      buildNumber: 0,
      buildString: 'h21422ab_0',
      hash: '21422ab',
      noarchPython: false,
    },
    variant: {},
    python: undefined,
    git: undefined,
    mercurial: undefined,
    caller: { PATH: '/usr/bin:/bin' },
    cpuCount: 8,
    colors: false,
    dirty: false,
    ...changes,
  }
}
