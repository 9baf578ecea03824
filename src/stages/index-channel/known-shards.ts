/** Keeps what the sharded index of a subdir was made of, so that only shards that change are made again. */
import { createHash } from 'node:crypto'
import path from 'node:path'
import type { StageContext } from '../../system/index.js'
import { readForm } from './form-file.js'
import { columnsOf, readLines, toLine, writeLines } from './remembered-lines.js'

/** One shard of the index. */
export interface Shard {
  /** Of the packages in it. */
  readonly name: string
  /** Checksums of the packages it was made of. */
  readonly key: string
  /** Its SHA-256, which is its file name. */
  readonly hash: string
}

/** A file that the index does not name any more. */
export interface UnusedShard {
  readonly hash: string
  readonly sinceMs: number
}

export interface KnownShards {
  /** Whether the index that is there was made of `shards`. */
  readonly isWritten: boolean
  /** By package name. */
  readonly shards: ReadonlyMap<string, Shard>
  readonly unused: readonly UnusedShard[]
}

export const nothingKnown: KnownShards = { isWritten: false, shards: new Map(), unused: [] }

export const indexName = 'repodata_shards.msgpack.zst'

/** Whether a subdir has a sharded index, which then has to be kept up to date. */
export async function hasShards(
  directory: string,
  { system }: Pick<StageContext, 'system'>,
): Promise<boolean> {
  return (await system.fs.stat(path.join(directory, indexName))) !== undefined
}

/** Changes when the format of shards does, too. */
const format = 'krait shards 5'
const notePath = (directory: string) => path.join(directory, '.cache', 'shards')

/**
 * Nothing is known when the index is not the one that was written then: every shard is made again. One whose file somebody
 * removed is not known either.
 */
export async function readKnown(directory: string, context: StageContext): Promise<KnownShards> {
  const index = await readForm(path.join(directory, indexName), context)
  const [head = '', ...lines] = await readLines(notePath(directory), format, context)
  const [hashOfIndex, stamp] = columnsOf(head)
  if (!index || hashOfIndex !== sha256(index)) return nothingKnown
  const isUntouched = stamp === (await stampOf(directory, context))
  const there = isUntouched ? undefined : new Set(await listShards(directory, context))
  const rows = lines.map(columnsOf)
  const used = rows.filter((row) => isUsed(row) && there?.has(row[2] ?? '') !== false)
  const unused = rows.filter((row) => !isUsed(row))
  return {
    isWritten: true,
    shards: new Map(used.map(([name = '', key = '', hash = '']) => [name, { name, key, hash }])),
    unused: unused.map(([, since, hash = '']) => ({ hash, sinceMs: Number(since) })),
  }
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

/** Those that are unused have no name. */
function isUsed([name]: readonly string[]): boolean {
  return name !== ''
}

export async function writeKnown(
  directory: string,
  {
    index,
    shards,
    unused,
  }: {
    readonly index: Uint8Array
    readonly shards: readonly Shard[]
    readonly unused: readonly UnusedShard[]
  },
  context: StageContext,
): Promise<void> {
  const lines = [
    toLine(sha256(index), await stampOf(directory, context)),
    ...shards.map(({ name, key, hash }) => toLine(name, key, hash)),
    ...unused.map(({ hash, sinceMs }) => toLine('', String(sinceMs), hash)),
  ]
  await writeLines(notePath(directory), { format, lines }, context)
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
