/** Decides how environments that people keep are shown, and what of them is given to scripts. */
import type { PackageRecord } from '../../conda/index.js'
import type { ChannelRecord } from '../../stages/solve-environments/index.js'
import type { CreatedEnvironment } from './create-environment.js'
import type { ListedEnvironment } from './list-environment.js'

/** One line a change: `+` comes, `-` goes, `~` is linked again. */
export function formatCreated({ update }: CreatedEnvironment): string {
  const rows = [
    ...update.removed.map((record) => ['-', ...rowOf(record)]),
    ...update.relinked.map((record) => ['~', ...rowOf(record)]),
    ...update.added.map((record) => ['+', ...rowOf(record)]),
  ]
  return formatTable(rows)
}

/** What there is, with what was asked for first. */
export function formatListed({ prefix, platform, isComplete, specs, records }: ListedEnvironment): string {
  const title = [
    `# ${prefix}${platform === undefined ? '' : ` (${platform})`}`,
    ...(specs.length > 0 ? [`# asked for: ${specs.join(', ')}`] : []),
    ...(isComplete ? [] : ['# an update broke off: create it again']),
  ]
  return `${title.join('\n')}\n${formatTable(records.map(rowOf))}`
}

function rowOf(record: ChannelRecord): readonly string[] {
  const { name, version, build, channel = '', subdir } = record
  return [name, version, build, `${channel}${subdir}`]
}

function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  )
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
  return lines.map((line) => `${line.trimEnd()}\n`).join('')
}

/** `krait env create --json` */
export interface EnvironmentChange {
  /** Absolute. */
  readonly prefix: string
  /** A subdir: `linux-64`. */
  readonly platform: string
  /** Nothing was done: this is what would be. */
  readonly dryRun: boolean
  /** `reused`: nothing had to be done. `created`: there was no environment, or one whose creation broke off. */
  readonly action: 'created' | 'updated' | 'reused'
  /** All that the environment has then, dependencies first. */
  readonly packages: readonly EnvironmentPackage[]
  /** Each as `name-version-build`, in the order in which they are linked. */
  readonly added: readonly string[]
  /** Each as `name-version-build`. */
  readonly removed: readonly string[]
  /** Linked again because python moved, each as `name-version-build`. */
  readonly relinked: readonly string[]
}

/** A package of an environment; names as in its record. */
export interface EnvironmentPackage extends PackageFacts {
  readonly build_number: number
  /** URL, with a trailing slash. */
  readonly channel: string
  readonly subdir: string
  /** Of the archive: `file:` for local channels. */
  readonly url: string
}

interface PackageFacts {
  readonly name: string
  readonly version: string
  /** The build string. */
  readonly build: string
  /** Of the archive, in hexadecimal; absent when its channel does not say it. */
  readonly sha256?: string
  /** Of the archive, in bytes; absent when its channel does not say it. */
  readonly size?: number
}

/** `krait env list --json` */
export interface EnvironmentListing {
  /** Absolute. */
  readonly prefix: string
  /** A subdir; absent when another tool made the environment. */
  readonly platform?: string
  /** False when an update broke off; what is listed may be damaged. */
  readonly complete: boolean
  /** What was asked for when it was created; empty when another tool made it. */
  readonly specs: readonly string[]
  /** Sorted by name. */
  readonly packages: readonly ListedPackage[]
}

/** A package that an environment has; what the record of another tool does not say is absent. */
export interface ListedPackage extends PackageFacts {
  readonly build_number?: number
  /** URL, with a trailing slash. */
  readonly channel?: string
  readonly subdir?: string
  /** Of the archive: `file:` for local channels. */
  readonly url?: string
  /** Those of `specs` that ask for it by name. */
  readonly requested_specs: readonly string[]
  /** How many files of it were linked. */
  readonly files: number
}

/** For scripts. */
export function toCreatedJson(
  { update, records }: CreatedEnvironment,
  facts: Pick<EnvironmentChange, 'prefix' | 'platform' | 'dryRun'>,
): EnvironmentChange {
  return {
    ...facts,
    action: update.action,
    packages: records.map(describeRecord),
    added: update.added.map(distribution),
    removed: update.removed.map(distribution),
    relinked: update.relinked.map(distribution),
  }
}

/** For scripts. */
export function toListedJson(listed: ListedEnvironment): EnvironmentListing {
  const { prefix, platform, isComplete, specs, records } = listed
  return {
    prefix,
    ...(platform !== undefined && { platform }),
    complete: isComplete,
    specs: [...specs],
    packages: records.map((record) => ({
      ...describeRecord(record),
      requested_specs: [...(record.requested_specs ?? [])],
      files: record.files.length,
    })),
  }
}

function describeRecord({
  name,
  version,
  build,
  build_number,
  channel,
  subdir,
  url,
  sha256,
  size,
}: ChannelRecord): EnvironmentPackage {
  const known = { ...(sha256 !== undefined && { sha256 }), ...(size !== undefined && { size }) }
  return { name, version, build, build_number, channel, subdir, url, ...known }
}

function distribution({ name, version, build }: PackageRecord): string {
  return `${name}-${version}-${build}`
}
