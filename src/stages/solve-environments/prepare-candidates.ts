/** Decides which records of a package may be chosen at all, and why the others may not (spec: environment.md A.5 step 3). */
import {
  parseArchiveName,
  parseChannel,
  parsePackageName,
  parseVersion,
  type Version,
} from '../../conda/index.js'
import type { ParsedSpec } from './parsed-spec.js'
import type { ChannelRecord } from './types.js'

export type ChannelPriority = 'strict' | 'flexible' | 'disabled'

/** A record that may be chosen. */
export interface Candidate {
  readonly record: ChannelRecord
  readonly version: Version
  readonly depends: readonly ParsedSpec[]
  readonly constrains: readonly ParsedSpec[]
  /** Optional dependencies by group (CEP 45). */
  readonly extras: ReadonlyMap<string, readonly ParsedSpec[]>
  readonly isTracked: boolean
  readonly timestampMs: number
  /** Position of the channel, 0 is first. */
  readonly channelRank: number
}

/** A record that must not be chosen. */
export interface ExcludedRecord {
  readonly record: ChannelRecord
  readonly reason: string
}

export interface PreparedCandidates {
  readonly candidates: readonly Candidate[]
  readonly excluded: readonly ExcludedRecord[]
}

export interface CandidateRules {
  readonly channelPriority: ChannelPriority
  /** Records after this time, and records without a time, stay out. */
  readonly excludeNewerMs?: number | undefined
  /** The channel that a requested spec names for this package. */
  readonly requestedChannel?: string | undefined
  readonly parseSpec: (text: string) => ParsedSpec
}

/** Judges the records of one package; `byChannel` lists them per channel, first channel first. */
export function prepareCandidates(
  byChannel: readonly (readonly ChannelRecord[])[],
  rules: CandidateRules,
): PreparedCandidates {
  const candidates: Candidate[] = []
  const excluded: ExcludedRecord[] = []
  const strict = findStrictChannel(byChannel, rules)
  for (const [channelRank, records] of byChannel.entries()) {
    for (const record of dropTwins(records, rules)) {
      const judged = judge(record, { rules, channelRank, strict })
      if ('reason' in judged) excluded.push(judged)
      else candidates.push(judged)
    }
  }
  return { candidates, excluded }
}

interface StrictChannel {
  readonly rank: number
  readonly url: string
}

/** With strict priority the first channel that has the name is the only one, whatever it has of it. */
function findStrictChannel(
  byChannel: readonly (readonly ChannelRecord[])[],
  rules: CandidateRules,
): StrictChannel | undefined {
  if (rules.channelPriority !== 'strict') return undefined
  const rank = byChannel.findIndex((records) => records.some((record) => isRequestedChannel(record, rules)))
  const [first] = byChannel[rank] ?? []
  return first && { rank, url: first.channel }
}

function isRequestedChannel(record: ChannelRecord, { requestedChannel }: CandidateRules): boolean {
  return requestedChannel === undefined || parseChannel(requestedChannel).displayUrl === record.channel
}

/** Of the same build in both formats the `.conda` stays, unless it is excluded for its age and the other is not. */
function dropTwins(records: readonly ChannelRecord[], rules: CandidateRules): readonly ChannelRecord[] {
  const best = new Map<string, ChannelRecord>()
  for (const record of records) {
    const key = `${record.subdir}/${record.version}/${record.build}`
    const known = best.get(key)
    if (!known || isBetterTwin(record, known, rules)) best.set(key, record)
  }
  return best.size === records.length ? records : [...best.values()]
}

function isBetterTwin(record: ChannelRecord, known: ChannelRecord, rules: CandidateRules): boolean {
  const isOld = isTooNew(record, rules) === undefined
  const knownIsOld = isTooNew(known, rules) === undefined
  if (isOld !== knownIsOld) return isOld
  return record.fn.endsWith('.conda') && !known.fn.endsWith('.conda')
}

interface JudgeContext {
  readonly rules: CandidateRules
  readonly channelRank: number
  readonly strict: StrictChannel | undefined
}

function judge(
  record: ChannelRecord,
  { rules, channelRank, strict }: JudgeContext,
): Candidate | ExcludedRecord {
  const reason = exclusionReason(record, rules)
  if (reason !== undefined) return { record, reason }
  if (strict && strict.rank !== channelRank) {
    const text = `due to strict channel priority not using this option from: '${strict.url}'`
    return { record, reason: text }
  }
  try {
    const depends = record.depends.map(rules.parseSpec)
    const constrains = (record.constrains ?? []).map(rules.parseSpec)
    const extras = new Map(
      Object.entries(record.extra_depends ?? {}).map(([group, specs]) => [group, specs.map(rules.parseSpec)]),
    )
    return {
      record,
      version: parseVersion(record.version),
      depends,
      constrains,
      extras,
      isTracked: (record.track_features ?? '') !== '',
      timestampMs: timestampMs(record) ?? 0,
      channelRank,
    }
  } catch (error) {
    return { record, reason: (error as Error).message }
  }
}

function exclusionReason(record: ChannelRecord, rules: CandidateRules): string | undefined {
  if (!isRequestedChannel(record, rules)) {
    return `candidate not in requested channel: '${rules.requestedChannel}'`
  }
  return isTooNew(record, rules) ?? malformation(record)
}

function isTooNew(record: ChannelRecord, { excludeNewerMs }: CandidateRules): string | undefined {
  if (excludeNewerMs === undefined) return undefined
  const time = timestampMs(record)
  if (time === undefined) return 'it has no timestamp, and newer packages are excluded'
  return time > excludeNewerMs ? 'it is newer than the date that was asked for' : undefined
}

/** Names, versions and builds become file names later, so they must not hold anything else. */
function malformation(record: ChannelRecord): string | undefined {
  if (!parseArchiveName(record.fn)) return `\`${record.fn}\` is not the file name of a package`
  if (!/^[A-Za-z0-9_.+-]*$/.test(record.build)) return `its build string \`${record.build}\` is malformed`
  try {
    parsePackageName(record.name)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

const latestSeconds = 253_402_300_799

/** Old records have seconds. */
function timestampMs({ timestamp }: ChannelRecord): number | undefined {
  if (timestamp === undefined) return undefined
  return timestamp < latestSeconds ? timestamp * 1000 : timestamp
}
