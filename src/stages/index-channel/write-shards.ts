/** Decides the sharded index of a subdir: one file for each package name, named after its content (CEP 16, spec: package.md 7.5). */
import { createHash } from 'node:crypto'
import path from 'node:path'
import { compressSmall, decodeMsgpack, decompressZstd, encodeMsgpack } from '../../archive/index.js'
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

/** Writes new shards first, then the index that names them; shards that no index has named for a week are removed. */
export async function writeShards(request: ShardsRequest, context: StageContext): Promise<void> {
  const { fs, clock } = context.system
  const directory = path.join(request.directory, 'shards')
  await fs.makeDirectory(directory)
  const known = await readKnown(request.directory, context)
  // Writers of many small files wait for the disk most of the time.
  const written = await mapConcurrently([...byName(request.records)], 16, async ([name, records]) => {
    const key = keyOf(records)
    const former = known[name]
    const hash = former?.key === key ? former.hash : await writeShard(directory, records, context)
    return [name, { key, hash }] as const
  })
  const shards = Object.fromEntries(written.map(([name, { hash }]) => [name, hash]))
  const file = path.join(request.directory, indexName)
  if (!isSameIndex(await readIndex(file, context), shards)) {
    const index = {
      version: 1,
      info: {
        subdir: request.subdir,
        base_url: '',
        shards_base_url: './shards/',
        created_at: new Date(clock.now()).toISOString(),
        repodata_revisions: summarizeRevisions(request.records),
      },
      shards: Object.fromEntries(
        Object.entries(shards).map(([name, hash]) => [name, Buffer.from(hash, 'hex')]),
      ),
    }
    await fs.writeFileAtomic(file, await compressSmall(await encodeMsgpack(index), zstdLevel))
    await writeKnown(request.directory, Object.fromEntries(written), context)
  }
  await removeUnused(directory, new Set(Object.values(shards)), context)
}

/** By package name: which records its shard was made of, and the shard. */
type KnownShards = Readonly<Record<string, { readonly key: string; readonly hash: string } | undefined>>

/** Changes when the format of shards does. */
const shardFormat = 1

function keyOf(records: readonly ListedFile[]): string {
  return records.map(({ fn, record }) => `${fn} ${record.sha256}`).join(' ')
}

const knownPath = (directory: string) => path.join(directory, '.cache', 'shards.json')

/** Private and worth nothing but time: without it every shard is made again. */
async function readKnown(directory: string, { system }: StageContext): Promise<KnownShards> {
  try {
    const content: unknown = JSON.parse(await system.fs.readText(knownPath(directory)))
    const { format, shards } = content as { readonly format?: number; readonly shards?: KnownShards }
    // Somebody may have removed the shards themselves.
    const isThere = format === shardFormat && (await hasShards(directory, { system }))
    return isThere && shards ? shards : {}
  } catch {
    return {}
  }
}

async function writeKnown(directory: string, shards: KnownShards, { system }: StageContext): Promise<void> {
  await system.fs.makeDirectory(path.dirname(knownPath(directory)))
  await system.fs.writeFileAtomic(knownPath(directory), JSON.stringify({ format: shardFormat, shards }))
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
  const hash = createHash('sha256').update(bytes).digest('hex')
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

async function readIndex(
  file: string,
  { system }: StageContext,
): Promise<Readonly<Record<string, string>> | undefined> {
  if (!(await system.fs.stat(file))) return undefined
  try {
    const bytes = await decompressZstd(await system.fs.readBytes(file), system)
    const { shards } = (await decodeMsgpack(bytes)) as { readonly shards: Record<string, Uint8Array> }
    return Object.fromEntries(
      Object.entries(shards).map(([name, hash]) => [name, Buffer.from(hash).toString('hex')]),
    )
  } catch {
    // Damaged: it is written anew.
    return undefined
  }
}

function isSameIndex(
  former: Readonly<Record<string, string>> | undefined,
  shards: Readonly<Record<string, string>>,
): boolean {
  if (!former || Object.keys(former).length !== Object.keys(shards).length) return false
  return Object.entries(shards).every(([name, hash]) => former[name] === hash)
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
