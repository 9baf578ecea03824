/** Decides how environments that people keep are shown, and what of them is given to scripts. */
import type { PackageRecord } from '../../conda/index.js'
import type { ChannelRecord } from '../../stages/solve-environments/index.js'
import type { Json } from '../../text/index.js'
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

type JsonObject = { readonly [key: string]: Json }

/** For scripts. */
export function toCreatedJson(
  { update, records }: CreatedEnvironment,
  facts: { readonly prefix: string; readonly platform: string; readonly dryRun: boolean },
): JsonObject {
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
export function toListedJson(listed: ListedEnvironment): JsonObject {
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
}: ChannelRecord) {
  const optional = { sha256, size }
  const known = Object.entries(optional).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value]],
  )
  return { name, version, build, build_number, channel, subdir, url, ...Object.fromEntries(known) }
}

function distribution({ name, version, build }: PackageRecord): string {
  return `${name}-${version}-${build}`
}
