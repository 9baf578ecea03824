/** A plan with chosen requirements, for the tests of the stages that follow planning. */
import path from 'node:path'
import { findPlatform, type Platform } from '../../../src/conda/index.js'
import type { RenderedBuild, RenderedRequirements, Variant } from '../../../src/recipe/index.js'
import type { BuildPlan } from '../../../src/stages/plan-builds/index.js'

export interface PlanFields {
  readonly requirements?: RenderedRequirements
  readonly variant?: Variant
  readonly build?: Partial<RenderedBuild>
  readonly subpackages?: BuildPlan['output']['subpackages']
  readonly directory?: string
}

/** The platform of a subdir; fails for unknown ones. */
export function platform(subdir: string): Platform {
  const found = findPlatform(subdir)
  if (!found) throw new Error(`unknown subdir ${subdir}`)
  return found
}

/** Output `out` 1.2.3 build `h123_0` on linux-64. */
export function buildPlan(fields: PlanFields): BuildPlan {
  const directory = fields.directory ?? '/nowhere'
  const build = path.join(directory, 'bld')
  const linux = platform('linux-64')
  return {
    id: 'out-1.2.3-h123_0',
    name: 'out',
    version: '1.2.3',
    buildString: 'h123_0',
    buildNumber: 0,
    output: {
      recipe: {
        schema_version: 1,
        context: {},
        package: { name: 'out', version: '1.2.3' },
        build: { string: 'h123_0', ...fields.build },
        requirements: fields.requirements ?? {},
      },
      variant: fields.variant ?? {},
      hash: { hash: '1234567' },
      targetPlatform: 'linux-64',
      directoryName: 'out',
      subpackages: fields.subpackages ?? {},
      skip: false,
      provenance: { origins: new Map(), dropped: [], skips: [], numbers: new Map() },
    },
    platforms: { build: linux, host: linux, targetSubdir: 'linux-64' },
    directories: {
      recipe: directory,
      output: directory,
      build,
      work: path.join(build, 'work'),
      host: path.join(build, 'host_env'),
      buildPrefix: path.join(build, 'build_env'),
    },
    recipePath: path.join(directory, 'recipe.yaml'),
    timestampSeconds: 1_700_000_000,
    channels: [],
    packaging: { format: 'conda', level: 1, threads: 1 },
  }
}
