/** Decides which files of the prefix are new, and so belong to the package (spec: package.md 1.1). */
import { isAbsolute, join, relative } from 'node:path'
import type { StageContext, WalkEntry } from '../../system/index.js'
import { createGlobFilter, type GlobLists } from '../../text/index.js'
import type { ScriptResult } from '../run-script/index.js'
import { badFileName, badGlob, badListedFile, specialFile } from './errors.js'

/** A file or link of the prefix; the path is relative to it. */
export interface Candidate {
  readonly path: string
  readonly type: 'file' | 'symlink'
}

export interface Candidates {
  /** Sorted. */
  readonly files: readonly Candidate[]
  /** What was in the prefix before the script ran. */
  readonly previous: ReadonlySet<string>
}

/** The files that are in the prefix now and were not before the script, or those the script listed itself. */
export async function findCandidates(
  plan: ScriptResult,
  context: Pick<StageContext, 'system'>,
): Promise<Candidates> {
  const { fs } = context.system
  const prefix = plan.directories.host
  const all = await fs.walk(prefix, (entry) => entry.path === 'conda-meta')
  const previous = listPrevious(plan)
  const { files, always_include_files: always } = plan.output.recipe.build
  const listed = await readFileList(plan, all, context)
  const added = listed ?? all.filter((entry) => !previous.has(entry.path))
  const isWanted = files === undefined ? () => true : globFilter(files)
  const isForced = always === undefined ? () => false : globFilter(always)
  const chosen = new Set(added.filter((entry) => isWanted(entry.path)).map((entry) => entry.path))
  const selected = all.filter((entry) => chosen.has(entry.path) || isForced(entry.path))
  return { files: selected.flatMap((entry) => toCandidate(entry)), previous }
}

/** A filter for globs of the recipe; a malformed one is reported with its text. */
export function globFilter(globs: GlobLists): (path: string) => boolean {
  try {
    return createGlobFilter(globs)
  } catch (error) {
    throw badGlob(error instanceof Error ? error.message : String(error))
  }
}

function listPrevious(plan: ScriptResult): Set<string> {
  const previous = new Set(plan.prefixes.hostBaseline)
  for (const record of plan.prefixes.host.records) for (const file of record.files) previous.add(file)
  return previous
}

async function readFileList(
  plan: ScriptResult,
  all: readonly WalkEntry[],
  { system }: Pick<StageContext, 'system'>,
): Promise<readonly WalkEntry[] | undefined> {
  const listPath = join(plan.directories.build, '.rattler-build-package-files')
  if ((await system.fs.stat(listPath)) === undefined) return undefined
  const lines = (await system.fs.readText(listPath)).split('\n').map((line) => line.trim())
  const listed = lines.filter((line) => line !== '')
  if (listed.length === 0) return undefined
  const wanted = new Set<string>()
  for (const line of listed) {
    const path = relative(plan.directories.host, isAbsolute(line) ? line : join(plan.directories.host, line))
    if (path === '' || path.startsWith('..') || isAbsolute(path))
      throw badListedFile(line, listPath, 'is not inside the prefix')
    if ((await system.fs.stat(join(plan.directories.host, path))) === undefined)
      throw badListedFile(line, listPath, 'does not exist')
    wanted.add(path)
  }
  return all.filter((entry) => isOrIsBelow(entry.path, wanted))
}

function isOrIsBelow(path: string, wanted: ReadonlySet<string>): boolean {
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1))
    if (wanted.has(path.slice(0, end))) return true
  return false
}

function toCandidate(entry: WalkEntry): Candidate[] {
  if (entry.type === 'directory') return []
  if (entry.type === 'other') throw specialFile(entry.path)
  // Names that are no UTF-8 arrive with replacement characters and could not be opened any more.
  if (entry.path.includes('\uFFFD')) throw badFileName(entry.path, 'is not valid UTF-8')
  if (/[\x00-\x1f\x7f\\]/.test(entry.path))
    throw badFileName(entry.path, 'contains a control character or a backslash')
  return [{ path: entry.path, type: entry.type }]
}
