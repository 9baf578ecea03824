/** Decides what favoured and pinned records do to the candidates of a package (spec: environment.md A.5 step 4). */
import type { ParsedSpec } from './parsed-spec.js'
import { type ExcludedRecord, type PreparedCandidates, prepareCandidates } from './prepare-candidates.js'
import type { ChannelRecord } from './types.js'

/** Records that count for more than others of their package; neither asks for the package to be there. */
export interface Preferences {
  /** Tried before all others, whatever their version: what is installed already. */
  readonly favored: readonly ChannelRecord[]
  /** The only candidates of their packages. */
  readonly pinned: readonly ChannelRecord[]
}

/** A favoured record stays possible when its channel does not list it any more; the rules for channels apply to it. */
export function withFavored(
  name: string,
  byChannel: readonly (readonly ChannelRecord[])[],
  preferences: Preferences | undefined,
): readonly (readonly ChannelRecord[])[] {
  const known = new Set(byChannel.flatMap((records) => records.map(buildKey)))
  const gone = (preferences?.favored ?? []).filter((record) => {
    return record.name === name && !known.has(buildKey(record))
  })
  return gone.reduce(addToChannel, byChannel)
}

function addToChannel(
  byChannel: readonly (readonly ChannelRecord[])[],
  record: ChannelRecord,
): readonly (readonly ChannelRecord[])[] {
  const own = byChannel.findIndex(([first]) => first?.channel === record.channel)
  if (own < 0) return [...byChannel, [record]]
  return byChannel.map((records, index) => (index === own ? [...records, record] : records))
}

/** The pinned record, whatever channels, priorities and dates say; all others are excluded for the pin. */
export function preparePinned(
  pinned: ChannelRecord,
  byChannel: readonly (readonly ChannelRecord[])[],
  parseSpec: (text: string) => ParsedSpec,
): PreparedCandidates {
  const { candidates, excluded } = prepareCandidates([[pinned]], { channelPriority: 'disabled', parseSpec })
  const reason = `the package is pinned to ${pinned.version} ${pinned.build}`
  const others = byChannel
    .flat()
    .filter((record) => buildKey(record) !== buildKey(pinned))
    .map((record): ExcludedRecord => ({ record, reason }))
  return { candidates, excluded: [...excluded, ...others] }
}

export function isFavored(record: ChannelRecord | undefined, preferences: Preferences | undefined): boolean {
  if (record === undefined || preferences === undefined) return false
  const key = buildKey(record)
  return preferences.favored.some((favored) => buildKey(favored) === key)
}

/** The same build in both formats is one. */
function buildKey({ name, version, build, subdir, channel }: ChannelRecord): string {
  return `${channel} ${subdir} ${name} ${version} ${build}`
}
