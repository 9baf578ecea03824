/** Decides whether a channel is what its index says (spec: package.md 7.6): for people who serve it to others. */
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { parseArchiveName } from '../../conda/index.js'
import { isBuildError } from '../../errors/index.js'
import type { StageContext } from '../../system/index.js'
import { mapConcurrently } from '../install-prefixes/index.js'
import { checkForms } from './check-forms.js'
import { readForm } from './form-file.js'
import { existingSubdirs, lockChannel } from './index-channel.js'
import { type Records, recordsOf, toMap } from './listed-records.js'
import { readPackageRecord } from './read-package-record.js'

/** One thing that is not as it should be. */
export interface ChannelProblem {
  readonly subdir: string
  /** File name; absent when the whole subdir is meant. */
  readonly fn?: string
  readonly problem: string
}

/** `krait channel check --json` */
export interface CheckedChannel extends ChannelCheck {
  /** Its directory, absolute. */
  readonly channel: string
}

/** What was looked at, and what is not as the index says. */
export interface ChannelCheck {
  readonly subdirs: readonly string[]
  /** Package files that were read. */
  readonly packages: number
  readonly problems: readonly ChannelProblem[]
}

/** Reads every package file, and compares it with all forms of the index. Nothing is changed. */
export async function checkChannel(channelDirectory: string, context: StageContext): Promise<ChannelCheck> {
  return lockIfWritable(channelDirectory, context, async () => {
    const existing = await existingSubdirs(channelDirectory, context)
    const subdirs = [...new Set(['noarch', ...existing])]
    const checks = await Promise.all(
      subdirs.map((subdir) => checkSubdir(path.join(channelDirectory, subdir), subdir, context)),
    )
    const problems = checks.flatMap((check) => check.problems)
    return { subdirs, packages: checks.reduce((sum, check) => sum + check.packages, 0), problems }
  })
}

/** Writers of the channel wait, because between a file and its record it is not what its index says. */
async function lockIfWritable<T>(
  channelDirectory: string,
  context: StageContext,
  action: () => Promise<T>,
): Promise<T> {
  let isLocked = false
  try {
    return await lockChannel(channelDirectory, context, () => {
      isLocked = true
      return action()
    })
  } catch (error) {
    // Whoever may only read looks at it as its clients do.
    if (isLocked || !isBuildError(error) || error.code !== 'system/permission') throw error
    return action()
  }
}

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
  const entries = await fs.listWithInfo(directory)
  const names = entries.map(({ name }) => name)
  const archives = entries.filter(({ name }) => parseArchiveName(name))
  const files = new Set(archives.filter(({ type }) => type === 'file').map(({ name }) => name))
  const others = archives.filter(({ type }) => type !== 'file')
  const ofFiles = await mapConcurrently([...files], 4, async (fn) => {
    const problem = await checkFile({ directory, subdir, fn }, listed[fn], context)
    return problem === undefined ? [] : [{ subdir, fn, problem }]
  })
  const missing = Object.keys(listed).filter((fn) => !files.has(fn))
  const leftovers = names.filter((name) => name.endsWith('.tmp'))
  const forms = await checkForms({ directory, subdir, text, listed }, context)
  return {
    packages: files.size,
    problems: [
      ...ofFiles.flat(),
      ...others.map(({ name: fn }) => ({ subdir, fn, problem: 'it is not a file' })),
      ...missing.map((fn) => ({ subdir, fn, problem: 'it is listed, but there is no such file' })),
      ...leftovers.map((fn) => ({ subdir, fn, problem: 'a process that was killed left it behind' })),
      ...forms.map((problem) => ({ subdir, problem })),
    ],
  }
}

/** The records by file name; undefined when it is damaged. */
function readRecords(text: string): Records | undefined {
  try {
    return recordsOf(JSON.parse(text) as Records)
  } catch {
    return undefined
  }
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
