/** Decides how packages, versions and near misses are worded in the explanation of an impossible request. */
import { compareVersions, formatMatchSpec, formatVersion, formatVersionSpec } from '../../conda/index.js'
import type { PackagePool } from './package-pool.js'
import { type ParsedSpec, toParsedSpec } from './parsed-spec.js'
import { contradictsFact } from './sat-problem.js'

/** The spec as it is told; a bare name gets a star, as rattler shows it. */
export function show({ spec }: ParsedSpec): string {
  const text = formatMatchSpec(spec)
  return text === spec.name ? `${text} *` : text
}

/** The same package in any version and build. */
export function withoutVersion({ spec }: ParsedSpec): ParsedSpec {
  const { name, channel } = spec
  const bare = { name, ...(channel !== undefined && { channel }) }
  return toParsedSpec(formatMatchSpec(bare), bare)
}

/** `foo 1.0, 1.1, ..., 2.3`: at most four versions, oldest first. */
export function describeVersions(pool: PackagePool, members: readonly number[]): string {
  const candidates = members.flatMap((member) => pool.candidates[member] ?? [])
  const sorted = candidates.map(({ version }) => version).sort(compareVersions)
  const versions = [...new Set(sorted.map(formatVersion))]
  const shown = versions.length > 4 ? [...versions.slice(0, 2), '...', ...versions.slice(-1)] : versions
  return `${candidates[0]?.record.name ?? ''} ${shown.join(', ')}`
}

export interface NearMisses {
  readonly pool: PackagePool
  readonly nearMisses: Set<string>
}

/** Notes what comes nearest to a spec that nothing satisfies. */
export function noteNearMiss(spec: ParsedSpec, { pool, nearMisses }: NearMisses): void {
  const { name, version } = spec.spec
  if (name.startsWith('__')) {
    noteFact(spec, pool, nearMisses)
    return
  }
  const found = pool.packages[pool.findPackage(name) ?? -1]
  if (!found) {
    nearMisses.add(`no channel has a package called \`${name}\``)
    return
  }
  if (found.members.length > 0 && pool.matching(spec).length === 0) {
    const none = version ? `, none of them ${formatVersionSpec(version)}` : ''
    nearMisses.add(
      `the channels have ${describeVersions(pool, pool.matching(toParsedSpec(name, { name })))}${none}`,
    )
  }
  for (const { record, reason } of found.excluded.slice(0, 3)) {
    nearMisses.add(`${record.name} ${record.version} ${record.build} is excluded because ${reason}`)
  }
}

function noteFact(spec: ParsedSpec, pool: PackagePool, nearMisses: Set<string>): void {
  const { name } = spec.spec
  const fact = pool.virtualPackages.find((candidate) => candidate.name === name)
  if (fact && !contradictsFact(pool, spec)) return
  const variable = `CONDA_OVERRIDE_${name.slice(2).toUpperCase()}`
  const state = fact ? `this machine has ${fact.version}` : 'this machine has none'
  nearMisses.add(`${formatMatchSpec(spec.spec)} is needed, ${state}; ${variable} can set it`)
}
