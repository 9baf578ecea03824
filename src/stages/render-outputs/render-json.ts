/** Decides the shape of one element of the `--render-only` JSON, key order included (spec: render.md 9). */
import type { RenderedOutput } from '../../recipe/index.js'
import type { Json } from '../../text/index.js'

/** What the run adds to an output. */
export interface RenderFacts {
  readonly hostPlatform: string
  readonly buildPlatform: string
  /** `name=version=build`, in rattler-build's order. */
  readonly virtualPackages: { readonly host: readonly string[]; readonly build: readonly string[] }
  readonly directories: {
    readonly host: string
    readonly buildPrefix: string
    readonly work: string
    readonly build: string
  }
  /** URLs without trailing slash. */
  readonly channels: readonly string[]
  readonly channelPriority: 'strict' | 'flexible' | 'disabled'
  readonly solveStrategy: string
  /** RFC 3339, UTC. */
  readonly timestamp: string
  readonly packaging: { readonly archiveType: 'conda' | 'tar_bz2'; readonly compressionLevel: number }
  /** Name and version of the program. */
  readonly systemTools: { readonly [name: string]: string }
  readonly extraMeta?: { readonly [key: string]: Json }
  /** With `--with-solve`. */
  readonly finalizedDependencies?: Json
}

/** The JSON object of one output. */
export function renderJson(output: RenderedOutput, facts: RenderFacts): Json {
  return {
    // A rendered recipe is plain JSON by construction.
    recipe: output.recipe as unknown as Json,
    build_configuration: buildConfiguration(output, facts),
    finalized_dependencies: facts.finalizedDependencies ?? null,
    finalized_sources: null,
    system_tools: facts.systemTools,
    extra_meta: facts.extraMeta ?? {},
  }
}

function buildConfiguration(output: RenderedOutput, facts: RenderFacts): Json {
  const { directories, packaging, virtualPackages } = facts
  return {
    target_platform: output.targetPlatform,
    host_platform: { platform: facts.hostPlatform, virtual_packages: virtualPackages.host },
    build_platform: { platform: facts.buildPlatform, virtual_packages: virtualPackages.build },
    variant: output.variant,
    hash: { hash: output.hash.hash, ...(output.hash.prefix !== undefined && { prefix: output.hash.prefix }) },
    directories: {
      host_prefix: directories.host,
      build_prefix: directories.buildPrefix,
      work_dir: directories.work,
      build_dir: directories.build,
    },
    channels: facts.channels,
    channel_priority: facts.channelPriority,
    solve_strategy: facts.solveStrategy,
    timestamp: facts.timestamp,
    subpackages: output.subpackages,
    packaging_settings: {
      archive_type: packaging.archiveType,
      compression_level: packaging.compressionLevel,
    },
  }
}

/** One output with what the run adds to it. */
export interface RenderedElement {
  readonly output: RenderedOutput
  readonly facts: RenderFacts
}

/**
 * The whole text that `--render-only` prints, indented by two blanks, without trailing newline. Unlike
 * JSON.stringify it
 * keeps `3.0` and integers beyond 2^53 (see `Provenance.numbers`).
 */
export function formatRenderJson(elements: readonly RenderedElement[]): string {
  // Nearly no recipe has such numbers, and the built-in function is many times faster.
  if (elements.every(({ output }) => output.provenance.numbers.size === 0)) {
    return JSON.stringify(
      elements.map(({ output, facts }) => renderJson(output, facts)),
      undefined,
      2,
    )
  }
  const texts = elements.map(({ output, facts }) => {
    const { numbers } = output.provenance
    return formatJson(renderJson(output, facts), { indent: '  ', pointer: '', numbers })
  })
  return texts.length === 0 ? '[]' : `[\n  ${texts.join(',\n  ')}\n]`
}

interface Place {
  readonly indent: string
  /** Pointer into the element; the table's pointers begin below `recipe`. */
  readonly pointer: string
  readonly numbers: ReadonlyMap<string, string>
}

function formatJson(value: Json, place: Place): string {
  if (typeof value === 'number') {
    return place.numbers.get(place.pointer.replace('/recipe', '')) ?? JSON.stringify(value)
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const isList = Array.isArray(value)
  const members = Object.entries(value).map(([key, member]) => {
    const name = key.replaceAll('~', '~0').replaceAll('/', '~1')
    const text = formatJson(member, {
      ...place,
      indent: `${place.indent}  `,
      pointer: `${place.pointer}/${name}`,
    })
    return isList ? text : `${JSON.stringify(key)}: ${text}`
  })
  const [open, close] = isList ? ['[', ']'] : ['{', '}']
  if (members.length === 0) return open + close
  return `${open}\n${place.indent}  ${members.join(`,\n${place.indent}  `)}\n${place.indent}${close}`
}
