/** Decides whether an entry of a repodata.json is a usable record: channels are not trusted to keep the format. */
import type { ChannelRecord } from './types.js'

export interface RecordOrigin {
  readonly fn: string
  /** Where the archive is. */
  readonly url: string
  /** URL of the channel with a trailing slash, without credentials. */
  readonly channel: string
  readonly subdir: string
}

/** The record with its keys in alphabetical order, then `fn`, `url`, `channel`; undefined when a field has a wrong type. */
export function readRecord(
  entry: unknown,
  { fn, url, channel, subdir }: RecordOrigin,
): ChannelRecord | undefined {
  if (!isPlainObject(entry)) return undefined
  const { name, version, build, build_number: buildNumber, depends, constrains } = entry
  if (typeof name !== 'string' || typeof version !== 'string' || typeof build !== 'string') return undefined
  if (!Number.isSafeInteger(buildNumber) || !isStringList(depends)) return undefined
  if (constrains !== undefined && !isStringList(constrains)) return undefined
  const fields = isClean(entry) ? entry : cleaned(entry)
  // Assigning to the freshly parsed object is several times faster than copying it, and there are very many.
  return Object.assign(fields as unknown as ChannelRecord, {
    subdir: asText(fields.subdir) ?? subdir,
    fn,
    url,
    channel,
  })
}

/** True when no field has to go and the keys are in order already, as in most channels. */
function isClean(entry: PlainObject): boolean {
  let last = ''
  for (const key in entry) {
    if (key < last || !isUsable(key, entry[key]) || originKeys.has(key)) return false
    last = key
  }
  return entry.subdir !== undefined
}

/** These come last, whatever the index says. */
const originKeys = new Set(['fn', 'url', 'channel'])

function cleaned(entry: PlainObject): PlainObject {
  const known = Object.keys(entry).filter((key) => isUsable(key, entry[key]) && !originKeys.has(key))
  return Object.fromEntries(known.sort().map((key) => [key, entry[key]]))
}

type PlainObject = Readonly<Record<string, unknown>>

function isPlainObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isStringList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

const isText = (value: unknown) => typeof value === 'string'
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0
const isHex = (digits: number) => (value: unknown) =>
  typeof value === 'string' && value.length === digits && /^[0-9a-f]+$/i.test(value)

/** Optional fields that krait acts on; one with a wrong type counts as absent. */
const checks: Readonly<Record<string, (value: unknown) => boolean>> = {
  arch: isText,
  platform: isText,
  noarch: (value) => value === 'python' || value === 'generic',
  license: isText,
  license_family: isText,
  md5: isHex(32),
  sha256: isHex(64),
  size: isCount,
  timestamp: isCount,
  track_features: isText,
  features: isText,
  python_site_packages_path: isText,
  subdir: isText,
  flags: isStringList,
  extra_depends: (value) => isPlainObject(value) && Object.values(value).every(isStringList),
  run_exports: (value) => isPlainObject(value) && Object.values(value).every(isStringList),
}

function isUsable(key: string, value: unknown): boolean {
  if (key === '__proto__' || value === undefined) return false
  const check = Object.hasOwn(checks, key) ? checks[key] : undefined
  return check ? check(value) : value !== null
}
