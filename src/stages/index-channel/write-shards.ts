/** Decides the sharded index of a subdir: one file for each package name, named after its content (CEP 16, spec: package.md 7.5). */
import { createHash } from 'node:crypto'
import path from 'node:path'
import { compressSmall, encodeMsgpack } from '../../archive/index.js'
import type { PackageRecord } from '../../conda/index.js'
import type { StageContext } from '../../system/index.js'
import { mapConcurrently } from '../install-prefixes/index.js'
import type { ListedFile } from './read-subdir.js'
import { repodataSections, summarizeRevisions } from './write-repodata.js'

export interface ShardsRequest {
  /** Absolute. */
  readonly directory: string
  readonly subdir: string
  readonly records: readonly ListedFile[]
}

const indexName = 'repodata_shards.msgpack.zst'
/** Clients may still have an older index. */
const unusedShardMs = 7 * 24 * 3_600_000
const zstdLevel = 3

/** Whether a subdir has a sharded index, which then has to be kept up to date. */
export async function hasShards(
  directory: string,
  { system }: Pick<StageContext, 'system'>,
): Promise<boolean> {
  return (await system.fs.stat(path.join(directory, indexName))) !== undefined
}

/**
 * Writes new shards first, then the index that names them; shards that no index has named for a week are removed.
 * @returns whether the index changed
 */
export async function writeShards(request: ShardsRequest, context: StageContext): Promise<boolean> {
  const directory = path.join(request.directory, 'shards')
  await context.system.fs.makeDirectory(directory)
  const known = await readKnown(request.directory, context)
  const wanted = [...byName(request.records)].map(([name, records]) => ({
    name,
    records,
    key: keyOf(records),
  }))
  const missing = wanted.filter(({ name, key }) => known?.[name]?.key !== key)
  // Writers of many small files wait for the disk most of the time.
  const made = await mapConcurrently(missing, 16, async ({ name, records, key }) => {
    return [name, { key, hash: await writeShard(directory, records, context) }] as const
  })
  const newer = new Map(made)
  const shards = wanted.flatMap(({ name }): [string, KnownShard][] => {
    const shard = newer.get(name) ?? known?.[name]
    return shard ? [[name, shard]] : []
  })
  const isChanged = !known || made.length > 0 || Object.keys(known).length !== shards.length
  if (isChanged) await writeIndex(request, shards, context)
  await removeUnused(directory, new Set(shards.map(([, { hash }]) => hash)), context)
  return isChanged
}

/** Which records a shard was made of, and its name. */
interface KnownShard {
  readonly key: string
  readonly hash: string
}

/** By package name. */
type KnownShards = Readonly<Record<string, KnownShard | undefined>>

async function writeIndex(
  { directory, subdir, records }: ShardsRequest,
  shards: readonly (readonly [string, KnownShard])[],
  { system }: StageContext,
): Promise<void> {
  const { fs, clock } = system
  const index = {
    version: 1,
    info: {
      subdir,
      base_url: '',
      shards_base_url: './shards/',
      created_at: new Date(clock.now()).toISOString(),
      repodata_revisions: summarizeRevisions(records),
    },
    shards: Object.fromEntries(shards.map(([name, { hash }]) => [name, Buffer.from(hash, 'hex')])),
  }
  const bytes = await compressSmall(await encodeMsgpack(index), zstdLevel)
  await fs.writeFileAtomic(path.join(directory, indexName), bytes)
  const note: Note = { format: shardFormat, index: sha256(bytes), shards: Object.fromEntries(shards) }
  await fs.makeDirectory(path.dirname(notePath(directory)))
  await fs.writeFileAtomic(notePath(directory), JSON.stringify(note), { flush: false })
}

/** What is remembered of the last time: private, and worth nothing but time. */
interface Note {
  readonly format: number
  /** SHA-256 of the index that was written with it. */
  readonly index: string
  readonly shards: KnownShards
}

/** Changes when the format of shards does. */
const shardFormat = 2

function keyOf(records: readonly ListedFile[]): string {
  return records.map(({ fn, record }) => `${fn} ${record.sha256}`).join(' ')
}

const notePath = (directory: string) => path.join(directory, '.cache', 'shards.json')

/** Nothing when the index is not the one that was written then; every shard is made again. */
async function readKnown(directory: string, { system }: StageContext): Promise<KnownShards | undefined> {
  if (!(await hasShards(directory, { system }))) return undefined
  const index = sha256(await system.fs.readBytes(path.join(directory, indexName)))
  try {
    const note = JSON.parse(await system.fs.readText(notePath(directory))) as Partial<Note>
    return note.format === shardFormat && note.index === index ? note.shards : undefined
  } catch {
    return undefined
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function byName(records: readonly ListedFile[]): ReadonlyMap<string, readonly ListedFile[]> {
  const groups = new Map<string, ListedFile[]>()
  for (const item of records) {
    const group = groups.get(item.record.name)
    if (group) group.push(item)
    else groups.set(item.record.name, [item])
  }
  return groups
}

/** @returns the SHA-256 of the compressed shard, which is its name */
async function writeShard(
  directory: string,
  records: readonly ListedFile[],
  { system }: StageContext,
): Promise<string> {
  const binary = records.map((item) => ({ ...item, record: withBinaryHashes(item.record) }))
  const shard = { ...repodataSections(binary), removed: [] }
  const bytes = await compressSmall(await encodeMsgpack(shard), zstdLevel)
  const hash = sha256(bytes)
  const file = path.join(directory, `${hash}.msgpack.zst`)
  if (!(await system.fs.stat(file))) await system.fs.writeFileAtomic(file, bytes)
  return hash
}

/** Hashes are bytes in shards; everything else is as in repodata.json. */
function withBinaryHashes(record: PackageRecord): PackageRecord {
  const { md5, sha256 } = record
  const hashes = {
    ...(md5 !== undefined && { md5: Buffer.from(md5, 'hex') }),
    ...(sha256 !== undefined && { sha256: Buffer.from(sha256, 'hex') }),
  }
  return { ...record, ...hashes } as unknown as PackageRecord
}

async function removeUnused(
  directory: string,
  used: ReadonlySet<string>,
  { system }: StageContext,
): Promise<void> {
  const { fs, clock } = system
  for (const name of await fs.list(directory)) {
    if (!name.endsWith('.msgpack.zst') || used.has(name.slice(0, 64))) continue
    const info = await fs.stat(path.join(directory, name))
    if (info && clock.now() - info.mtimeMs > unusedShardMs) await fs.remove(path.join(directory, name))
  }
}
