/** Decides what channeldata.json tells about each package name of a channel (CEP 38, spec: package.md 7.5). */
import path from 'node:path'
import { compareVersions, type PackageRecord, parseVersion } from '../../conda/index.js'
import type { StageContext } from '../../system/index.js'
import type { PackageFacts } from './package-facts.js'
import type { ListedFile } from './read-subdir.js'

export interface SubdirRecords {
  readonly subdir: string
  readonly records: readonly ListedFile[]
}

/**
 * @param subdirs all of the channel
 * @returns whether the content changed
 */
export async function writeChanneldata(
  channelDirectory: string,
  subdirs: readonly SubdirRecords[],
  context: StageContext,
): Promise<boolean> {
  const packages: DescribedPackage[] = []
  for (const { subdir, records } of subdirs) {
    for (const { record, facts } of records) packages.push({ subdir, record, facts })
  }
  const text = `${JSON.stringify(renderChanneldata(packages), null, 2)}\n`
  const file = channeldataPath(channelDirectory)
  const { fs } = context.system
  const former = (await fs.stat(file)) ? await fs.readText(file) : undefined
  if (former === text) return false
  await fs.writeFileAtomic(file, text)
  return true
}

export function channeldataPath(channelDirectory: string): string {
  return path.join(channelDirectory, 'channeldata.json')
}

interface DescribedPackage {
  readonly subdir: string
  readonly record: PackageRecord
  readonly facts: PackageFacts | undefined
}

function renderChanneldata(packages: readonly DescribedPackage[]): object {
  const names = new Map<string, DescribedPackage[]>()
  for (const item of packages) names.set(item.record.name, [...(names.get(item.record.name) ?? []), item])
  const described = [...names].sort(([left], [right]) => (left < right ? -1 : 1))
  return {
    channeldata_version: 1,
    packages: Object.fromEntries(described.map(([name, items]) => [name, describe(items)])),
    subdirs: [...new Set(packages.map(({ subdir }) => subdir))].sort(),
  }
}

/** Texts are those of the newest version; what one of the packages has, the name has. */
function describe(items: readonly DescribedPackage[]): object {
  const newest = items.reduce((best, item) => (isNewer(item.record, best.record) ? item : best))
  const has = (flag: keyof PackageFacts['flags']) => items.some(({ facts }) => facts?.flags[flag] ?? false)
  const { about } = newest.facts ?? {}
  const runExports = items.flatMap(({ record }) =>
    record.run_exports ? [[record.version, record.run_exports] as const] : [],
  )
  const times = items.map(({ record }) => toSeconds(record.timestamp ?? 0))
  return {
    'activate.d': has('activates'),
    binary_prefix: has('binaryPrefix'),
    'deactivate.d': has('deactivates'),
    description: about?.description ?? null,
    dev_url: about?.dev_url ?? null,
    doc_url: about?.doc_url ?? null,
    home: about?.home ?? null,
    license: newest.record.license ?? null,
    post_link: has('postLink'),
    pre_link: has('preLink'),
    pre_unlink: has('preUnlink'),
    run_exports: Object.fromEntries(runExports),
    source_url: about?.source_url ?? null,
    subdirs: [...new Set(items.map(({ subdir }) => subdir))].sort(),
    summary: about?.summary ?? null,
    text_prefix: has('textPrefix'),
    timestamp: Math.max(...times),
    version: newest.record.version,
  }
}

function isNewer(left: PackageRecord, right: PackageRecord): boolean {
  const order = compareVersions(parseVersion(left.version), parseVersion(right.version))
  if (order !== 0) return order > 0
  if (left.build_number !== right.build_number) return left.build_number > right.build_number
  return (left.timestamp ?? 0) > (right.timestamp ?? 0)
}

/** Old records have seconds already. */
function toSeconds(timestamp: number): number {
  return Math.floor(timestamp > 253_402_300_799 ? timestamp / 1000 : timestamp)
}
