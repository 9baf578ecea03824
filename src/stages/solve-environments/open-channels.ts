/** Decides what a channel offers for some subdirs: finds and reads its repodata (spec: environment.md D). */
import path from 'node:path'
import { decompressZstd } from '../../archive/index.js'
import { type Channel, parseChannel, SpecError } from '../../conda/index.js'
import type { StageContext, System } from '../../system/index.js'
import { pathOfFileUrl } from '../../text/index.js'
import { badChannel, malformedRecords, notAChannel, unsupportedChannel } from './errors.js'
import { fetchIndexFile, jsonForms } from './fetch-index-file.js'
import { indexRepodata, type RepodataIndex } from './index-repodata.js'
import { openShards } from './open-shards.js'
import { readRecord } from './read-record.js'
import { openFile, type RepodataSource } from './repodata-source.js'
import type { ChannelRecord } from './types.js'

export interface OpenChannelOptions {
  /** In the order they are searched, the platform before `noarch`. */
  readonly subdirs: readonly string[]
  /** Where repodata of http channels is kept between runs; without it nothing is kept. */
  readonly cacheDirectory?: string | undefined
}

/** A channel whose indexes have been read. */
export interface OpenChannel {
  /** Without credentials, with a trailing slash. */
  readonly url: string
  /** All records of a package, in the order of the subdirs. */
  findRecords(name: string): Promise<readonly ChannelRecord[]>
}

/**
 * Reads the indexes of a channel: a URL, a name, or an absolute path.
 * @throws BuildError `channel/...`
 */
export async function openChannel(
  text: string,
  options: OpenChannelOptions,
  context: StageContext,
): Promise<OpenChannel> {
  const channel = readChannel(text)
  // Records and messages hold the URL without credentials; requests find the way.
  if (channel.url !== channel.displayUrl) context.system.http.accessThrough(channel.displayUrl, channel.url)
  const wanted = options.subdirs.filter((subdir) => channel.platforms?.includes(subdir) ?? true)
  const subdirs = await Promise.all(
    wanted.map(async (subdir) =>
      openSubdir({ channel, subdir, cacheDirectory: options.cacheDirectory }, context),
    ),
  )
  return {
    url: channel.displayUrl,
    findRecords: async (name) => (await Promise.all(subdirs.map(async (find) => find(name)))).flat(),
  }
}

function readChannel(text: string): Channel {
  try {
    return parseChannel(text)
  } catch (error) {
    if (error instanceof SpecError) throw badChannel(error.message)
    throw error
  }
}

export interface SubdirLocation {
  readonly channel: Channel
  readonly subdir: string
  readonly cacheDirectory: string | undefined
}

type FindRecords = (name: string) => Promise<readonly ChannelRecord[]>

async function openSubdir(location: SubdirLocation, context: StageContext): Promise<FindRecords> {
  const { channel, subdir } = location
  const url = `${channel.displayUrl}${subdir}/repodata.json`
  const index = await loadIndex(location, context)
  if (!index) {
    if (subdir === 'noarch') throw notAChannel(channel.displayUrl, `there is no \`${url}\``)
    return async () => []
  }
  const find = async (name: string) => {
    const entries = await index.readEntries(name)
    const base = archiveBase(index, channel, subdir)
    const records = entries.flatMap(({ fn, value }) => {
      const file = isPlainName(fn) ? fn : encodeURIComponent(fn).replaceAll('%2B', '+')
      return readRecord(value, { fn, url: base + file, channel: channel.displayUrl, subdir }) ?? []
    })
    const skipped = entries.length - records.length
    if (skipped > 0) context.emit({ type: 'warning', ...malformedRecords(url, name, skipped) })
    return records
  }
  return (name) => remember(index.records, name, () => find(name))
}

function remember<T>(cache: Map<string, T>, key: string, create: () => T): T {
  const known = cache.get(key)
  if (known !== undefined) return known
  const value = create()
  cache.set(key, value)
  return value
}

/** Names that mean the same in a URL. */
function isPlainName(fn: string): boolean {
  return /^[A-Za-z0-9_.!+-]+$/.test(fn)
}

function archiveBase({ baseUrl }: RepodataIndex, { displayUrl }: Channel, subdir: string): string {
  const own = `${displayUrl}${subdir}/`
  if (baseUrl === undefined || !URL.canParse(baseUrl, own)) return own
  return new URL(baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`, own).href
}

/** An index with the records that were read from it. */
interface OpenIndex extends RepodataIndex {
  readonly records: Map<string, Promise<readonly ChannelRecord[]>>
}

interface MemoEntry {
  readonly stamp: string
  readonly index: OpenIndex
}

/** Indexes that were read in this process, per System: every output of a run solves against the same channels. */
const memos = new WeakMap<System, Map<string, MemoEntry>>()

async function loadIndex(location: SubdirLocation, context: StageContext): Promise<OpenIndex | undefined> {
  const { channel, subdir, cacheDirectory } = location
  const protocol = channel.url.slice(0, channel.url.indexOf(':'))
  if (protocol === 'file') return loadLocalIndex(location, context)
  if (protocol !== 'http' && protocol !== 'https') throw unsupportedChannel(channel.displayUrl)
  const url = `${channel.displayUrl}${subdir}/`
  return onceFor(url, 'http', context, async () => {
    const shards = await openShards({ url, cacheDirectory }, context)
    if (shards) return shards
    const file = { url: `${url}repodata.json`, forms: jsonForms, cacheDirectory }
    const source = await fetchIndexFile(file, context)
    return source && indexRepodata(source, file, context)
  })
}

async function loadLocalIndex(
  { channel, subdir, cacheDirectory }: SubdirLocation,
  context: StageContext,
): Promise<OpenIndex | undefined> {
  const { fs } = context.system
  const root = pathOfFileUrl(channel.url)
  if (root === undefined) return undefined
  const plain = path.join(root, subdir, 'repodata.json')
  const info = await fs.stat(plain)
  if (info) {
    return onceFor(plain, `${info.mtimeNs}-${info.sizeBytes}-${info.inode}`, context, async () => {
      return indexRepodata(await openFile(plain, info, fs), { url: plain, cacheDirectory }, context)
    })
  }
  const compressed = `${plain}.zst`
  if (!(await fs.stat(compressed))) return undefined
  const bytes = await decompressZstd(await fs.readBytes(compressed), context.system)
  const source: RepodataSource = { kind: 'memory', bytes }
  return { ...(await indexRepodata(source, { url: compressed }, context)), records: new Map() }
}

async function onceFor(
  key: string,
  stamp: string,
  { system }: StageContext,
  load: () => Promise<RepodataIndex | undefined>,
): Promise<OpenIndex | undefined> {
  const memo = memos.get(system) ?? new Map<string, MemoEntry>()
  memos.set(system, memo)
  const known = memo.get(key)
  if (known?.stamp === stamp) return known.index
  const loaded = await load()
  if (!loaded) return undefined
  const index = { ...loaded, records: new Map() }
  memo.set(key, { stamp, index })
  return index
}
