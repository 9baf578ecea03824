/** Decides which records a match spec selects (spec: environment.md B.3). */
import { parseChannel } from './channel.js'
import type { Condition } from './condition.js'
import type { PackageRecord } from './package-record.js'
import { compileTextPattern } from './text-pattern.js'
import { parseVersion } from './version.js'
import { type VersionSpec, versionMatches } from './version-spec.js'

/** Longest text of a spec, in characters. */
export const maxSpecLength = 4096

/** `name; if condition`, which CEP 43 replaced by `[when=...]`. */
export const deprecatedCondition: RegExp = /;\s*if\s/

/** A condition on the build number. */
export interface BuildNumberSpec {
  readonly operator: '==' | '!=' | '>' | '>=' | '<' | '<='
  readonly value: number
}

/** Which package is wanted, as plain data; absent members put no condition. */
export interface MatchSpec {
  /** Lower case. */
  readonly name: string
  readonly version?: VersionSpec
  /** Exact text, glob, or `^regular expression$`; case does not count. */
  readonly build?: string
  readonly buildNumber?: BuildNumberSpec
  readonly fileName?: string
  readonly url?: string
  readonly md5?: string
  readonly sha256?: string
  /** A channel name, or a URL with a trailing slash. */
  readonly channel?: string
  readonly subdir?: string
  readonly license?: string
  readonly licenseFamily?: string
  readonly trackFeatures?: readonly string[]
  /** Read and printed, without effect. */
  readonly namespace?: string
  readonly extras?: readonly string[]
  readonly flags?: readonly string[]
  /** The requirement only counts when this holds for the solution. */
  readonly when?: Condition
}

/** A record as the solver sees it: `fn`, `url` and `channel` are there for records of a channel. */
export interface MatchableRecord extends PackageRecord {
  readonly fn?: string
  readonly url?: string
  readonly channel?: string
  readonly flags?: readonly string[]
}

/**
 * True when the record satisfies all conditions except `extras` and `when`, which are about the whole solution.
 * @throws SpecError when the record's version is malformed
 */
export function matchesRecord(spec: MatchSpec, record: MatchableRecord): boolean {
  if (spec.name !== record.name.toLowerCase()) return false
  if (spec.version && !versionMatches(spec.version, parseVersion(record.version))) return false
  if (spec.build !== undefined && !compileTextPattern(spec.build)(record.build)) return false
  if (spec.buildNumber && !buildNumberMatches(spec.buildNumber, record.build_number)) return false
  return matchesOrigin(spec, record) && matchesContent(spec, record)
}

function buildNumberMatches({ operator, value }: BuildNumberSpec, actual: number): boolean {
  switch (operator) {
    case '==':
      return actual === value
    case '!=':
      return actual !== value
    case '>':
      return actual > value
    case '>=':
      return actual >= value
    case '<':
      return actual < value
    case '<=':
      return actual <= value
  }
}

function matchesOrigin(spec: MatchSpec, record: MatchableRecord): boolean {
  return (
    (spec.fileName === undefined || spec.fileName === record.fn) &&
    (spec.url === undefined || spec.url === record.url) &&
    (spec.subdir === undefined || spec.subdir === record.subdir) &&
    (spec.channel === undefined || isSameChannel(spec.channel, record.channel))
  )
}

function isSameChannel(wanted: string, channel: string | undefined): boolean {
  if (channel === undefined) return false
  return parseChannel(wanted).url === (channel.endsWith('/') ? channel : `${channel}/`)
}

function matchesContent(spec: MatchSpec, record: MatchableRecord): boolean {
  const { trackFeatures, flags } = spec
  return (
    (spec.md5 === undefined || spec.md5 === record.md5?.toLowerCase()) &&
    (spec.sha256 === undefined || spec.sha256 === record.sha256?.toLowerCase()) &&
    (spec.license === undefined || spec.license === record.license) &&
    (spec.licenseFamily === undefined || spec.licenseFamily === record.license_family) &&
    (trackFeatures === undefined || includesAll(splitWords(record.track_features), trackFeatures)) &&
    (flags === undefined || flags.every((flag) => (record.flags ?? []).some(compileTextPattern(flag))))
  )
}

function includesAll(words: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((word) => words.includes(word))
}

/** Words of a list that is written with commas or blanks, such as `track_features`. */
export function splitWords(text: string | undefined): readonly string[] {
  return (text ?? '').split(/[\s,]+/).filter((word) => word !== '')
}
