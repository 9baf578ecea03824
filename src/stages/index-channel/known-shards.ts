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
const format = 'krait shards 4'
const notePath = (directory: string) => path.join(directory, '.cache', 'shards')

/** Nothing is known when the index is not the one that was written then: every shard is made again. */
export async function readKnown(directory: string, context: StageContext): Promise<KnownShards> {
  const index = await readForm(path.join(directory, indexName), context)
  const [hashOfIndex, ...lines] = await readLines(notePath(directory), format, context)
  if (!index || hashOfIndex !== sha256(index)) return nothingKnown
  const rows = lines.map(columnsOf)
  const [used, unused] = [rows.filter(isUsed), rows.filter((row) => !isUsed(row))]
  return {
    isWritten: true,
    shards: new Map(used.map(([name = '', key = '', hash = '']) => [name, { name, key, hash }])),
    unused: unused.map(([, since, hash = '']) => ({ hash, sinceMs: Number(since) })),
  }
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
    sha256(index),
    ...shards.map(({ name, key, hash }) => toLine(name, key, hash)),
    ...unused.map(({ hash, sinceMs }) => toLine('', String(sinceMs), hash)),
  ]
  await writeLines(notePath(directory), { format, lines }, context)
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
