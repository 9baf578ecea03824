/** Decides what conda-meta/ says about an installed prefix (spec: environment.md C.4). */
import { createHash } from 'node:crypto'
import path from 'node:path'
import { comparePackagePaths } from '../../conda/index.js'
import type { StageContext } from '../../system/index.js'
import { canonicalJson } from '../../text/index.js'
import type { ChannelRecord } from '../solve-environments/index.js'
import { malformedPackage } from './errors.js'
import { mapConcurrently } from './map-concurrently.js'
import type { PlacedPackage } from './place-files.js'
import type { PrefixRecord } from './types.js'

/** The record of one installed package. @param requested the specs that asked for it */
export function toPrefixRecord(
  { planned, paths }: PlacedPackage,
  requested: readonly string[] = [],
): PrefixRecord {
  const { record, directory } = planned.content
  const sorted = [...paths].sort((left, right) => comparePackagePaths(left._path, right._path))
  return {
    ...record,
    extracted_package_dir: directory,
    requested_specs: requested,
    files: sorted.map(({ _path }) => _path),
    paths_data: { paths_version: 1, paths: sorted },
    link: { source: directory, type: 1 },
  }
}

/** Writes one file per record; whoever reads one meanwhile sees it whole. */
export async function writePrefixRecords(
  prefix: string,
  records: readonly PrefixRecord[],
  { system }: StageContext,
): Promise<void> {
  const directory = path.join(prefix, 'conda-meta')
  await mapConcurrently(records, 8, async (record) => {
    const file = path.join(directory, recordFileName(record))
    const temporary = `${file.slice(0, -'.json'.length)}.tmp`
    // Records may hold credentials of private channels, so they are for the owner only.
    await system.fs.writeFile(temporary, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 })
    await system.fs.rename(temporary, file)
  })
}

/** `name-version-build.json`. @throws BuildError `install/malformed-package` for names that are no file names */
export function recordFileName({ name, version, build }: ChannelRecord): string {
  const text = `${name}-${version}-${build}`
  if (/[/\\\0]/.test(text) || text.startsWith('.')) {
    throw malformedPackage(text, 'its name, version or build string cannot be part of a file name')
  }
  return `${text}.json`
}

/** Version of everything that decides what a prefix looks like for given records. */
const linkFormat = 1

/** Equal for prefixes that hold the same files. */
export function prefixFingerprint(records: readonly ChannelRecord[], prefix: string, subdir: string): string {
  const packages = records.map(({ url, sha256, size }) => [url, sha256 ?? '', size ?? 0].join('|')).sort()
  return createHash('sha256').update(canonicalJson({ linkFormat, packages, prefix, subdir })).digest('hex')
}
