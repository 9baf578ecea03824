/** Decides which packages satisfy some specs: the one way from texts to records. */
import {
  formatMatchSpec,
  type MatchSpec,
  matchesRecord,
  type Platform,
  parseMatchSpec,
  SpecError,
  type VirtualPackage,
} from '../../conda/index.js'
import { detectVirtualPackages, type StageContext } from '../../system/index.js'
import { withoutVersion } from './describe-candidates.js'
import { type EnvironmentLock, lockEnvironment, readLocked } from './environment-lock.js'
import { badSpec, type SpecPlace, unsatisfiable } from './errors.js'
import { explainConflict } from './explain-conflict.js'
import { findSolution } from './find-solution.js'
import { orderRecords } from './order-records.js'
import { createPackagePool } from './package-pool.js'
import { createSpecParser, type ParsedSpec, toParsedSpec } from './parsed-spec.js'
import type { ChannelPriority } from './prepare-candidates.js'
import { createRecordSource } from './record-source.js'
import type { SolveStrategy } from './sort-candidates.js'
import type { ChannelRecord } from './types.js'

/** Where packages come from and how they are chosen. */
/** The absolute directory with the content of a package. */
export type Unpack = (record: ChannelRecord) => Promise<string>

export interface SolveOptions {
  /** URLs, names or absolute paths, first wins; the local channel is one of them. */
  readonly channels: readonly string[]
  /** Records that no index has yet (outputs that were just built); they come before all channels. */
  readonly extraRecords?: readonly ChannelRecord[] | undefined
  /** `strict` unless said otherwise: the first channel that has a name is the only one for it. */
  readonly channelPriority?: ChannelPriority | undefined
  /** `highest` unless said otherwise. */
  readonly solveStrategy?: SolveStrategy | undefined
  /** Packages after this time (milliseconds since the epoch) do not exist. */
  readonly excludeNewerMs?: number | undefined
  /** Where repodata of http channels is kept between runs. */
  readonly cacheDirectory?: string | undefined
  /** Unpacks a package that only itself tells its run exports, and says where: it is fetched once for all that comes later. */
  readonly unpack?: Unpack | undefined
  /** What environments are locked to, or shall be. */
  readonly lock?: EnvironmentLock | undefined
}

export interface EnvironmentOptions extends SolveOptions {
  /** What the environment is for. */
  readonly platform: Platform
  /** Specs that always hold, without asking for their packages: what conda calls pinned packages. */
  readonly constraints?: readonly string[] | undefined
  /** Records to choose wherever they are possible, newer ones or not: what is installed. */
  readonly favored?: readonly ChannelRecord[] | undefined
  /** Records that are the only choice for their packages, which need not be there. */
  readonly pinned?: readonly ChannelRecord[] | undefined
  /** What the environment is called in messages and locks. */
  readonly environment?: string | undefined
  /** Where the spec at a position of the list is written. */
  readonly placeOf?: ((position: number) => SpecPlace | undefined) | undefined
  /** Facts to solve against; detected when absent. */
  readonly virtualPackages?: readonly VirtualPackage[] | undefined
}

const conflictLimit = 500_000

/**
 * The records that satisfy all specs, dependencies first; none for no specs, and then no channel is contacted.
 * @throws BuildError `solve/unsatisfiable`, `solve/bad-spec`, `channel/...`
 */
export async function solve(
  specs: readonly string[],
  options: EnvironmentOptions,
  context: StageContext,
): Promise<readonly ChannelRecord[]> {
  if (specs.length === 0) return []
  const requested = specs.map(readSpec)
  const constraints = (options.constraints ?? []).map(readSpec)
  const source = createRecordSource(options, context)
  const { lock, environment = 'package' } = options
  const lockRequest = { platform: options.platform.subdir, channels: options.channels, specs }
  const locked = lock?.find(environment)
  if (lock && locked) return readLocked(environment, locked, { request: lockRequest, source, lock })
  const poolRequest = {
    specs: requested,
    parseSpec: createSpecParser(),
    findRecords: source.findRecords,
    virtualPackages: options.virtualPackages ?? (await detectVirtualPackages(options.platform, context)),
    channelPriority: options.channelPriority ?? 'strict',
    strategy: options.solveStrategy ?? 'highest',
    isDirect: (name: string) => requested.some(({ spec }) => spec.name === name),
    excludeNewerMs: options.excludeNewerMs,
    preferences: { favored: options.favored ?? [], pinned: options.pinned ?? [] },
  }
  const pool = await createPackagePool(poolRequest)
  const request = { specs: requested, constraints }
  const solution = await findSolution(pool, request, { signal: context.signal, conflictLimit })
  if (!solution) {
    // What other channels could have offered belongs into the explanation.
    await source.openAll()
    const { signal, system } = context
    const specs = [...requested, ...requested.map(withoutVersion)]
    const report = await explainConflict(await createPackagePool({ ...poolRequest, specs }), request, {
      signal,
      monotonic: () => system.clock.monotonic(),
    })
    throw unsatisfiable(
      report,
      report.positions.flatMap((position) => options.placeOf?.(position) ?? []),
    )
  }
  const records = orderRecords(solution.flatMap((candidate) => pool.candidates[candidate]?.record ?? []))
  lock?.note(environment, lockEnvironment(lockRequest, records, lock))
  return records
}

function readSpec(text: string): ParsedSpec {
  const spec = parse(text)
  try {
    return toParsedSpec(formatMatchSpec(spec), spec)
  } catch (error) {
    throw badSpec(text, (error as Error).message)
  }
}

function parse(text: string): MatchSpec {
  try {
    return parseMatchSpec(text, { mode: 'lenient', v3: true })
  } catch (error) {
    if (error instanceof SpecError) throw badSpec(text, error.message)
    throw error
  }
}

/** The record of a solution that a spec asked for. */
export function findRequested(spec: string, records: readonly ChannelRecord[]): ChannelRecord | undefined {
  const parsed = parse(spec)
  return records.find((record) => matchesRecord(parsed, record))
}
