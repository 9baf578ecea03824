/** Decides which packages of a prefix stay, go, come, or are linked anew (spec: environment.md C.3, C.5). */
import type { ChannelRecord } from '../solve-environments/index.js'
import { findPython, type LinkPlan, planLinks } from './plan-links.js'
import type { PackageContent, PackagePath } from './read-package-content.js'
import type { InstalledPath, PrefixRecord } from './types.js'

export interface RecordChanges {
  /** In the prefix and wanted as they are. */
  readonly kept: readonly PrefixRecord[]
  readonly removed: readonly PrefixRecord[]
  readonly added: readonly ChannelRecord[]
  /** The same package before and after, to be linked again because python moved. */
  readonly relinked: readonly PrefixRecord[]
}

/** Compares what is in a prefix with what is wanted. */
export function diffRecords(
  installed: readonly PrefixRecord[],
  wanted: readonly ChannelRecord[],
  family: string,
): RecordChanges {
  const byName = new Map(installed.map((record) => [record.name, record]))
  const stays = wanted.flatMap((record) => {
    const present = byName.get(record.name)
    return present && isSame(present, record) ? [present] : []
  })
  const names = new Set(stays.map(({ name }) => name))
  const before = findPython(installed, family)
  const after = findPython(wanted, family)
  const isMoved = JSON.stringify(before) !== JSON.stringify(after)
  const relinked = stays.filter(({ noarch }) => noarch === 'python' && isMoved)
  return {
    kept: stays.filter((record) => !relinked.includes(record)),
    removed: installed.filter(({ name }) => !names.has(name)),
    added: wanted.filter(({ name }) => !names.has(name)),
    relinked,
  }
}

/** The same archive; without checksums, the same place. */
function isSame(installed: PrefixRecord, wanted: ChannelRecord): boolean {
  if (installed.version !== wanted.version || installed.build !== wanted.build) return false
  if (installed.sha256 !== undefined && wanted.sha256 !== undefined) {
    return installed.sha256.toLowerCase() === wanted.sha256.toLowerCase()
  }
  return installed.url === wanted.url
}

/** A plan for all packages of the prefix, and the kept ones whose files do not lie where it wants them. */
export interface UpdatePlan {
  readonly plan: LinkPlan
  readonly displaced: readonly PrefixRecord[]
}

/**
 * Plans the whole prefix anew, so that two packages with the same path end as in a new prefix.
 * @param contents of the packages to link, by name
 */
export function planUpdate(
  order: readonly ChannelRecord[],
  present: { readonly kept: readonly PrefixRecord[]; readonly contents: ReadonlyMap<string, PackageContent> },
  family: string,
): UpdatePlan {
  const kept = new Map(present.kept.map((record) => [record.name, record]))
  const contents = order.flatMap(({ name }) => {
    const record = kept.get(name)
    return record ? [asContent(record)] : (present.contents.get(name) ?? [])
  })
  const plan = planLinks(contents, family)
  const displaced = plan.packages.flatMap(({ content, paths }) => {
    const record = kept.get(content.record.name)
    const isMoved = record?.paths_data.paths.some(({ _path }, index) => paths[index]?.target !== _path)
    return record && isMoved ? [record] : []
  })
  return { plan, displaced }
}

/** An installed package as if it had to be placed again; its paths are those of the prefix already. */
function asContent(record: PrefixRecord): PackageContent {
  const { noarch: _noarch, ...rest } = record
  return {
    record: rest,
    directory: record.extracted_package_dir,
    paths: record.paths_data.paths.map(toPackagePath),
    entryPoints: [],
    modifiedMs: 0,
  }
}

function toPackagePath({ _path, original_path, path_type, no_link, sha256 }: InstalledPath): PackagePath {
  const isPlain = path_type === 'softlink' || path_type === 'directory'
  return {
    path: original_path ?? _path,
    type: isPlain ? path_type : 'hardlink',
    noLink: no_link === true,
    ...(sha256 !== undefined && { sha256 }),
  }
}
