/** Finds the build that is to be gone on with, and what it noted. */
import path from 'node:path'
import { unifiedDiff } from '../../text/index.js'
import type { BuildContext } from '../context.js'
import { listBuilds, type PastBuild, selectBuild } from '../history/builds.js'
import { logDirectory } from '../log-directory.js'
import { buildDirectoryGone, notBegun, nothingToRetry, recipeChanged } from './errors.js'
import { type Progress, type RetryNotes, readProgress } from './notes.js'

export interface FoundBuild {
  readonly past: PastBuild
  /** Absolute. */
  readonly directory: string
  readonly progress: Progress
}

/**
 * The build that is named, or the last one that failed.
 * @throws BuildError `usage/nothing-to-retry`, `usage/unknown-build`, `usage/build-directory-gone`, `usage/retry-too-early`
 */
export async function findBuild(
  wanted: string | undefined,
  outputDirectory: string,
  { system }: Pick<BuildContext, 'system'>,
): Promise<FoundBuild> {
  const all = await listBuilds(outputDirectory, system)
  const builds = wanted === undefined ? all.filter(({ status }) => status === 'failed') : all
  if (wanted === undefined && builds.length === 0) throw nothingToRetry(logDirectory(outputDirectory))
  const past = selectBuild(builds, wanted, outputDirectory)
  const { id, stage } = past
  const found = await newestDirectory(past, outputDirectory, system)
  if (found === undefined) throw retried.has(stage ?? '') ? buildDirectoryGone(id) : notBegun(id, stage)
  return { past, ...found }
}

const retried: ReadonlySet<string> = new Set(['script', 'package', 'test'])

/** Directories of earlier builds with the same id may be there as well. */
async function newestDirectory(
  { id, startedMs }: PastBuild,
  outputDirectory: string,
  system: BuildContext['system'],
): Promise<Omit<FoundBuild, 'past'> | undefined> {
  const parent = path.join(outputDirectory, 'bld')
  let newest: Omit<FoundBuild, 'past'> | undefined
  for (const name of await system.fs.list(parent)) {
    const directory = path.join(parent, name)
    const progress = await readProgress(directory, { system })
    if (progress?.id !== id || progress.notedMs < startedMs) continue
    if (newest === undefined || progress.notedMs > newest.progress.notedMs) newest = { directory, progress }
  }
  return newest
}

/** @throws BuildError `usage/recipe-changed` */
export async function refuseOtherRecipe(
  { plan, recipeText }: RetryNotes,
  { fs }: BuildContext['system'],
): Promise<void> {
  const { id, recipePath } = plan
  if ((await fs.stat(recipePath)) === undefined)
    throw recipeChanged(id, recipePath, ['it is not there any more'])
  const now = await fs.readText(recipePath)
  if (now === recipeText) return
  const changes = unifiedDiff(recipeText, now).filter((line) => /^[-+]/.test(line))
  const more = changes.length - shownChanges
  throw recipeChanged(id, recipePath, [
    ...changes.slice(0, shownChanges),
    ...(more > 0 ? [`and ${more} more lines`] : []),
  ])
}

const shownChanges = 10
