/** Keeps what the sharded index of a subdir was made of, so that only shards that change are made again. */
import { createHash } from 'node:crypto'
import path from 'node:path'
import type { StageContext } from '../../system/index.js'
import { readForm } from './form-file.js'
import { columnsOf, readLines, toLine, writeLines } from './remembered-lines.js'
import { fromLine, type ShardPage, shardsOf } from './shard-pages.js'

/** A file that the index does not name any more. */
export interface UnusedShard {
  readonly hash: string
  readonly sinceMs: number
}

export interface KnownShards {
  /** Of the files that the index was made of (`SubdirChanges`); undefined when that is not known. */
  readonly madeOf: string | undefined
  /** The index as it is, in the order of the package names. */
  readonly pages: readonly ShardPage[]
  /** Names of packages whose shards somebody removed. */
  readonly lost: ReadonlySet<string>
  readonly unused: readonly UnusedShard[]
}

export const nothingKnown: KnownShards = { madeOf: undefined, pages: [], lost: new Set(), unused: [] }

export const indexName = 'repodata_shards.msgpack.zst'

/** Whether a subdir has a sharded index, which then has to be kept up to date. */
export async function hasShards(
  directory: string,
  { system }: Pick<StageContext, 'system'>,
): Promise<boolean> {
  return (await system.fs.stat(path.join(directory, indexName))) !== undefined
}

/** Changes when the format of shards does, too. The index names its subdir, but a directory may get another name. */
const formatOf = (directory: string) => `krait shards 8 of ${path.basename(directory)}`
const notePath = (directory: string) => path.join(directory, '.cache', 'shards')

/** Nothing is known when the index is not the one that was written then: every shard is made again. */
export async function readKnown(directory: string, context: StageContext): Promise<KnownShards> {
  const index = await readForm(path.join(directory, indexName), context)
  const [head, unused, ...lines] = await readLines(notePath(directory), formatOf(directory), context)
  if (!index || !head || !unused) return nothingKnown
  const [hashOfIndex, stamp, madeOf] = columnsOf(head).map(String)
  if (hashOfIndex !== sha256(index)) return nothingKnown
  const pages = lines.map(fromLine)
  const isUntouched = stamp === (await stampOf(directory, context))
  return {
    madeOf,
    pages,
    lost: isUntouched ? new Set() : await findLost(directory, pages, context),
    unused: JSON.parse(unused.toString()) as readonly UnusedShard[],
  }
}

async function findLost(
  directory: string,
  pages: readonly ShardPage[],
  context: StageContext,
): Promise<ReadonlySet<string>> {
  const there = new Set(await listShards(directory, context))
  return new Set(
    pages
      .flatMap(shardsOf)
      .filter(({ hash }) => !there.has(hash))
      .map(({ name }) => name),
  )
}

/** Another one when a file came or went. */
async function stampOf(directory: string, { system }: StageContext): Promise<string> {
  return (await system.fs.stat(shardDirectory(directory)))?.mtimeNs ?? ''
}

/** The hashes of all shards that are there, used or not. */
export async function listShards(directory: string, { system }: StageContext): Promise<readonly string[]> {
  const names = await system.fs.list(shardDirectory(directory))
  return names.filter((name) => name.endsWith(shardSuffix)).map((name) => name.slice(0, -shardSuffix.length))
}

const shardSuffix = '.msgpack.zst'

/** @param directory of the subdir */
export function shardDirectory(directory: string): string {
  return path.join(directory, 'shards')
}

/** @param directory of the subdir */
export function shardPath(directory: string, hash: string): string {
  return path.join(shardDirectory(directory), `${hash}${shardSuffix}`)
}

export async function writeKnown(
  directory: string,
  { index, madeOf, pages, unused }: WrittenShards,
  context: StageContext,
): Promise<void> {
  const head = toLine(sha256(index), await stampOf(directory, context), madeOf)
  const lines = [head, JSON.stringify(unused), ...pages.map(({ line }) => line)]
  await writeLines(notePath(directory), { format: formatOf(directory), lines }, context)
}

interface WrittenShards {
  /** Its bytes. */
  readonly index: Uint8Array
  readonly madeOf: string
  readonly pages: readonly ShardPage[]
  readonly unused: readonly UnusedShard[]
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
