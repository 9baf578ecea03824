/** Decides how version texts are read and which of two versions is newer (CEP 33; spec: environment.md B.1). */
import { SpecError } from './spec-error.js'

/** A run of digits or of letters; numbers beyond 2^53 (real data has dates with seconds) are bigints. */
export type VersionComponent = number | bigint | string

/** What stands between two separators. */
export interface VersionSegment {
  /** `.`, `_` or `-` before the segment; empty for the first one. */
  readonly separator: string
  readonly components: readonly VersionComponent[]
  /** The first component is a 0 that was not written: the segment begins with a letter. */
  readonly implicitZero: boolean
}

/** A version as compared: `1!2.0rc1+local` has epoch 1, segments `2`, `0rc1` and local segment `local`. */
export interface Version {
  readonly epoch: number | bigint
  readonly segments: readonly VersionSegment[]
  readonly local: readonly VersionSegment[]
}

const cacheLimit = 100_000
const cache = new Map<string, Version>()

/**
 * The version of a text. Results are remembered: a solve meets the same few thousand texts again and again.
 * @throws SpecError `malformed version string '...': reason`
 */
export function parseVersion(text: string): Version {
  const known = cache.get(text)
  if (known) return known
  const version = readVersion(text)
  if (cache.size >= cacheLimit) cache.clear()
  cache.set(text, version)
  return version
}

/** The canonical text: lower case, no leading zeros, separators as written. */
export function formatVersion(version: Version): string {
  const epoch = version.epoch ? `${version.epoch}!` : ''
  const local = version.local.length > 0 ? `+${formatSegments(version.local)}` : ''
  return `${epoch}${formatSegments(version.segments)}${local}`
}

/** Negative when `left` is older, 0 when both are equal after normalisation (`1.0` and `1`). */
export function compareVersions(left: Version, right: Version): number {
  if (left === right) return 0
  if (left.epoch !== right.epoch) return left.epoch < right.epoch ? -1 : 1
  return compareSegments(left.segments, right.segments) || compareSegments(left.local, right.local)
}

/**
 * True when `version` begins with `prefix`: all but the last segment of the prefix are equal in full, the last one may
 * go on in the version (`1.2` is a prefix of `1.2.9` and `1.2rc1`, not of `1.20`).
 */
export function versionStartsWith(version: Version, prefix: Version): boolean {
  if (version.epoch !== prefix.epoch) return false
  if (prefix.local.length === 0) return segmentsStartWith(version.segments, prefix.segments)
  const sameMain = compareSegments(version.segments, prefix.segments) === 0
  return sameMain && segmentsStartWith(version.local, prefix.local)
}

function readVersion(text: string): Version {
  const fail = (reason: string) => new SpecError(`malformed version string '${text}': ${reason}`)
  const lower = text.trim().toLowerCase()
  if (lower === '') throw fail('empty string')
  // rattler sets no limit; hostile repodata could otherwise hold megabytes in one version.
  if (lower.length > 256) throw fail('longer than 256 characters')
  if (!/^[a-z0-9._+!-]*$/.test(lower)) throw fail(trailing)
  const epochEnd = lower.indexOf('!')
  const epoch = epochEnd < 0 ? '0' : lower.slice(0, epochEnd)
  if (!/^\d+$/.test(epoch)) throw fail(expected)
  const rest = lower.slice(epochEnd + 1)
  if (rest.includes('_') && rest.includes('-')) {
    throw fail('cannot use both underscores and dashes as version segment separators')
  }
  const [main = '', local, ...more] = rest.split('+')
  if (more.length > 0 || main.includes('!') || local?.includes('!')) throw fail(trailing)
  return {
    epoch: toNumber(epoch),
    segments: readSegments(main, fail),
    local: local === undefined ? [] : readSegments(local, fail),
  }
}

const trailing = 'encountered more characters but expected none'
const expected = 'expected a version component e.g. `2` or `rc`'

function readSegments(text: string, fail: (reason: string) => SpecError): VersionSegment[] {
  if (!/^[a-z0-9]/.test(text)) throw fail(expected)
  // A trailing `_` belongs to the last token: openssl-like versions such as `1.0.1_`.
  const body = text.replace(/[_-]+$/, '')
  const tail = text.slice(body.length)
  const parts = body.split(/[._-]/)
  if (parts.includes('')) throw fail(trailing)
  let offset = 0
  return parts.map((part, index) => {
    const separator = index === 0 ? '' : body.charAt(offset - 1)
    offset += part.length + 1
    const implicitZero = /^[a-z]/.test(part)
    const components = readComponents(implicitZero ? `0${part}` : part)
    if (tail && index === parts.length - 1) components.push(tail)
    return { separator, components, implicitZero }
  })
}

function readComponents(part: string): VersionComponent[] {
  return (part.match(/\d+|[a-z]+/g) ?? []).map((token) => (/^\d/.test(token) ? toNumber(token) : token))
}

function toNumber(digits: string): number | bigint {
  const value = Number(digits)
  return Number.isSafeInteger(value) ? value : BigInt(digits)
}

function formatSegments(segments: readonly VersionSegment[]): string {
  return segments
    .map(({ separator, components, implicitZero }) => {
      return separator + (implicitZero ? components.slice(1) : components).join('')
    })
    .join('')
}

const zero: VersionSegment = { separator: '.', components: [0], implicitZero: false }

function compareSegments(left: readonly VersionSegment[], right: readonly VersionSegment[]): number {
  const length = Math.max(left.length, right.length)
  for (let index = 0; index < length; index += 1) {
    const order = compareComponents((left[index] ?? zero).components, (right[index] ?? zero).components)
    if (order !== 0) return order
  }
  return 0
}

function compareComponents(left: readonly VersionComponent[], right: readonly VersionComponent[]): number {
  const length = Math.max(left.length, right.length)
  for (let index = 0; index < length; index += 1) {
    const order = compareComponent(left[index] ?? 0, right[index] ?? 0)
    if (order !== 0) return order
  }
  return 0
}

function compareComponent(left: VersionComponent, right: VersionComponent): number {
  if (left === right) return 0
  const rank = rankOf(left) - rankOf(right)
  if (rank !== 0) return rank
  return left < right ? -1 : 1
}

/** `dev` is older than any other word, words are older than numbers, `post` is newer than all. */
function rankOf(component: VersionComponent): number {
  if (typeof component !== 'string') return 2
  if (component === 'dev') return 0
  return component === 'post' ? 3 : 1
}

function segmentsStartWith(version: readonly VersionSegment[], prefix: readonly VersionSegment[]): boolean {
  const last = prefix.length - 1
  return prefix.every((segment, index) => {
    const own = (version[index] ?? zero).components
    if (index < last) return compareComponents(own, segment.components) === 0
    return segment.components.every((component, at) => compareComponent(own[at] ?? 0, component) === 0)
  })
}
