/** Which run path a binary gets in the package (spec: package.md 4.2). */
import { posix } from 'node:path'

export interface RunPathRequest {
  /** Entries the file has now. */
  readonly rpath: readonly string[]
  readonly runpath: readonly string[]
  /** `dynamic_linking.rpaths`, relative to the prefix unless absolute or with `$ORIGIN`. */
  readonly configured: readonly string[]
  /** Absolute. */
  readonly prefix: string
  /** The file's path in the prefix, relative to it. */
  readonly file: string
  readonly isAllowed: (entry: string) => boolean
}

/** Entries for the package, and those that were dropped because they lead out of the prefix. */
export interface RunPath {
  readonly entries: readonly string[]
  readonly dropped: readonly string[]
}

/** Everything inside the prefix becomes relative to the file; everything else goes, unless the recipe allows it. */
export function planRunPath(request: RunPathRequest): RunPath {
  const configured = request.configured.map((entry) =>
    isOrigin(entry) ? entry : posix.join(posix.isAbsolute(entry) ? '/' : request.prefix, entry),
  )
  const all = [...request.rpath, ...configured, ...request.runpath].filter((entry) => entry !== '')
  const entries: string[] = []
  const dropped: string[] = []
  for (const entry of all) {
    const mapped = mapEntry(entry, request)
    if (mapped === undefined) dropped.push(entry)
    else if (!entries.includes(mapped)) entries.push(mapped)
  }
  return { entries, dropped }
}

function isOrigin(entry: string): boolean {
  return /^\$(?:ORIGIN|\{ORIGIN\})(?:\/|$)/.test(entry)
}

function mapEntry(entry: string, { prefix, file, isAllowed }: RunPathRequest): string | undefined {
  const directory = posix.join(prefix, posix.dirname(file))
  if (isOrigin(entry)) {
    const resolved = posix.join(directory, entry.replace(/^\$(?:ORIGIN|\{ORIGIN\})/, '.'))
    return isInside(resolved, prefix) || isAllowed(entry) ? entry : undefined
  }
  if (posix.isAbsolute(entry) && isInside(posix.normalize(entry), prefix))
    return `$ORIGIN/${posix.relative(directory, entry)}`
  return isAllowed(entry) ? entry : undefined
}

function isInside(path: string, prefix: string): boolean {
  const clean = path.replace(/\/+$/, '')
  return clean === prefix || clean.startsWith(`${prefix}/`)
}
