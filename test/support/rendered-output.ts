/** Builder for rendered outputs. */
import type { RenderedOutput, RenderedRecipe } from '../../src/recipe/index.js'

export interface OutputChanges {
  readonly name?: string
  readonly requirements?: RenderedRecipe['requirements']
  readonly tests?: RenderedRecipe['tests']
  readonly build?: Partial<RenderedRecipe['build']>
  readonly skip?: boolean
  readonly targetPlatform?: string
}

/** `demo 1.0 h0_0` for linux-64, without requirements. */
export function renderedOutput(changes: OutputChanges = {}): RenderedOutput {
  const {
    name = 'demo',
    requirements = {},
    tests,
    build,
    skip = false,
    targetPlatform = 'linux-64',
  } = changes
  return {
    recipe: {
      schema_version: 1,
      context: {},
      package: { name, version: '1.0' },
      build: { string: 'h0_0', ...build },
      requirements,
      ...(tests && { tests }),
    },
    variant: { target_platform: targetPlatform },
    hash: { hash: '0000000' },
    targetPlatform,
    directoryName: name.toLowerCase(),
    subpackages: {},
    skip,
    provenance: { numbers: new Map(), origins: new Map(), dropped: [], skips: [] },
  }
}
