/** Decides where the run exports of a record are read: the record, the channel's run_exports.json, or the package itself. */
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { decompressZstd, readPackageInfo } from '../../archive/index.js'
import type { StageContext } from '../../system/index.js'
import { channelRequestFailed, runExportsUnreadable } from './errors.js'
import { fetchIndexFile, jsonForms } from './fetch-index-file.js'
import { indexRepodata } from './index-repodata.js'
import { openFile, type RepodataSource } from './repodata-source.js'
import type { Unpack } from './solve.js'
import type { ChannelRecord, RunExports } from './types.js'

export interface RunExportOptions {
  /** Records whose package is read when nothing else tells. */
  readonly needed: readonly ChannelRecord[]
  /** Where indexes of large lists are kept between runs. */
  readonly cacheDirectory?: string | undefined
  /** How a package from elsewhere is brought here; only for a look unless given. */
  readonly unpack?: Unpack | undefined
}

/**
 * The records with their run exports, as far as the channel lists them; for those in `needed` the package is read when it
 * has to be.
 * @throws BuildError `solve/run-exports-unreadable`
 */
export async function fillRunExports(
  records: readonly ChannelRecord[],
  options: RunExportOptions,
  context: StageContext,
): Promise<readonly ChannelRecord[]> {
  const filled = records.every((record) => record.run_exports)
    ? records
    : await lookUpRunExports(records, options, context)
  return filled.map(withoutEmptyRunExports)
}

/** Nothing to export is said by saying nothing. */
function withoutEmptyRunExports(record: ChannelRecord): ChannelRecord {
  const { run_exports: runExports, ...rest } = record
  const isEmpty = Object.values(runExports ?? {}).every((specs) => specs.length === 0)
  return isEmpty ? rest : record
}

async function lookUpRunExports(
  records: readonly ChannelRecord[],
  options: RunExportOptions,
  context: StageContext,
): Promise<readonly ChannelRecord[]> {
  const lists = new Map<string, Promise<RunExportList | undefined>>()
  const listOf = (record: ChannelRecord) => {
    const base = record.url.slice(0, record.url.lastIndexOf('/') + 1)
    const list = lists.get(base) ?? readList(base, options, context)
    lists.set(base, list)
    return list
  }
  const wanted = new Set(options.needed)
  return Promise.all(
    records.map(async (record) => {
      if (record.run_exports) return record
      const listed = await (await listOf(record))?.(record)
      const runExports =
        listed ?? (wanted.has(record) ? await readFromPackage(record, options, context) : undefined)
      return runExports ? withRunExports(record, runExports) : record
    }),
  )
}

/** Keys stay in alphabetical order, with `fn`, `url` and `channel` at the end. */
function withRunExports(record: ChannelRecord, runExports: RunExports): ChannelRecord {
  const { fn, url, channel, ...rest } = record
  const entries = Object.entries({ ...rest, run_exports: runExports }).sort(([left], [right]) =>
    left < right ? -1 : 1,
  )
  return { ...(Object.fromEntries(entries) as unknown as typeof rest), fn, url, channel }
}

type RunExportList = (record: ChannelRecord) => Promise<RunExports | undefined>

async function readList(
  base: string,
  { cacheDirectory }: RunExportOptions,
  context: StageContext,
): Promise<RunExportList | undefined> {
  const url = `${base}run_exports.json`
  const source = base.startsWith('file:')
    ? await openLocal(fileURLToPath(url), context)
    : await fetchIndexFile({ url, forms: jsonForms, cacheDirectory }, context)
  if (!source) return undefined
  const index = await indexRepodata(source, { url, cacheDirectory }, context)
  return async ({ name, fn }) => {
    const entries = await index.readEntries(name)
    const entry = entries.find((candidate) => candidate.fn === fn)
    return entry && toRunExports(asObject(entry.value).run_exports)
  }
}

async function openLocal(file: string, { system }: StageContext): Promise<RepodataSource | undefined> {
  const info = await system.fs.stat(file)
  if (info) return openFile(file, info, system.fs)
  const compressed = `${file}.zst`
  if (!(await system.fs.stat(compressed))) return undefined
  return { kind: 'memory', bytes: await decompressZstd(await system.fs.readBytes(compressed), system) }
}

async function readFromPackage(
  record: ChannelRecord,
  { unpack }: RunExportOptions,
  context: StageContext,
): Promise<RunExports> {
  try {
    if (record.url.startsWith('file:')) return await readArchive(fileURLToPath(record.url), context)
    if (unpack === undefined) return await readRemoteArchive(record, context)
    return await readUnpacked(await unpack(record), context)
  } catch (error) {
    throw runExportsUnreadable(record.fn, error)
  }
}

async function readUnpacked(directory: string, { system }: StageContext): Promise<RunExports> {
  const file = path.join(directory, 'info', 'run_exports.json')
  if ((await system.fs.lstat(file))?.type !== 'file') return {}
  return toRunExports(parseObject(await system.fs.readBytes(file)))
}

async function readArchive(file: string, context: StageContext): Promise<RunExports> {
  const found = await readPackageInfo(file, ['info/run_exports.json'], context)
  const bytes = found.get('info/run_exports.json')
  return bytes ? toRunExports(parseObject(bytes)) : {}
}

async function readRemoteArchive(record: ChannelRecord, context: StageContext): Promise<RunExports> {
  const { fs, http, host } = context.system
  const directory = await fs.makeTempDirectory(host.tempDirectory, 'krait-run-exports-')
  try {
    const response = await http.get(record.url, { signal: context.signal })
    if (response.status !== 200) {
      response.body.resume()
      throw channelRequestFailed(record.url, response.status)
    }
    const file = path.join(directory, record.fn.endsWith('.conda') ? 'package.conda' : 'package.tar.bz2')
    await pipeline(response.body, fs.createWriteStream(file))
    return await readArchive(file, context)
  } finally {
    await fs.remove(directory)
  }
}

type PlainObject = Readonly<Record<string, unknown>>

function parseObject(bytes: Uint8Array): PlainObject {
  return asObject(JSON.parse(Buffer.from(bytes).toString('utf8')))
}

function asObject(value: unknown): PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as PlainObject) : {}
}

const kinds = ['weak', 'strong', 'noarch', 'weak_constrains', 'strong_constrains'] as const

/** Old packages list weak exports only. */
function toRunExports(value: unknown): RunExports {
  if (Array.isArray(value)) return { weak: value.filter((item) => typeof item === 'string') }
  const lists = asObject(value)
  const known = kinds.flatMap((kind) => {
    const list = lists[kind]
    const specs = Array.isArray(list) ? list.filter((item) => typeof item === 'string') : []
    return specs.length > 0 ? [[kind, specs] as const] : []
  })
  return Object.fromEntries(known)
}
