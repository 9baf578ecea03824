/** Decides whether the other forms of the index of a subdir say the same as its repodata.json. */
import { createHash } from 'node:crypto'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { decodeMsgpack, decompressZstd } from '../../archive/index.js'
import type { StageContext } from '../../system/index.js'
import { readForm } from './form-file.js'
import { indexName } from './known-shards.js'
import { type Records, recordsOf, toMap } from './listed-records.js'
import { channeldataPath } from './write-channeldata.js'
import { runExportsPath } from './write-run-exports.js'

export interface CheckedIndex {
  /** Absolute. */
  readonly directory: string
  readonly subdir: string
  /** Content of repodata.json. */
  readonly text: Buffer
  /** Its records by file name. */
  readonly listed: Records
}

/** @returns what is wrong, one sentence each; forms that do not exist are not missed */
export async function checkForms(index: CheckedIndex, context: StageContext): Promise<readonly string[]> {
  const { directory } = index
  const forms = [
    { file: path.join(directory, 'repodata.json.zst'), check: checkCompressed },
    { file: path.join(directory, indexName), check: checkShards },
    { file: runExportsPath(directory), check: checkRunExports },
    { file: channeldataPath(path.dirname(directory)), check: checkChanneldata },
  ]
  const problems: string[] = []
  for (const { file, check } of forms) {
    const bytes = await readForm(file, context)
    if (bytes) problems.push(...(await check(bytes, index, context)))
  }
  return problems
}

type Check = (bytes: Buffer, index: CheckedIndex, context: StageContext) => Promise<readonly string[]>

const checkCompressed: Check = async (bytes, { text }, { system }) => {
  const content = await decompressZstd(bytes, system).catch(() => undefined)
  const isSame = content !== undefined && text.equals(content)
  return isSame ? [] : ['its repodata.json.zst has another content than its repodata.json']
}

const checkShards: Check = async (bytes, { directory, listed }, context) => {
  const found: [string, unknown][] = []
  try {
    const { shards } = (await decode(bytes, context)) as { readonly shards: Record<string, Uint8Array> }
    for (const hash of Object.values(shards)) {
      const fn = `${Buffer.from(hash).toString('hex')}.msgpack.zst`
      const shard = await readForm(path.join(directory, 'shards', fn), context)
      if (!shard) return [`its shard \`${fn}\` is missing`]
      if (!createHash('sha256').update(shard).digest().equals(hash)) {
        return [`its shard \`${fn}\` has another content than its name says`]
      }
      found.push(...Object.entries(recordsOf(toMap(await decode(shard, context)))))
    }
  } catch {
    return ['its shards cannot be read']
  }
  const records = new Map(found.map(([fn, record]) => [fn, withHexHashes(toMap(record))]))
  if (!hasKeys(listed, records.keys())) return ['its shards list other packages than its repodata.json']
  const odd = Object.keys(listed).find((fn) => !isDeepStrictEqual(listed[fn], records.get(fn)))
  return odd === undefined ? [] : [`its shards say something else about \`${odd}\` than its repodata.json`]
}

async function decode(bytes: Buffer, { system }: StageContext): Promise<unknown> {
  return decodeMsgpack(await decompressZstd(bytes, system))
}

function withHexHashes(record: Records): Records {
  const members = Object.entries(record).map(([key, value]) => {
    return [key, value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value] as const
  })
  return Object.fromEntries(members)
}

const checkRunExports: Check = async (bytes, { listed }) => {
  const records = recordsOf(parseMap(bytes))
  if (!hasKeys(listed, Object.keys(records))) {
    return ['its run_exports.json lists other packages than its repodata.json']
  }
  const exportsOf = (record: unknown) => toMap(toMap(record).run_exports)
  const odd = Object.keys(listed).find((fn) => {
    return !isDeepStrictEqual(exportsOf(listed[fn]), exportsOf(records[fn]))
  })
  return odd === undefined
    ? []
    : [`its run_exports.json says something else about \`${odd}\` than its repodata.json`]
}

/** Which packages the channel has here; everything else in it is of the newest version anywhere. */
const checkChanneldata: Check = async (bytes, { subdir, listed }) => {
  const named = Object.entries(toMap(parseMap(bytes).packages)).flatMap(([name, item]) => {
    const { subdirs } = toMap(item)
    return Array.isArray(subdirs) && subdirs.includes(subdir) ? [name] : []
  })
  const names = Object.values(listed).map((record) => String(toMap(record).name))
  const isSame = hasKeys(Object.fromEntries(names.map((name) => [name, true])), named)
  return isSame ? [] : ['channeldata.json names other packages for it than its repodata.json']
}

function parseMap(bytes: Buffer): Records {
  try {
    return toMap(JSON.parse(bytes.toString()))
  } catch {
    return {}
  }
}

function hasKeys(records: Records, keys: Iterable<string>): boolean {
  const found = new Set(keys)
  const wanted = Object.keys(records)
  return found.size === wanted.length && wanted.every((key) => found.has(key))
}
