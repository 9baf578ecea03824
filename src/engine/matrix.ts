/** Decides what the list of jobs of a call is: one row for each package that would be built. */
import type { VariantValue } from '../recipe/index.js'
import type { BuildPlan } from '../stages/plan-builds/index.js'
import { alignColumns, showBare, showText } from './explain/show-text.js'

/** One package to build; the names are those of the JSON. */
export interface MatrixJob {
  readonly id: string
  readonly name: string
  readonly version: string
  readonly build_string: string
  readonly build_number: number
  readonly variant: { readonly [key: string]: VariantValue }
  readonly hash: string
  /** The subdir of the package. */
  readonly platform: string
  readonly file_name: string
}

/** Jobs in build order. */
export function matrixJobs(plans: readonly BuildPlan[]): readonly MatrixJob[] {
  return plans.map((plan) => ({
    id: plan.id,
    name: plan.name,
    version: plan.version,
    build_string: plan.buildString,
    build_number: plan.buildNumber,
    variant: plan.output.variant,
    hash: plan.output.hash.hash,
    platform: plan.platforms.targetSubdir,
    file_name: `${plan.id}.${plan.packaging.format}`,
  }))
}

/**
 * An aligned table; the id holds name, version and build string. Variant keys with the same value in every job stand
 * below it, once.
 */
export function formatMatrixTable(jobs: readonly MatrixJob[]): string {
  if (jobs.length === 0) return 'no jobs: every output is skipped\n'
  const keys = [...new Set(jobs.flatMap(({ variant }) => Object.keys(variant)))].sort()
  const shared = jobs.length === 1 ? [] : keys.filter((key) => isShared(jobs, key))
  const own = keys.filter((key) => !shared.includes(key))
  const rows = jobs.map((job) => [
    showText(job.id),
    job.hash,
    job.platform,
    ...own.map((key) => showValue(job, key)),
  ])
  const everywhere = shared.map((key) => `${showText(key)}=${jobs[0] ? showValue(jobs[0], key) : ''}`)
  return [
    ...alignColumns([['id', 'hash', 'platform', ...own.map(showText)], ...rows]),
    `${jobs.length} ${jobs.length === 1 ? 'job' : 'jobs'}`,
    ...(everywhere.length > 0 ? [`in all of them: ${everywhere.join(', ')}`] : []),
    '',
  ].join('\n')
}

function isShared(jobs: readonly MatrixJob[], key: string): boolean {
  return new Set(jobs.map((job) => showValue(job, key))).size === 1
}

function showValue({ variant }: MatrixJob, key: string): string {
  const value = Object.hasOwn(variant, key) ? variant[key] : undefined
  return value === undefined ? '-' : showBare(value)
}

/** The one line that `fromJSON` of GitHub Actions reads for `strategy.matrix`. */
export function formatGithubMatrix(jobs: readonly MatrixJob[]): string {
  return `${JSON.stringify({ include: jobs })}\n`
}
