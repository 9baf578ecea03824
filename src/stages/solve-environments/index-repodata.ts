/**
 * Decides where the records of a package lie in a repodata.json, and remembers it between runs: finding them takes a look at
 * every byte of the file, the index of a file that has not changed takes milliseconds.
 */
import { createHash } from 'node:crypto'
import path from 'node:path'
import type { StageContext } from '../../system/index.js'
import { malformedRepodata } from './errors.js'
import { type RepodataSource, readPart, scanSource } from './repodata-source.js'
import { type RecordRun, type ScannedRepodata, scanRepodata } from './scan-repodata.js'

/** An entry of the file, parsed. */
export interface RepodataEntry {
  readonly fn: string
  readonly value: unknown
}

export interface RepodataIndex {
  /** URL below which the archives are, when it is not the channel's own. */
  readonly baseUrl: string | undefined
  /**
   * The entries of a package in the order of the file, without the removed ones.
   * @throws BuildError `channel/malformed-repodata`
   */
  readonly readEntries: (name: string) => Promise<readonly RepodataEntry[]>
}

export interface IndexOptions {
  /** For messages. */
  readonly url: string
  /** Where indexes are kept between runs; without it nothing is kept. */
  readonly cacheDirectory?: string | undefined
}

/**
 * The index of a repodata.json or run_exports.json.
 * @throws BuildError `channel/malformed-repodata`
 */
export async function indexRepodata(
  source: RepodataSource,
  options: IndexOptions,
  context: StageContext,
): Promise<RepodataIndex> {
  const keep = placeOf(source, options)
  const kept = keep && (await readKept(keep, context))
  const scanned = kept ?? (await scan(source, options, context))
  if (keep && !kept) await writeKept(keep, scanned, context)
  return toIndex(source, { scanned, ...options }, context)
}

async function scan(
  source: RepodataSource,
  { url }: IndexOptions,
  { system }: StageContext,
): Promise<ScannedRepodata> {
  const fail = (reason: string, cause?: unknown) => malformedRepodata(url, reason, cause)
  return scanSource(source, scanRepodata, { system, fail })
}

function toIndex(
  source: RepodataSource,
  { scanned, url }: IndexOptions & { readonly scanned: ScannedRepodata },
  { system }: StageContext,
): RepodataIndex {
  const removed = new Set(scanned.removed)
  const readRun = async ({ start, end, suffix }: RecordRun): Promise<readonly RepodataEntry[]> => {
    if (await hasChanged(source, system)) throw malformedRepodata(url, 'it changed while it was read')
    const bytes = await readPart(source, start, end, system)
    return Object.entries(parseRun(bytes, url)).map(([key, value]) => ({ fn: key + suffix, value }))
  }
  return {
    baseUrl: scanned.baseUrl,
    readEntries: async (name) => {
      const entries: RepodataEntry[] = []
      for (const run of scanned.runs.get(name) ?? []) entries.push(...(await readRun(run)))
      return removed.size > 0 ? entries.filter(({ fn }) => !removed.has(fn)) : entries
    },
  }
}

async function hasChanged(source: RepodataSource, { fs }: StageContext['system']): Promise<boolean> {
  if (source.kind === 'memory') return false
  const info = await fs.stat(source.path)
  return info?.mtimeNs !== source.info.mtimeNs || info.sizeBytes !== source.info.sizeBytes
}

/** The engine's own parser reads many records together much faster than one by one. */
function parseRun(bytes: Buffer, url: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(`{${bytes.toString('utf8')}}`)
  } catch (error) {
    throw malformedRepodata(url, 'a record is not JSON', error)
  }
}

/** The file that holds an index, and what it has to say about the repodata to count. */
interface KeptPlace {
  readonly file: string
  readonly stamp: string
}

function placeOf(source: RepodataSource, { cacheDirectory }: IndexOptions): KeptPlace | undefined {
  if (source.kind === 'memory' || cacheDirectory === undefined) return undefined
  const { sizeBytes, mtimeNs, inode, device } = source.info
  const key = createHash('sha256').update(source.path).digest('hex').slice(0, 16)
  return {
    file: path.join(cacheDirectory, 'repodata', `${key}.index`),
    stamp: [format, sizeBytes, mtimeNs, inode, device].join(' '),
  }
}

/** Raised when the form of the file changes. */
const format = 'krait-repodata-index-1'

interface KeptIndex {
  readonly baseUrl?: string
  readonly removed: readonly string[]
  readonly names: readonly string[]
  /** For each run: number of its name, start, length, number of its suffix. */
  readonly runs: readonly number[]
}

const suffixes = ['', '.conda', '.tar.bz2'] as const

/** Two lines and the JSON: the stamp, the hash of the JSON. Undefined when anything does not fit. */
async function readKept(
  { file, stamp }: KeptPlace,
  { system }: StageContext,
): Promise<ScannedRepodata | undefined> {
  if (!(await system.fs.stat(file))) return undefined
  const text = await system.fs.readText(file)
  const [line = '', hash = ''] = text.slice(0, 1000).split('\n', 2)
  const json = text.slice(line.length + hash.length + 2)
  if (line !== stamp || hash !== hashOf(json)) return undefined
  return fromKept(JSON.parse(json) as KeptIndex)
}

function fromKept({ baseUrl, removed, names, runs }: KeptIndex): ScannedRepodata {
  const byName = new Map<string, RecordRun[]>()
  for (let at = 0; at + 3 < runs.length; at += 4) {
    const [name = 0, start = 0, length = 0, suffix = 0] = [runs[at], runs[at + 1], runs[at + 2], runs[at + 3]]
    const run = { start, end: start + length, suffix: suffixes[suffix] ?? '' }
    const key = names[name] ?? ''
    const list = byName.get(key)
    if (list) list.push(run)
    else byName.set(key, [run])
  }
  return { runs: byName, baseUrl, removed }
}

/** Failing to keep an index only costs time. */
async function writeKept(
  { file, stamp }: KeptPlace,
  { runs, baseUrl, removed }: ScannedRepodata,
  { system }: StageContext,
): Promise<void> {
  const places: number[] = []
  for (const [name, list] of [...runs.values()].entries()) {
    for (const { start, end, suffix } of list) places.push(name, start, end - start, suffixes.indexOf(suffix))
  }
  const kept: KeptIndex = {
    ...(baseUrl !== undefined && { baseUrl }),
    removed,
    names: [...runs.keys()],
    runs: places,
  }
  const json = JSON.stringify(kept)
  try {
    await system.fs.makeDirectory(path.dirname(file))
    // Not synced, as that takes longer than to find everything again: the hash tells a damaged index.
    const temporary = `${file}.${system.host.pid}.tmp`
    await system.fs.writeFile(temporary, `${stamp}\n${hashOf(json)}\n${json}`)
    await system.fs.rename(temporary, file)
  } catch {
    // A cache that cannot be written is no reason to fail.
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
