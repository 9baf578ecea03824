/** What channeldata.json needs of a package beside its record. */

export interface PackageFacts {
  readonly about: Readonly<Partial<Record<AboutKey, string>>>
  readonly flags: {
    readonly activates: boolean
    readonly deactivates: boolean
    readonly binaryPrefix: boolean
    readonly textPrefix: boolean
    readonly postLink: boolean
    readonly preLink: boolean
    readonly preUnlink: boolean
  }
}

const aboutKeys = ['description', 'dev_url', 'doc_url', 'home', 'source_url', 'summary'] as const
type AboutKey = (typeof aboutKeys)[number]

/** Where they are in a package. */
export const factFiles = ['info/about.json', 'info/paths.json']

/** @param info content of `factFiles`, as far as the package has them */
export function toFacts(info: ReadonlyMap<string, Uint8Array>, name: string): PackageFacts {
  const about = parseObject(info.get('info/about.json'))
  const entries = parseObject(info.get('info/paths.json')).paths
  const paths = Array.isArray(entries) ? entries.map(toPath) : []
  const has = (test: (entry: PlainPath) => boolean) => paths.some(test)
  const script = (suffix: string) =>
    has(({ name: at }) => at === `bin/.${name}-${suffix}.sh` || at === `Scripts/.${name}-${suffix}.bat`)
  return {
    about: Object.fromEntries(
      aboutKeys.flatMap((key) => {
        const text = toText(about[key])
        return text === undefined ? [] : [[key, text]]
      }),
    ),
    flags: {
      activates: has(({ name: at }) => at.startsWith('etc/conda/activate.d/')),
      deactivates: has(({ name: at }) => at.startsWith('etc/conda/deactivate.d/')),
      binaryPrefix: has(({ mode }) => mode === 'binary'),
      textPrefix: has(({ mode }) => mode === 'text'),
      postLink: script('post-link'),
      preLink: script('pre-link'),
      preUnlink: script('pre-unlink'),
    },
  }
}

/** The package may come from anybody: what is not as it should be counts as absent. */
function parseObject(bytes: Uint8Array | undefined): Readonly<Record<string, unknown>> {
  if (!bytes) return {}
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

interface PlainPath {
  readonly name: string
  readonly mode: string | undefined
}

function toPath(entry: unknown): PlainPath {
  const { _path: name, file_mode: mode } = (entry ?? {}) as { _path?: unknown; file_mode?: unknown }
  return { name: String(name), mode: typeof mode === 'string' ? mode : undefined }
}

/** URLs may be lists. */
function toText(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value
  return typeof first === 'string' ? first : undefined
}
