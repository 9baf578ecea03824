/** Decides whether a channel is what its index says (spec: package.md 7.6): for people who serve it to others. */
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { decodeMsgpack, decompressZstd } from '../../archive/index.js'
import { parseArchiveName } from '../../conda/index.js'
import { isBuildError } from '../../errors/index.js'
import type { StageContext } from '../../system/index.js'
import { mapConcurrently } from '../install-prefixes/index.js'
import { readForm } from './form-file.js'
import { existingSubdirs, lockChannel } from './index-channel.js'
import { readPackageRecord } from './read-package-record.js'

export interface ChannelProblem {
  readonly subdir: string
  /** File name; absent when the whole subdir is meant. */
  readonly fn?: string
  readonly problem: string
}

export interface ChannelCheck {
  readonly subdirs: readonly string[]
  /** Package files that were read. */
  readonly packages: number
  readonly problems: readonly ChannelProblem[]
}

/** Reads every package file, and compares it with all forms of the index. Nothing is changed. */
export async function checkChannel(channelDirectory: string, context: StageContext): Promise<ChannelCheck> {
  // Writers of the channel wait: between a file and its record it is not what its index says.
  return lockChannel(channelDirectory, context, async () => {
    const existing = await existingSubdirs(channelDirectory, context)
    const subdirs = [...new Set(['noarch', ...existing])]
    const checks = await Promise.all(
      subdirs.map((subdir) => checkSubdir(path.join(channelDirectory, subdir), subdir, context)),
    )
    const problems = checks.flatMap((check) => check.problems)
    return { subdirs, packages: checks.reduce((sum, check) => sum + check.packages, 0), problems }
  })
}

type Records = Readonly<Record<string, unknown>>

async function checkSubdir(
  directory: string,
  subdir: string,
  context: StageContext,
): Promise<{ readonly packages: number; readonly problems: readonly ChannelProblem[] }> {
  const { fs } = context.system
  const text = await readForm(path.join(directory, 'repodata.json'), context)
  if (text === undefined) return { packages: 0, problems: [{ subdir, problem: 'it has no repodata.json' }] }
  const listed = readRecords(text.toString())
  if (!listed)
    return { packages: 0, problems: [{ subdir, problem: 'its repodata.json is not a JSON object' }] }
  const names = await fs.list(directory)
  const files = names.filter((name) => parseArchiveName(name))
  const ofFiles = await mapConcurrently(files, 4, async (fn) => {
    const problem = await checkFile({ directory, subdir, fn }, listed[fn], context)
    return problem === undefined ? [] : [{ subdir, fn, problem }]
  })
  const missing = Object.keys(listed).filter((fn) => !files.includes(fn))
  const leftovers = names.filter((name) => name.endsWith('.tmp'))
  const forms = await checkForms(directory, { text, listed }, context)
  return {
    packages: files.length,
    problems: [
      ...ofFiles.flat(),
      ...missing.map((fn) => ({ subdir, fn, problem: 'it is listed, but there is no such file' })),
      ...leftovers.map((fn) => ({ subdir, fn, problem: 'a process that was killed left it behind' })),
      ...forms.map((problem) => ({ subdir, problem })),
    ],
  }
}

/** All records of an index by file name; those of revision 3 are keyed without extension. */
function readRecords(text: string): Records | undefined {
  try {
    return recordsOf(JSON.parse(text) as Records)
  } catch {
    return undefined
  }
}

function recordsOf(index: Records): Records {
  const v3 = toMap(index.v3)
  const revised = Object.entries(v3).flatMap(([extension, records]) =>
    Object.entries(toMap(records)).map(([id, record]) => [`${id}.${extension}`, record]),
  )
  return { ...toMap(index.packages), ...toMap(index['packages.conda']), ...Object.fromEntries(revised) }
}

function toMap(value: unknown): Records {
  return typeof value === 'object' && value !== null ? (value as Records) : {}
}

interface CheckedFile {
  readonly directory: string
  readonly subdir: string
  readonly fn: string
}

async function checkFile(
  { directory, subdir, fn }: CheckedFile,
  listed: unknown,
  context: StageContext,
): Promise<string | undefined> {
  try {
    const { record } = await readPackageRecord({ file: path.join(directory, fn), fn, subdir }, context)
    if (listed === undefined) return 'it is not listed'
    const entries = Object.entries(record).filter(
      ([key, value]) => !isDeepStrictEqual(toMap(listed)[key], value),
    )
    const keys = entries.map(([key]) => `\`${key}\``)
    return keys.length === 0 ? undefined : `its record says something else about ${keys.join(', ')}`
  } catch (error) {
    if (!isBuildError(error)) throw error
    return error.message
  }
}

/** The other forms of the index say the same as repodata.json. */
async function checkForms(
  directory: string,
  { text, listed }: { readonly text: Buffer; readonly listed: Records },
  context: StageContext,
): Promise<readonly string[]> {
  const problems: string[] = []
  const compressed = await readForm(path.join(directory, 'repodata.json.zst'), context)
  if (compressed && !(await isSame(compressed, text, context))) {
    problems.push('its repodata.json.zst has another content than its repodata.json')
  }
  const index = await readForm(path.join(directory, 'repodata_shards.msgpack.zst'), context)
  if (index) problems.push(...(await checkShards(directory, { index, listed }, context)))
  return problems
}

async function isSame(compressed: Buffer, text: Buffer, { system }: StageContext): Promise<boolean> {
  try {
    return text.equals(await decompressZstd(compressed, system))
  } catch {
    return false
  }
}

async function checkShards(
  directory: string,
  { index, listed }: { readonly index: Buffer; readonly listed: Records },
  context: StageContext,
): Promise<readonly string[]> {
  const found = new Set<string>()
  try {
    const { shards } = (await decode(index, context)) as { readonly shards: Record<string, Uint8Array> }
    for (const hash of Object.values(shards)) {
      const file = path.join(directory, 'shards', `${Buffer.from(hash).toString('hex')}.msgpack.zst`)
      const bytes = await readForm(file, context)
      if (!bytes) return [`its shard \`${path.basename(file)}\` is missing`]
      const shard = recordsOf(toMap(await decode(bytes, context)))
      for (const fn of Object.keys(shard)) found.add(fn)
    }
  } catch {
    return ['its shards cannot be read']
  }
  const same = found.size === Object.keys(listed).length && Object.keys(listed).every((fn) => found.has(fn))
  return same ? [] : ['its shards list other packages than its repodata.json']
}

async function decode(bytes: Buffer, { system }: StageContext): Promise<unknown> {
  return decodeMsgpack(await decompressZstd(bytes, system))
}
