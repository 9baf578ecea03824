/** Reads channels that keep the records of each package in a file of its own (CEP 16). */
import { createHash } from 'node:crypto'
import path from 'node:path'
import { decodeMsgpack, decompressZstd } from '../../archive/index.js'
import type { StageContext } from '../../system/index.js'
import { channelRequestFailed, malformedRepodata } from './errors.js'
import { fetchIndexFile } from './fetch-index-file.js'
import type { RepodataEntry, RepodataIndex } from './index-repodata.js'
import { readWhole } from './repodata-source.js'

export interface ShardedSubdir {
  /** URL of the subdir with a trailing slash, without credentials. */
  readonly url: string
  readonly cacheDirectory: string | undefined
}

/**
 * The index of a sharded subdir, which fetches the shard of a package when somebody asks for it; undefined when the
 * channel has none.
 * @throws BuildError `channel/http-status`, `channel/malformed-repodata`, `system/offline`
 */
export async function openShards(
  subdir: ShardedSubdir,
  context: StageContext,
): Promise<RepodataIndex | undefined> {
  const url = `${subdir.url}repodata_shards.msgpack.zst`
  const forms = [{ extension: '', variable: 'SHARDED', decode: decompressZstd }]
  const file = { url, forms, cacheDirectory: subdir.cacheDirectory, maybeAbsent: true }
  const source = await fetchIndexFile(file, context)
  if (!source) return undefined
  const listed = await decodeMap(await readWhole(source, context.system), url)
  const { base_url: baseUrl, shards_base_url: shardsBase } = asMap(listed.info)
  const place = new URL(typeof shardsBase === 'string' ? shardsBase : './', url).href
  const shards = asMap(listed.shards)
  return {
    // Empty means that archives lie beside the index.
    baseUrl: typeof baseUrl === 'string' && baseUrl !== '' ? baseUrl : undefined,
    readEntries: async (name) => {
      const hash = Object.hasOwn(shards, name) ? shards[name] : undefined
      if (!(hash instanceof Uint8Array)) return []
      const hex = Buffer.from(hash).toString('hex')
      const shardUrl = `${place.endsWith('/') ? place : `${place}/`}${hex}.msgpack.zst`
      return entriesOf(await decodeMap(await fetchShard(shardUrl, hex, { subdir, context }), shardUrl))
    },
  }
}

type PlainMap = Readonly<Record<string, unknown>>

async function decodeMap(bytes: Uint8Array, url: string): Promise<PlainMap> {
  try {
    return asMap(await decodeMsgpack(bytes))
  } catch (error) {
    throw malformedRepodata(url, 'it is no msgpack', error)
  }
}

function asMap(value: unknown): PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as PlainMap) : {}
}

/** A shard is named after its content, so it is fetched once and never again. */
async function fetchShard(
  url: string,
  hash: string,
  { subdir, context }: { readonly subdir: ShardedSubdir; readonly context: StageContext },
): Promise<Uint8Array> {
  const { system, signal } = context
  const kept =
    subdir.cacheDirectory && path.join(subdir.cacheDirectory, 'repodata', 'shards', `${hash}.msgpack.zst`)
  if (kept !== undefined && (await system.fs.stat(kept))) {
    const bytes = await system.fs.readBytes(kept)
    if (sha256(bytes) === hash) return decompressZstd(bytes, system)
  }
  const response = await system.http.get(url, { signal })
  const chunks: Buffer[] = []
  for await (const chunk of response.body) chunks.push(chunk as Buffer)
  if (response.status !== 200) throw channelRequestFailed(url, response.status)
  const bytes = Buffer.concat(chunks)
  if (sha256(bytes) !== hash) throw malformedRepodata(url, 'its content is not what its name says')
  if (kept !== undefined) {
    await system.fs.makeDirectory(path.dirname(kept))
    await system.fs.writeFileAtomic(kept, bytes)
  }
  return decompressZstd(bytes, system)
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** As repodata.json would have them: hashes as hex. */
function entriesOf(shard: PlainMap): readonly RepodataEntry[] {
  const removed = new Set(Array.isArray(shard.removed) ? shard.removed : [])
  const revised = asMap(shard.v3)
  const sections = [
    { records: shard.packages, suffix: '' },
    { records: shard['packages.conda'], suffix: '' },
    // Their keys have no extension (CEP 48).
    ...['.tar.bz2', '.conda'].map((suffix) => ({ records: revised[suffix.slice(1)], suffix })),
  ]
  return sections
    .flatMap(({ records, suffix }) =>
      Object.entries(asMap(records)).map(([key, value]) => ({ fn: key + suffix, value: asMap(value) })),
    )
    .filter(({ fn }) => !removed.has(fn))
    .map(({ fn, value }) => ({ fn, value: withHexHashes(value) }))
}

function withHexHashes(record: PlainMap): PlainMap {
  const members = Object.entries(record).map(([key, value]) => [
    key,
    value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
  ])
  return Object.fromEntries(members)
}
