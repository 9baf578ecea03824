/** Decides which files an unpacked package installs: paths.json, or the lists that came before it (spec: package.md 2.7). */
import path from 'node:path'
import type { StageContext } from '../../system/index.js'
import { type EntryPoint, parseEntryPoint } from './entry-points.js'
import { malformedPackage } from './errors.js'
import type { CachedPackage } from './package-cache.js'

/** One file of a package. */
export interface PackagePath {
  /** Relative to the package, `/`-separated, checked: it stays inside. */
  readonly path: string
  readonly type: 'hardlink' | 'softlink' | 'directory'
  readonly noLink: boolean
  readonly sha256?: string
  readonly sizeBytes?: number
  readonly replace?: { readonly mode: 'text' | 'binary'; readonly placeholder: string }
}

export interface PackageContent extends CachedPackage {
  readonly paths: readonly PackagePath[]
  readonly entryPoints: readonly EntryPoint[]
  /** The time that files get which are written anew: that of the package's metadata, milliseconds since the epoch. */
  readonly modifiedMs: number
}

/**
 * What a package installs.
 * @throws BuildError `install/malformed-package`
 */
export async function readPackageContent(
  cached: CachedPackage,
  context: StageContext,
): Promise<PackageContent> {
  const pathsJson = await readOptional(cached, 'info/paths.json', context)
  const paths = pathsJson ? parsePaths(pathsJson, cached) : await readOldLists(cached, context)
  await refuseLinkedDirectories(paths, cached, context)
  const link = await readOptional(cached, 'info/link.json', context)
  const index = await context.system.fs.lstat(path.join(cached.directory, 'info/index.json'))
  return {
    ...cached,
    paths,
    entryPoints: link ? parseEntryPoints(link, cached) : [],
    modifiedMs: index?.mtimeMs ?? 0,
  }
}

/** A path below a link of the package would be read from wherever the link leads. */
async function refuseLinkedDirectories(
  paths: readonly PackagePath[],
  { record, directory }: CachedPackage,
  { system }: StageContext,
): Promise<void> {
  const seen = new Set<string>()
  for (const { path: file } of paths) {
    for (let end = file.lastIndexOf('/'); end > 0; end = file.lastIndexOf('/', end - 1)) {
      const parent = file.slice(0, end)
      if (seen.has(parent)) break
      seen.add(parent)
      const info = await system.fs.lstat(path.join(directory, parent))
      if (info?.type === 'symlink') {
        throw malformedPackage(record.fn, `\`${file}\` lies below the link \`${parent}\``)
      }
    }
  }
}

async function readOptional(
  { directory }: CachedPackage,
  name: string,
  { system }: StageContext,
): Promise<string | undefined> {
  const file = path.join(directory, name)
  // Not a link: the content of info/ comes from the package itself.
  const info = await system.fs.lstat(file)
  return info?.type === 'file' ? system.fs.readText(file) : undefined
}

function parseJson(text: string, name: string, { record }: CachedPackage): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>
  } catch {
    // Said below, in the same words as for JSON that is no object.
  }
  throw malformedPackage(record.fn, `\`${name}\` is not a JSON object`)
}

function parsePaths(text: string, cached: CachedPackage): readonly PackagePath[] {
  const { paths } = parseJson(text, 'info/paths.json', cached)
  if (!Array.isArray(paths))
    throw malformedPackage(cached.record.fn, '`info/paths.json` has no list of paths')
  return paths.map((entry: unknown) => parsePath(entry, cached))
}

function parsePath(entry: unknown, { record }: CachedPackage): PackagePath {
  const fields = (typeof entry === 'object' && entry !== null ? entry : {}) as Readonly<
    Record<string, unknown>
  >
  const { _path, path_type: type, sha256, size_in_bytes: size, file_mode: mode, prefix_placeholder } = fields
  if (typeof _path !== 'string' || !isSafePath(_path)) {
    throw malformedPackage(record.fn, `the path \`${String(_path)}\` leaves the prefix`)
  }
  if (type !== 'hardlink' && type !== 'softlink' && type !== 'directory') {
    throw malformedPackage(record.fn, `\`${_path}\` has the unknown type \`${String(type)}\``)
  }
  const hasPlaceholder = typeof prefix_placeholder === 'string' && prefix_placeholder !== ''
  const replace = hasPlaceholder && {
    mode: mode === 'binary' ? ('binary' as const) : ('text' as const),
    placeholder: prefix_placeholder,
  }
  return {
    path: _path,
    type,
    noLink: fields.no_link === true,
    ...(typeof sha256 === 'string' && { sha256 }),
    ...(typeof size === 'number' && { sizeBytes: size }),
    ...(replace && { replace }),
  }
}

/** Relative, without `..`, empty or dot components, back-slashes or NUL, and not into the prefix's own records. */
export function isSafePath(text: string): boolean {
  if (/[\\\0]/.test(text) || /^conda-meta(\/(history|\.[^/]*|[^/]*\.json))?$/i.test(text)) return false
  return text.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
}

function parseEntryPoints(text: string, cached: CachedPackage): readonly EntryPoint[] {
  const { noarch } = parseJson(text, 'info/link.json', cached)
  const list = (noarch as { readonly entry_points?: unknown } | undefined)?.entry_points
  if (!Array.isArray(list)) return []
  return list.map((item: unknown) => {
    const parsed = parseEntryPoint(String(item))
    if (!parsed) throw malformedPackage(cached.record.fn, `\`${String(item)}\` is not an entry point`)
    return parsed
  })
}

const oldPlaceholder = '/opt/anaconda1anaconda2anaconda3'

async function readOldLists(cached: CachedPackage, context: StageContext): Promise<readonly PackagePath[]> {
  const lines = async (name: string) => splitLines(await readOptional(cached, `info/${name}`, context))
  const files = await lines('files')
  const unlinked = new Set([...(await lines('no_link')), ...(await lines('no_softlink'))])
  const prefixes = new Map((await lines('has_prefix')).map(parseHasPrefix))
  const paths: PackagePath[] = []
  for (const file of files) {
    if (!isSafePath(file)) throw malformedPackage(cached.record.fn, `the path \`${file}\` leaves the prefix`)
    const info = await context.system.fs.lstat(path.join(cached.directory, file))
    if (!info) throw malformedPackage(cached.record.fn, `\`${file}\` is listed but not there`)
    const type = info.type === 'symlink' ? 'softlink' : info.type === 'directory' ? 'directory' : 'hardlink'
    const replace = prefixes.get(file)
    paths.push({ path: file, type, noLink: unlinked.has(file), ...(replace && { replace }) })
  }
  return paths
}

function splitLines(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

/** `path`, or `placeholder mode path` with optional quotes. */
function parseHasPrefix(line: string): readonly [string, NonNullable<PackagePath['replace']>] {
  const words = [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    ([, quoted, plain = '']) => quoted?.replace(/\\(.)/g, '$1') ?? plain,
  )
  const [placeholder = '', mode, file] = words
  if (file === undefined) return [line, { mode: 'text', placeholder: oldPlaceholder }]
  return [file, { mode: mode === 'binary' ? 'binary' : 'text', placeholder }]
}
