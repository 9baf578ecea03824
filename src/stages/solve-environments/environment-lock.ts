/** Decides what a lock says about an environment, and whether it still fits: exactly these records or an error that names the change. */
import { pathToFileURL } from 'node:url'
import { parseChannel } from '../../conda/index.js'
import { staleLock } from './errors.js'
import type { RecordSource } from './record-source.js'
import type { ChannelRecord } from './types.js'

/** One package of a locked environment. */
export interface LockedRecord {
  readonly name: string
  readonly version: string
  readonly build: string
  /** Absent for packages that are built together with the locked one: they are new every time. */
  readonly url?: string
  readonly sha256?: string
  readonly md5?: string
}

/** An environment as it was solved. */
export interface LockedEnvironment {
  readonly platform: string
  readonly channels: readonly string[]
  readonly specs: readonly string[]
  /** Dependencies first. */
  readonly records: readonly LockedRecord[]
}

/** What the environments of one output are locked to, or shall be. */
export interface EnvironmentLock {
  /** Directory of the packages that are built in this run. */
  readonly localDirectory: string
  /** The environment that has to be used; undefined when it is to be solved. @throws BuildError `solve/stale-lock` */
  readonly find: (environment: string) => LockedEnvironment | undefined
  /** Is told every environment. */
  readonly note: (environment: string, locked: LockedEnvironment) => void
}

export interface LockedRequest {
  readonly platform: string
  readonly channels: readonly string[]
  readonly specs: readonly string[]
}

/** The form in which an environment is locked. */
export function lockEnvironment(
  request: LockedRequest,
  records: readonly ChannelRecord[],
  { localDirectory }: EnvironmentLock,
): LockedEnvironment {
  const local = `${pathToFileURL(localDirectory).href}/`
  return {
    platform: request.platform,
    channels: shownChannels(request.channels, local),
    specs: request.specs,
    records: records.map(({ name, version, build, url, sha256, md5 }) => ({
      name,
      version,
      build,
      ...(!url.startsWith(local) && {
        url,
        ...(sha256 !== undefined && { sha256 }),
        ...(sha256 === undefined && md5 !== undefined && { md5 }),
      }),
    })),
  }
}

/** Without credentials, and without the channel that the packages of this run go to. */
function shownChannels(channels: readonly string[], local: string): readonly string[] {
  return channels.map((text) => parseChannel(text).displayUrl).filter((url) => url !== local)
}

/**
 * The records of a locked environment, as their channels have them.
 * @throws BuildError `solve/stale-lock` that names every spec, channel and record that changed
 */
export async function readLocked(
  environment: string,
  locked: LockedEnvironment,
  {
    request,
    source,
    lock,
  }: { readonly request: LockedRequest; readonly source: RecordSource; readonly lock: EnvironmentLock },
): Promise<readonly ChannelRecord[]> {
  const own = lockEnvironment(request, [], lock)
  const changes = [
    ...(own.platform === locked.platform
      ? []
      : [`platform \`${locked.platform}\` is \`${own.platform}\` now`]),
    ...compareLists('spec', locked.specs, own.specs),
    ...compareLists('channel', locked.channels, own.channels),
  ]
  if (changes.length > 0) throw staleLock(environment, changes)
  const found: ChannelRecord[] = []
  for (const wanted of locked.records) {
    const result = findLocked(wanted, (await source.findRecords(wanted.name, wanted.url)).flat())
    if (typeof result === 'string') changes.push(result)
    else found.push(result)
  }
  if (changes.length > 0) throw staleLock(environment, changes)
  return found
}

function compareLists(what: string, before: readonly string[], now: readonly string[]): string[] {
  const gone = before.filter((text) => !now.includes(text)).map((text) => `${what} \`${text}\` is gone`)
  const added = now.filter((text) => !before.includes(text)).map((text) => `${what} \`${text}\` is new`)
  if (gone.length + added.length > 0) return [...gone, ...added]
  return before.join('\n') === now.join('\n') ? [] : [`the order of the ${what}s changed`]
}

/** The record, or what is wrong with it. */
function findLocked(wanted: LockedRecord, records: readonly ChannelRecord[]): ChannelRecord | string {
  const { name, version, build, url, sha256, md5 } = wanted
  const found = records.find((record) => {
    return url === undefined ? record.version === version && record.build === build : record.url === url
  })
  if (!found)
    return `\`${name} ${version} ${build}\` is not in ${url === undefined ? 'the output directory' : 'its channel'} any more`
  if (sha256 !== undefined && found.sha256 !== sha256) return changed('sha256', wanted, found)
  if (md5 !== undefined && found.md5 !== md5) return changed('md5', wanted, found)
  return found
}

function changed(hash: 'sha256' | 'md5', wanted: LockedRecord, found: ChannelRecord): string {
  const { name, version, build } = wanted
  return `\`${name} ${version} ${build}\` has the ${hash} ${found[hash] ?? '(none)'} now, it was ${wanted[hash]}`
}
