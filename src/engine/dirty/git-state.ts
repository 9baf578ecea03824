/** What git says about sources must not come from commits and tags that the script of the run before made. */
import path from 'node:path'
import type { RenderedSource } from '../../recipe/index.js'
import type { System, WalkEntry } from '../../system/index.js'
import { readContents } from './marks.js'
import type { ContentMap } from './plan-sync.js'

/** Directories, relative to the work directory, that git keeps for itself; they differ from clone to clone. */
export function gitPlaces(requests: readonly RenderedSource[]): readonly string[] {
  return requests
    .filter((source) => 'git' in source)
    .map((source) => path.posix.join(source.target_directory ?? '.', '.git'))
}

/** The commits that the names in all repositories of a work directory stand for. */
export async function readGitState(work: string, system: Pick<System, 'fs' | 'clock'>): Promise<ContentMap> {
  const isObject = ({ path: name }: WalkEntry) =>
    /(?:^|\/)\.git\/(?:.*\/)?(?:objects|logs|hooks|lfs)$/.test(name)
  const entries = await system.fs.walk(work, isObject)
  const names = entries.filter(({ type, path: name }) => type === 'file' && isName.test(name))
  return (
    await readContents(
      work,
      names.map((entry) => entry.path),
      { system },
    )
  ).contents
}

const isName = /(?:^|\/)\.git\/(?:.*\/)?(?:HEAD|packed-refs|refs\/.+)$/

/** Puts repositories back; in those that belong to a path source only names that are new have to go. */
export async function restoreGit(
  changed: readonly string[],
  { known, places, fresh, work }: GitRestore,
  { fs }: Pick<System, 'fs'>,
): Promise<void> {
  for (const place of places.filter((name) => changed.some((file) => file.startsWith(`${name}/`)))) {
    await fs.remove(path.join(work, place))
    await fs.rename(path.join(fresh, place), path.join(work, place))
  }
  for (const name of changed) {
    const isOurs = places.some((place) => name.startsWith(`${place}/`))
    if (!isOurs && known[name] === undefined) await fs.remove(path.join(work, name))
  }
}

export interface GitRestore {
  readonly known: ContentMap
  readonly places: readonly string[]
  /** Absolute; its repositories are moved away. */
  readonly fresh: string
  /** Absolute. */
  readonly work: string
}
