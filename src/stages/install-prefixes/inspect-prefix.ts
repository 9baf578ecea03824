/** Decides what a directory is to an installation: nothing yet, a prefix, or something that must not be touched. */
import path from 'node:path'
import type { StageContext } from '../../system/index.js'
import { malformedRecord, notAPrefix } from './errors.js'
import { isSafePath } from './read-package-content.js'
import type { PrefixRecord } from './types.js'

/** What `conda-meta/.state.json` says (spec: environment.md C.6). */
export interface PrefixState {
  readonly state: 'installing' | 'updating' | 'ready'
  readonly fingerprint?: string
  /** Subdir of the platform. */
  readonly platform?: string
  /** What the environment was asked to have. */
  readonly specs?: readonly string[]
  /** While updating: every path that the update may have written. */
  readonly paths?: readonly string[]
}

export type FoundPrefix =
  | { readonly kind: 'nothing' }
  /** Its creation broke off: there is nothing in it that anybody has put there. */
  | { readonly kind: 'unfinished' }
  /** An update broke off; `state.paths` may be there in part. */
  | { readonly kind: 'half-updated'; readonly state: PrefixState; readonly records: readonly PrefixRecord[] }
  | { readonly kind: 'ready'; readonly state: PrefixState; readonly records: readonly PrefixRecord[] }

/** Files of conda-meta/ that say nothing about the prefix. */
const lockName = '.krait.lock'

/** Where the lock of a prefix lies. */
export function prefixLock(prefix: string): string {
  return path.join(prefix, 'conda-meta', lockName)
}

export function statePath(prefix: string): string {
  return path.join(prefix, 'conda-meta', '.state.json')
}

/**
 * Looks at a directory. Prefixes of other tools are known by their history (CEP 32).
 * @throws BuildError `install/not-a-prefix`, `install/malformed-record`
 */
export async function inspectPrefix(
  prefix: string,
  context: Pick<StageContext, 'system'>,
): Promise<FoundPrefix> {
  const { fs } = context.system
  const info = await fs.stat(prefix)
  if (info && info.type !== 'directory') throw notAPrefix(prefix)
  const names = await fs.list(prefix)
  if (names.every((name) => name === 'CACHEDIR.TAG')) return { kind: 'nothing' }
  const state = await readState(prefix, context)
  if (state?.state === 'installing') return { kind: 'unfinished' }
  const meta = await fs.list(path.join(prefix, 'conda-meta'))
  if (!state && !meta.includes('history')) {
    const isOurs =
      names.length === 1 && names[0] === 'conda-meta' && meta.every((name) => name.startsWith('.'))
    if (!isOurs) throw notAPrefix(prefix)
    return { kind: 'unfinished' }
  }
  const records = await readPrefixRecords(prefix, context)
  if (state?.state === 'updating') return { kind: 'half-updated', state, records }
  return { kind: 'ready', state: state ?? { state: 'ready' }, records }
}

/** A state that a failing machine has cut off says nothing about the files, so none of them is relied on. */
async function readState(
  prefix: string,
  { system }: Pick<StageContext, 'system'>,
): Promise<PrefixState | undefined> {
  const file = statePath(prefix)
  if ((await system.fs.lstat(file))?.type !== 'file') return undefined
  try {
    return JSON.parse(await system.fs.readText(file)) as PrefixState
  } catch {
    return { state: 'updating' }
  }
}

/** The packages of a prefix, sorted by name. @throws BuildError `install/malformed-record` */
async function readPrefixRecords(
  prefix: string,
  { system }: Pick<StageContext, 'system'>,
): Promise<readonly PrefixRecord[]> {
  const directory = path.join(prefix, 'conda-meta')
  const records: PrefixRecord[] = []
  for (const name of await system.fs.list(directory)) {
    if (name.startsWith('.') || !name.endsWith('.json')) continue
    const file = path.join(directory, name)
    records.push(parseRecord(await system.fs.readText(file), file))
  }
  return records.sort((left, right) => (left.name < right.name ? -1 : 1))
}

/** Only what krait acts on is checked: a path that leaves the prefix would be removed with the package. */
function parseRecord(text: string, file: string): PrefixRecord {
  let record: Partial<PrefixRecord> | undefined
  try {
    record = JSON.parse(text) as Partial<PrefixRecord>
  } catch {
    throw malformedRecord(file, 'it is no JSON')
  }
  const { name, version, build, files, paths_data: data } = record ?? {}
  if ([name, version, build].some((field) => typeof field !== 'string')) {
    throw malformedRecord(file, '`name`, `version` or `build` is missing')
  }
  // Records of old versions of conda have only `files`.
  const paths = data?.paths ?? (files ?? []).map((_path) => ({ _path, path_type: 'hardlink' as const }))
  const bad = paths.find(({ _path }) => typeof _path !== 'string' || !isSafePath(_path))
  if (bad) throw malformedRecord(file, `the path \`${bad._path}\` leaves the prefix`)
  return {
    ...record,
    files: files ?? paths.map(({ _path }) => _path),
    paths_data: { paths_version: 1, paths },
  } as PrefixRecord
}
