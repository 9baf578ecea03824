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
  /** Its SHA-256, which is its file name. */
  readonly hash: string
}

/** A file that the index does not name any more. */
export interface UnusedShard {
  readonly hash: string
  readonly sinceMs: number
}

export interface KnownShards {
  /** Of the files that the index was made of (`SubdirChanges`); undefined when that is not known. */
  readonly madeOf: string | undefined
  /** The index as it is, by package name; without those whose files somebody removed. */
  readonly shards: ReadonlyMap<string, Shard>
  /** Whether there is a file for each of them. */
  readonly isWhole: boolean
  readonly unused: readonly UnusedShard[]
}

export const nothingKnown: KnownShards = { madeOf: undefined, shards: new Map(), isWhole: false, unused: [] }

export const indexName = 'repodata_shards.msgpack.zst'

/** Whether a subdir has a sharded index, which then has to be kept up to date. */
export async function hasShards(
  directory: string,
  { system }: Pick<StageContext, 'system'>,
): Promise<boolean> {
  return (await system.fs.stat(path.join(directory, indexName))) !== undefined
}

/** Changes when the format of shards does, too. The index names its subdir, but a directory may get another name. */
const formatOf = (directory: string) => `krait shards 7 of ${path.basename(directory)}`
const notePath = (directory: string) => path.join(directory, '.cache', 'shards')

/** Nothing is known when the index is not the one that was written then: every shard is made again. */
export async function readKnown(directory: string, context: StageContext): Promise<KnownShards> {
  const index = await readForm(path.join(directory, indexName), context)
  const [head = '', ...lines] = await readLines(notePath(directory), formatOf(directory), context)
  const [hashOfIndex, stamp, madeOf] = columnsOf(head)
  if (!index || hashOfIndex !== sha256(index)) return nothingKnown
  const isUntouched = stamp === (await stampOf(directory, context))
  const there = isUntouched ? undefined : new Set(await listShards(directory, context))
  const rows = lines.map(columnsOf)
  const used = rows.filter(isUsed)
  const found = there ? used.filter(([, hash = '']) => there.has(hash)) : used
  return {
    madeOf,
    shards: new Map(found.map(([name = '', hash = '']) => [name, { name, hash }])),
    isWhole: found.length === used.length,
    unused: rows
      .filter((row) => !isUsed(row))
      .map(([, hash = '', since]) => ({ hash, sinceMs: Number(since) })),
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
  { index, madeOf, shards, unused }: WrittenShards,
  context: StageContext,
): Promise<void> {
  const lines = [
    toLine(sha256(index), await stampOf(directory, context), madeOf),
    ...shards.map(({ name, hash }) => toLine(name, hash)),
    ...unused.map(({ hash, sinceMs }) => toLine('', hash, String(sinceMs))),
  ]
  await writeLines(notePath(directory), { format: formatOf(directory), lines }, context)
}

interface WrittenShards {
  /** Its bytes. */
  readonly index: Uint8Array
  readonly madeOf: string
  readonly shards: readonly Shard[]
  readonly unused: readonly UnusedShard[]
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
