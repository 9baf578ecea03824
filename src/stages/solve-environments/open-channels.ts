/** Decides what a channel offers for some subdirs: finds and reads its repodata (spec: environment.md D). */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { decompressZstd } from '../../archive/index.js'
import { type Channel, parseChannel, SpecError } from '../../conda/index.js'
import type { StageContext, System } from '../../system/index.js'
import { badChannel, malformedRecords, malformedRepodata, notAChannel, unsupportedChannel } from './errors.js'
import { fetchRepodata } from './fetch-repodata.js'
import { indexRepodata, type RepodataIndex } from './index-repodata.js'
import { readRecord } from './read-record.js'
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
  findRecords(name: string): readonly ChannelRecord[]
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
  const wanted = options.subdirs.filter((subdir) => channel.platforms?.includes(subdir) ?? true)
  const subdirs = await Promise.all(
    wanted.map(async (subdir) =>
      openSubdir({ channel, subdir, cacheDirectory: options.cacheDirectory }, context),
    ),
  )
  return {
    url: channel.displayUrl,
    findRecords: (name) => subdirs.flatMap((find) => find(name)),
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

type FindRecords = (name: string) => readonly ChannelRecord[]

async function openSubdir(location: SubdirLocation, context: StageContext): Promise<FindRecords> {
  const { channel, subdir } = location
  const url = `${channel.displayUrl}${subdir}/repodata.json`
  const index = await loadIndex(location, context)
  if (!index) {
    if (subdir === 'noarch') throw notAChannel(channel.displayUrl, `there is no \`${url}\``)
    return () => []
  }
  const cache = new Map<string, readonly ChannelRecord[]>()
  return (name) => {
    let records = cache.get(name)
    if (!records) {
      records = parseRecords(index, name, location)
      const skipped = (index.byName.get(name)?.length ?? 0) - records.length
      if (skipped > 0) context.emit({ type: 'warning', ...malformedRecords(url, name, skipped) })
      cache.set(name, records)
    }
    return records
  }
}

function parseRecords(
  index: RepodataIndex,
  name: string,
  { channel, subdir }: SubdirLocation,
): readonly ChannelRecord[] {
  const base = archiveBase(index, channel, subdir)
  return (index.byName.get(name) ?? []).flatMap(({ fn, start, end }) => {
    const text = index.bytes.toString('utf8', start, end)
    const origin = {
      fn,
      url: base + (isPlainName(fn) ? fn : encodeURIComponent(fn).replaceAll('%2B', '+')),
      channel: channel.displayUrl,
      subdir,
    }
    return readRecord(parseJson(text, `${channel.displayUrl}${subdir}/repodata.json`), origin) ?? []
  })
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

function parseJson(text: string, url: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw malformedRepodata(url, 'a record is not JSON', error)
  }
}

interface MemoEntry {
  readonly stamp: string
  readonly index: RepodataIndex
}

/** Indexes that were read in this process, per System: every output of a run solves against the same channels. */
const memos = new WeakMap<System, Map<string, MemoEntry>>()

async function loadIndex(
  location: SubdirLocation,
  context: StageContext,
): Promise<RepodataIndex | undefined> {
  const { channel, subdir } = location
  const protocol = channel.url.slice(0, channel.url.indexOf(':'))
  if (protocol === 'file') return loadLocalIndex(path.join(fileURLToPath(channel.url), subdir), context)
  if (protocol !== 'http' && protocol !== 'https') throw unsupportedChannel(channel.displayUrl)
  const url = `${channel.displayUrl}${subdir}/`
  return remember(url, 'http', context, async () => {
    const bytes = await fetchRepodata(location, context)
    return bytes && indexRepodata(bytes, `${url}repodata.json`)
  })
}

async function loadLocalIndex(directory: string, context: StageContext): Promise<RepodataIndex | undefined> {
  const { fs } = context.system
  const plain = path.join(directory, 'repodata.json')
  const info = await fs.stat(plain)
  if (info) {
    return remember(plain, `${info.mtimeNs}-${info.sizeBytes}-${info.inode}`, context, async () => {
      return indexRepodata(await fs.readBytes(plain), plain)
    })
  }
  const compressed = `${plain}.zst`
  if (!(await fs.stat(compressed))) return undefined
  return indexRepodata(await decompressZstd(await fs.readBytes(compressed), context.system), compressed)
}

async function remember(
  key: string,
  stamp: string,
  { system }: StageContext,
  load: () => Promise<RepodataIndex | undefined>,
): Promise<RepodataIndex | undefined> {
  const memo = memos.get(system) ?? new Map<string, MemoEntry>()
  memos.set(system, memo)
  const known = memo.get(key)
  if (known?.stamp === stamp) return known.index
  const index = await load()
  if (index) memo.set(key, { stamp, index })
  return index
}
