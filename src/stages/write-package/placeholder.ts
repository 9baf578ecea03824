/** The prefix inside files: what it becomes in the package, and how installers will replace it (spec: package.md 3). */
import type { Platform } from '../../conda/index.js'
import type { RenderedBuild } from '../../recipe/index.js'
import { spellPath } from '../run-script/index.js'
import { globFilter } from './find-candidates.js'

/**
 * The prefix that packaged files contain in place of the one they were built in: of the same length, so that binaries
 * stay valid, and the same in every directory and at every time, so that packages are reproducible.
 */
export function canonicalPlaceholder(name: string, length: number): string {
  const base = `/krait/bld/${name}/host_env`
  const start = base.length <= length ? base : '/krait_host_env'
  return (start + '_placehold'.repeat(Math.ceil(length / 10))).slice(0, length)
}

/** One way in which files name the prefix, and what that becomes; of the same length. */
export interface PrefixSpelling {
  readonly prefix: Buffer
  readonly placeholder: Buffer
}

/** How files may name the prefix: as it is, and on Windows with either slash (spec: package.md 3.3). */
export function prefixSpellings(
  name: string,
  prefix: string,
  platform: Pick<Platform, 'family'>,
): readonly [PrefixSpelling, ...PrefixSpelling[]] {
  const spell = (from: string, to: string) => ({ prefix: Buffer.from(from), placeholder: Buffer.from(to) })
  const spelled = spellPath(prefix, platform)
  const length = Buffer.byteLength(spelled)
  if (platform.family !== 'win') return [spell(prefix, canonicalPlaceholder(name, length))]
  const base = `C:\\krait\\bld\\${name}\\h_env`
  const start = base.length <= length ? base : 'C:\\krait_h_env'
  const placeholder = (start + '_placehold'.repeat(Math.ceil(length / 10))).slice(0, length)
  const slashes = (text: string) => text.replaceAll('\\', '/')
  return [spell(spelled, placeholder), spell(slashes(spelled), slashes(placeholder))]
}

export interface ReplacedPrefix {
  /** The very same buffer when nothing was replaced. */
  readonly bytes: Buffer
  /** The spellings the bytes contain, already replaced or from the beginning. */
  readonly found: readonly PrefixSpelling[]
}

/** Replaces the prefix in all its spellings. */
export function replacePrefix(bytes: Buffer, spellings: readonly PrefixSpelling[]): ReplacedPrefix {
  const replaced = spellings.reduce(
    (current, { prefix, placeholder }) => replaceSameLength(current, prefix, placeholder),
    bytes,
  )
  return { bytes: replaced, found: spellings.filter(({ placeholder }) => replaced.includes(placeholder)) }
}

export type FileMode = 'text' | 'binary'

/** Text is what has no NUL anywhere and no signature of a binary format; UTF-16 and UTF-32 count as binary. */
export function sniffFileMode(bytes: Buffer): FileMode {
  if (binarySignatures.some((signature) => bytes.subarray(0, signature.length).equals(signature)))
    return 'binary'
  return bytes.includes(0) ? 'binary' : 'text'
}

/** Whether and how an occurrence of the prefix in a file is announced to installers; undefined means it is not. */
export type PlaceholderRule = (path: string, detected: FileMode) => FileMode | undefined

/** The rules of `build.prefix_detection`. */
export function createPlaceholderRule(build: RenderedBuild, targetIsWindows: boolean): PlaceholderRule {
  const { ignore, force_file_type: force, ignore_binary_files: ignoreBinary } = build.prefix_detection ?? {}
  const isIgnored = typeof ignore === 'boolean' ? () => ignore : ignore ? globFilter(ignore) : () => false
  const isForcedBinary = force?.binary ? globFilter(force.binary) : () => false
  const isForcedText = force?.text ? globFilter(force.text) : () => false
  return (path, detected) => {
    if (/\.py[co]$/.test(path) || isIgnored(path)) return undefined
    const forced = isForcedBinary(path) ? 'binary' : isForcedText(path) ? 'text' : undefined
    const mode = forced ?? detected
    const searchedAsBinary = detected === 'binary' || forced === 'binary'
    if (!searchedAsBinary || !(ignoreBinary || targetIsWindows)) return mode
    return undefined
  }
}

/** The bytes with one text replaced by another of the same length; the very same buffer when it does not occur. */
function replaceSameLength(bytes: Buffer, from: Buffer, to: Buffer): Buffer {
  let at = bytes.indexOf(from)
  if (at === -1) return bytes
  const replaced = Buffer.from(bytes)
  for (; at !== -1; at = bytes.indexOf(from, at + from.length)) to.copy(replaced, at)
  return replaced
}

const binarySignatures = ['%PDF', '\x89PNG', '\xfe\xff', '\xff\xfe'].map((text) =>
  Buffer.from(text, 'latin1'),
)
