/** Decides the sharded index of a subdir: one file for each package name, named after its content (CEP 16, spec: package.md 7.5). */

import { createHash } from 'node:crypto'
import path from 'node:path'
import { compressSmall, compressZstd, encodeMsgpack } from '../../archive/index.js'
import type { StageContext } from '../../system/index.js'
import { groupBy } from '../../text/index.js'
import { mapConcurrently } from '../install-prefixes/index.js'
import { readForm } from './form-file.js'
import type { IndexedFile } from './indexed-file.js'
import {
  indexName,
  type KnownShards,
  listShards,
  nothingKnown,
  readKnown,
  type Shard,
  shardDirectory,
  shardPath,
  type UnusedShard,
  writeKnown,
} from './known-shards.js'
import type { SubdirFiles } from './subdir-files.js'
import { renderSections } from './write-repodata.js'

/** Clients may still have an older index. */
const unusedShardMs = 7 * 24 * 3_600_000
const zstdLevel = 3

export interface ShardsRequest extends SubdirFiles {
  /** Absolute. */
  readonly directory: string
  /** Makes every shard again. */
  readonly force?: boolean | undefined
}

/**
 * Writes new shards first, then the index that names them; shards that no index has named for a week are removed.
 * @returns whether the index changed
 */
export async function writeShards(request: ShardsRequest, context: StageContext): Promise<boolean> {
  const { directory, files, changes, force } = request
  await context.system.fs.makeDirectory(shardDirectory(directory))
  const known = force ? nothingKnown : await readKnown(directory, context)
  if (known.isWhole && known.madeOf === changes.to) return false
  const kept = known.madeOf === changes.from ? known.shards : new Map<string, Shard>()
  const isKept = (name: string) => kept.has(name) && !changes.names.has(name)
  const stale = groupBy(
    files.filter(({ name }) => !isKept(name)),
    ({ name }) => name,
  )
  // Writers of many small files wait for the disk most of the time.
  const made = await mapConcurrently([...stale], 16, async ([name, own]) => {
    return { name, hash: await writeShard(directory, own, context) }
  })
  const shards = [...[...kept.values()].filter(({ name }) => isKept(name)), ...made].sort(byName)
  const index = await writeIndex(request, shards, context)
  const unused = await removeUnused(directory, { known, shards }, context)
  await writeKnown(directory, { index, madeOf: changes.to, shards, unused }, context)
  return true
}

function byName(left: Shard, right: Shard): number {
  return left.name < right.name ? -1 : 1
}

async function writeIndex(
  { directory, subdir, revisions }: ShardsRequest,
  shards: readonly Shard[],
  { system }: StageContext,
): Promise<Uint8Array> {
  const index = {
    version: 1,
    info: {
      subdir,
      base_url: '',
      shards_base_url: './shards/',
      created_at: new Date(system.clock.now()).toISOString(),
      repodata_revisions: revisions,
    },
    shards: hashesByName(shards),
  }
  const bytes = await compressZstd(await encodeMsgpack(index), zstdLevel, system)
  await system.fs.writeFileAtomic(path.join(directory, indexName), bytes)
  return bytes
}

/** A loop, because with thousands of members `Object.fromEntries` takes as long as encoding them. */
function hashesByName(shards: readonly Shard[]): Members<Uint8Array> {
  const { buffer, byteOffset } = Buffer.from(shards.map(({ hash }) => hash).join(''), 'hex')
  const members: Record<string, Uint8Array> = Object.create(null)
  for (const [at, { name }] of shards.entries())
    members[name] = new Uint8Array(buffer, byteOffset + at * 32, 32)
  return members
}

/** Removes what has been unused for long. @returns what is unused, but may still be asked for */
async function removeUnused(
  directory: string,
  { known, shards }: { readonly known: KnownShards; readonly shards: readonly Shard[] },
  context: StageContext,
): Promise<readonly UnusedShard[]> {
  const { fs, clock } = context.system
  const used = new Set(shards.map(({ hash }) => hash))
  const now = clock.now()
  const waiting = known.unused.filter(({ hash }) => !used.has(hash))
  const counted = new Set(waiting.map(({ hash }) => hash))
  const former = known.isWhole
    ? [...known.shards.values()].map(({ hash }) => hash)
    : await listShards(directory, context)
  const retired = former.filter((hash) => !used.has(hash) && !counted.has(hash))
  const unused = [...waiting, ...retired.map((hash) => ({ hash, sinceMs: now }))]
  const expired = unused.filter(({ sinceMs }) => now - sinceMs > unusedShardMs)
  for (const { hash } of expired) await fs.remove(shardPath(directory, hash))
  return unused.filter((shard) => !expired.includes(shard))
}

/** @returns the SHA-256 of the compressed shard, which is its name */
async function writeShard(
  directory: string,
  files: readonly IndexedFile[],
  context: StageContext,
): Promise<string> {
  const shard = { ...withBinaryHashes(JSON.parse(`{${renderSections(files)}}`) as Sections), removed: [] }
  const bytes = await compressSmall(await encodeMsgpack(shard), zstdLevel)
  const hash = createHash('sha256').update(bytes).digest('hex')
  const file = shardPath(directory, hash)
  if (!(await readForm(file, context))?.equals(bytes)) await context.system.fs.writeFileAtomic(file, bytes)
  return hash
}

type Members<T> = Readonly<Record<string, T>>
type Sections = Members<Members<RecordFields>> & { readonly v3?: Members<Members<RecordFields>> }
type RecordFields = Members<unknown>

/** Hashes are bytes in shards; everything else is as in repodata.json. */
function withBinaryHashes({ v3, ...sections }: Sections): object {
  const binary = (fields: RecordFields) => {
    const { md5, sha256 } = fields
    return {
      ...fields,
      ...(typeof md5 === 'string' && { md5: Buffer.from(md5, 'hex') }),
      ...(typeof sha256 === 'string' && { sha256: Buffer.from(sha256, 'hex') }),
    }
  }
  const section = (records: Members<RecordFields>) => mapValues(records, binary)
  return { ...mapValues(sections, section), ...(v3 && { v3: mapValues(v3, section) }) }
}

function mapValues<T, R>(members: Members<T>, map: (value: T) => R): Members<R> {
  return Object.fromEntries(Object.entries(members).map(([key, value]) => [key, map(value)]))
}
