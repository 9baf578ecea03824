/** Decides the sharded index of a subdir: one file for each package name, named after its content (CEP 16, spec: package.md 7.5). */

import { createHash } from 'node:crypto'
import path from 'node:path'
import {
  compressSmall,
  compressZstd,
  encodeMember,
  encodeMembers,
  encodeMsgpack,
  joinMembers,
} from '../../archive/index.js'
import type { PackageRecord } from '../../conda/index.js'
import type { StageContext } from '../../system/index.js'
import { groupBy } from '../../text/index.js'
import { mapConcurrently } from '../install-prefixes/index.js'
import { readForm } from './form-file.js'
import { extensions, keyIn, type SectionKey, sectionOf } from './index-sections.js'
import {
  indexName,
  listShards,
  nothingKnown,
  readKnown,
  shardDirectory,
  shardPath,
  type UnusedShard,
  writeKnown,
} from './known-shards.js'
import { replaceShards, type Shard, type ShardPage } from './shard-pages.js'
import { packagesNamed, type SubdirContent } from './subdir-content.js'
import type { ListedFile } from './types.js'

/** Clients may still have an older index. */
const unusedShardMs = 7 * 24 * 3_600_000
const zstdLevel = 3

export interface ShardsRequest extends SubdirContent {
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
  const { directory, pages, changes, force } = request
  await context.system.fs.makeDirectory(shardDirectory(directory))
  const known = force ? nothingKnown : await readKnown(directory, context)
  if (known.lost.size === 0 && known.madeOf === changes.to) return false
  const isFollowed = known.madeOf === changes.from
  const names = isFollowed ? new Set([...changes.names, ...known.lost]) : undefined
  const stale = groupBy(packagesNamed(pages, names), ({ record }) => record.name)
  // Writers of many small files wait for the disk most of the time.
  const shards = await mapConcurrently([...stale], 16, async ([name, own]) => {
    return [name, { name, hash: await writeShard(directory, own, context) }] as const
  })
  const made = new Map(shards)
  const former = isFollowed ? known.pages : []
  const { pages: listed, replaced } = await replaceShards(former, names ?? new Set(made.keys()), made)
  const index = await writeIndex(request, listed, context)
  const retired = isFollowed ? replaced.map(({ hash }) => hash) : await listShards(directory, context)
  const unused = await removeUnused({ directory, unused: known.unused, retired, made }, context)
  await writeKnown(directory, { index, madeOf: changes.to, pages: listed, unused }, context)
  return true
}

async function writeIndex(
  { directory, subdir, revisions }: ShardsRequest,
  pages: readonly ShardPage[],
  { system }: StageContext,
): Promise<Uint8Array> {
  const info = {
    subdir,
    base_url: '',
    shards_base_url: './shards/',
    created_at: new Date(system.clock.now()).toISOString(),
    repodata_revisions: revisions,
  }
  const head = await encodeMembers({ version: 1, info })
  const shards = await encodeMember('shards', joinMembers(pages.map(({ members }) => members)))
  const bytes = await compressZstd(joinMembers([head, shards]), zstdLevel, system)
  await system.fs.writeFileAtomic(path.join(directory, indexName), bytes)
  return bytes
}

interface RetiredShards {
  /** Of the subdir. */
  readonly directory: string
  readonly unused: readonly UnusedShard[]
  /** Hashes that the index may not name any more. */
  readonly retired: readonly string[]
  /** New shards by package name. */
  readonly made: ReadonlyMap<string, Shard>
}

/** Removes what has been unused for long. @returns what is unused, but may still be asked for */
async function removeUnused(
  { directory, unused, retired, made }: RetiredShards,
  { system: { fs, clock } }: StageContext,
): Promise<readonly UnusedShard[]> {
  const now = clock.now()
  const used = new Set([...made.values()].map(({ hash }) => hash))
  const since = new Map([
    ...retired.map((hash) => [hash, now] as const),
    // These have been waiting for longer.
    ...unused.map(({ hash, sinceMs }) => [hash, sinceMs] as const),
  ])
  const all = [...since].map(([hash, sinceMs]) => ({ hash, sinceMs })).filter(({ hash }) => !used.has(hash))
  const expired = all.filter(({ sinceMs }) => now - sinceMs > unusedShardMs)
  for (const { hash } of expired) await fs.remove(shardPath(directory, hash))
  return all.filter((shard) => !expired.includes(shard))
}

/** @returns the SHA-256 of the compressed shard, which is its name */
async function writeShard(
  directory: string,
  files: readonly ListedFile[],
  context: StageContext,
): Promise<string> {
  const bytes = await compressSmall(await encodeMsgpack(toShard(files)), zstdLevel)
  const hash = createHash('sha256').update(bytes).digest('hex')
  const file = shardPath(directory, hash)
  if (!(await readForm(file, context))?.equals(bytes)) await context.system.fs.writeFileAtomic(file, bytes)
  return hash
}

function toShard(files: readonly ListedFile[]): object {
  const section = (key: SectionKey) => {
    const own = files.filter((file) => sectionOf(file) === key)
    return Object.fromEntries(own.map(({ fn, record }) => [keyIn(key, fn), withBinaryHashes(record)]))
  }
  const revised = extensions
    .map((extension) => [extension.slice(1), section(`3${extension}`)] as const)
    .filter(([, members]) => Object.keys(members).length > 0)
  return {
    packages: section('.tar.bz2'),
    'packages.conda': section('.conda'),
    ...(revised.length > 0 && { v3: Object.fromEntries(revised) }),
    removed: [],
  }
}

/** Hashes are bytes in shards; everything else is as in repodata.json. */
function withBinaryHashes(record: PackageRecord): object {
  const { md5, sha256 } = record
  return {
    ...record,
    ...(typeof md5 === 'string' && { md5: Buffer.from(md5, 'hex') }),
    ...(typeof sha256 === 'string' && { sha256: Buffer.from(sha256, 'hex') }),
  }
}
