/** The canonical record of one build: every input with its hash, so that two builds can be compared. */
import { createHash } from 'node:crypto'
import type { SolvedEnvironment, SolvedEnvironments } from '../stages/solve-environments/index.js'
import type { TestedPlan } from '../stages/test-package/index.js'
import { canonicalJson, type Json } from '../text/index.js'

/** One stage of the build, with a hash over what it was given. */
export interface StageEntry {
  readonly stage: string
  readonly fingerprint: string
  readonly ms: number
}

/** SHA-256 over the canonical JSON of a stage's input. The provenance table describes, it does not decide: left out. */
export function fingerprint(input: unknown): string {
  return createHash('sha256')
    .update(canonicalJson(withoutProvenance(input)))
    .digest('hex')
}

export interface BuildRecordRequest {
  readonly plan: TestedPlan
  readonly recipeText: string
  readonly version: string
  readonly stages: readonly StageEntry[]
}

/** The record as plain data; keys in a fixed order, paths relative to the machine left out where they do not matter. */
export function buildRecord(request: BuildRecordRequest): { readonly [key: string]: Json } {
  const { plan } = request
  return {
    schema_version: 1,
    build_tool: { name: 'krait', version: request.version },
    output: plan.id,
    recipe: { path: plan.recipePath, sha256: createHash('sha256').update(request.recipeText).digest('hex') },
    variant: plan.output.variant,
    hash: plan.output.hash.hash,
    platforms: {
      build: plan.platforms.build.subdir,
      host: plan.platforms.host.subdir,
      target: plan.platforms.targetSubdir,
    },
    timestamp: plan.timestampSeconds,
    channels: plan.channels,
    environments: environmentsOf(plan.environments),
    ...(plan.staging && { staging: environmentsOf(plan.staging.environments) }),
    sources: plan.sources.map(({ source, sha256, files }) => ({ source, sha256, files })),
    script: { interpreter: plan.script.interpreter ?? null, sha256: plan.script.sha256 },
    artifact: {
      file_name: plan.artifact.fileName,
      sha256: plan.artifact.sha256,
      size: plan.artifact.sizeBytes,
      codec: plan.artifact.codec,
    },
    tests: plan.tests.outcomes.map(({ kind, title }) => ({ kind, title })),
    stages: request.stages.map(({ stage, fingerprint: hash, ms }) => ({
      stage,
      fingerprint: hash,
      ms: Math.round(ms),
    })),
  }
}

function environmentsOf({ build, host }: SolvedEnvironments): Json {
  return { build: packages(build), host: packages(host) }
}

function packages(environment: SolvedEnvironment | undefined): Json {
  return (environment?.resolved ?? []).map(({ name, version, build, url, sha256 }) => ({
    name,
    version,
    build,
    url,
    sha256: sha256 ?? null,
  }))
}

function withoutProvenance(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('output' in value)) return value
  const { output, ...rest } = value
  const { provenance: _, ...plain } = output as { provenance?: unknown }
  return { ...rest, output: plain }
}
