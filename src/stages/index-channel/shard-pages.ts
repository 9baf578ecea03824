/** Keeps the members of a sharded index encoded: of thousands, only pages on which something changed are encoded again. */
import { type EncodedMembers, encodeMembers } from '../../archive/index.js'
import { divide, splitIntoPages } from './paging.js'
import { columnsOf, joinPairs, splitPairs, toLine } from './remembered-lines.js'

/** One shard of the index. */
export interface Shard {
  /** Of the packages in it. */
  readonly name: string
  /** Its SHA-256, which is its file name. */
  readonly hash: string
}

/** Shards whose names are neighbours. */
export interface ShardPage {
  /** The name of the first one. */
  readonly first: string
  /** Names and hashes. */
  readonly entries: Buffer
  /** Of the map from name to hash. */
  readonly members: EncodedMembers
  /** All that, as it is remembered. */
  readonly line: Buffer
}

/** Takes a page apart. */
export function shardsOf({ entries }: ShardPage): readonly Shard[] {
  return splitPairs(entries.toString()).map(([name, hash]) => ({ name, hash }))
}

export interface ReplacedShards {
  readonly pages: readonly ShardPage[]
  /** Those that went or have another content now, as they were. */
  readonly replaced: readonly Shard[]
}

/** @param names whose shards go, and come again as `made` has them */
export async function replaceShards(
  pages: readonly ShardPage[],
  names: ReadonlySet<string>,
  made: ReadonlyMap<string, Shard>,
): Promise<ReplacedShards> {
  const starts = pages.map(({ first }) => first)
  const result: ShardPage[] = []
  const replaced: Shard[] = []
  for (const [at, own] of divide(starts, [...names].sort(), (name) => name).entries()) {
    const page = pages[at]
    if (page && own.length === 0) {
      result.push(page)
      continue
    }
    const before = page ? shardsOf(page) : []
    replaced.push(...before.filter(({ name }) => names.has(name)))
    const kept = before.filter(({ name }) => !names.has(name))
    const after = [...kept, ...own.flatMap((name) => made.get(name) ?? [])].sort(byName)
    result.push(...(await Promise.all(splitIntoPages(after).map(toPage))))
  }
  return { pages: result, replaced }
}

function byName(left: Shard, right: Shard): number {
  return left.name < right.name ? -1 : 1
}

async function toPage(shards: readonly Shard[]): Promise<ShardPage> {
  const { count, bytes } = await encodeMembers(
    Object.fromEntries(shards.map(({ name, hash }) => [name, Buffer.from(hash, 'hex')])),
  )
  const entries = joinPairs(shards.map(({ name, hash }) => [name, hash]))
  return fromLine(Buffer.from(toLine(entries, String(count), Buffer.from(bytes).toString('hex'))))
}

/** A page as it was remembered. */
export function fromLine(line: Buffer): ShardPage {
  const [entries = Buffer.of(), count, members = ''] = columnsOf(line)
  return {
    first: entries.toString('utf8', 0, entries.indexOf('/')),
    entries,
    members: { count: Number(count), bytes: Buffer.from(members.toString(), 'hex') },
    line,
  }
}
