/** Decides what the requested packages export to those built with them (spec: environment.md A.6). */
import { formatMatchSpec, parseMatchSpec, SpecError } from '../../conda/index.js'
import type { RenderedRequirements } from '../../recipe/index.js'
import { badSpec } from './errors.js'
import { specOf } from './resolve-requirements.js'
import type { ChannelRecord, ResolvedDependency, RunExports } from './types.js'

export type RunExportKind = keyof RunExports
export type RunExportDependency = Extract<ResolvedDependency, { readonly run_export: string }>

/** A record that was asked for by name, with what it exports. */
export interface Exporter {
  readonly name: string
  readonly runExports: RunExports
}

export interface RunExportRules {
  readonly from: 'build' | 'host'
  readonly ignore: RenderedRequirements['ignore_run_exports']
}

/** Records that a spec of the environment names; what they pulled in exports nothing. */
export function requestedRecords(
  specs: readonly ResolvedDependency[],
  records: readonly ChannelRecord[],
): readonly ChannelRecord[] {
  const names = [...new Set(specs.map((dependency) => nameOf(specOf(dependency))))]
  return names.flatMap((name) => records.find((record) => record.name === name) ?? [])
}

/** The exports of some kinds, in the order of the exporters, without the ignored ones. */
export function collectRunExports(
  exporters: readonly Exporter[],
  kinds: readonly RunExportKind[],
  { from, ignore }: RunExportRules,
): readonly RunExportDependency[] {
  const ignoredNames = new Set((ignore?.by_name ?? []).map((name) => name.toLowerCase()))
  const ignoredExporters = new Set((ignore?.from_package ?? []).map((name) => name.toLowerCase()))
  return exporters
    .filter(({ name }) => !ignoredExporters.has(name))
    .flatMap(({ name, runExports }) =>
      kinds.flatMap((kind) => runExports[kind] ?? []).map((spec) => ({ spec, name })),
    )
    .filter(({ spec }) => !ignoredNames.has(nameOf(spec)))
    .map(({ spec, name }) => ({ spec: canonical(spec), from, run_export: name }))
}

function nameOf(spec: string): string {
  return parse(spec).name
}

function canonical(spec: string): string {
  return formatMatchSpec(parse(spec))
}

function parse(spec: string) {
  try {
    return parseMatchSpec(spec, { mode: 'lenient', v3: true })
  } catch (error) {
    if (error instanceof SpecError) throw badSpec(spec, error.message)
    throw error
  }
}
