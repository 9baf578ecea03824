/** The builds that left an event log below an output directory, and how each of them ended. */
import path from 'node:path'
import type { System } from '../../system/index.js'
import { closest } from '../../text/index.js'
import { logDirectory } from '../log-directory.js'
import { earlierLog, logSuffix } from './earlier-log.js'
import { noBuilds, unknownBuild } from './errors.js'
import { type LoggedEvent, readEvents } from './read-events.js'

/** One build that was begun; the last one of its id, because a build with the same id writes the log anew. */
export interface PastBuild {
  /** `name-version-build` */
  readonly id: string
  /** `unfinished` when no end was logged: it runs, or its process was killed. */
  readonly status: 'built' | 'failed' | 'unfinished'
  /** Milliseconds since the epoch. */
  readonly startedMs: number
  /** Absent while it is unfinished. */
  readonly endedMs?: number
  /** The stage that began last. */
  readonly stage?: string
  /** Of a failure: its permanent code, `area/what`. */
  readonly code?: string
  /** Of a failure: what was said, without its hint. */
  readonly message?: string
  /** Absolute path of the package. */
  readonly package?: string
  /** Absolute paths; the record is only written for packages that passed their tests. */
  readonly log: string
  readonly record?: string
}

/** One build of `krait builds --json`; the names are those of the JSON. */
export interface ListedBuild extends Pick<PastBuild, 'id' | 'status' | 'stage' | 'code' | 'message'> {
  /** When it began: ISO 8601, in UTC. */
  readonly started: string
  /** When it ended; absent while it is unfinished. */
  readonly ended?: string
  /** Milliseconds between both. */
  readonly ms?: number
  /** Absolute path of the package; only of builds that succeeded. */
  readonly package?: string
  /** Absolute path of the event log. */
  readonly log: string
  /** Absolute path of the record of all inputs; only of packages that passed their tests. */
  readonly record?: string
}

/** For scripts. */
export function toListedBuild(build: PastBuild): ListedBuild {
  const { id, status, startedMs, endedMs, stage, code, message, log, record } = build
  return {
    id,
    status,
    started: new Date(startedMs).toISOString(),
    ...(endedMs !== undefined && { ended: new Date(endedMs).toISOString(), ms: endedMs - startedMs }),
    ...(stage !== undefined && { stage }),
    ...(code !== undefined && { code, ...(message !== undefined && { message }) }),
    ...(build.package !== undefined && { package: build.package }),
    log,
    ...(record !== undefined && { record }),
  }
}

/** Newest first. */
export async function listBuilds(
  outputDirectory: string,
  system: Pick<System, 'fs'>,
): Promise<readonly PastBuild[]> {
  const directory = logDirectory(outputDirectory)
  const names = await system.fs.list(directory)
  const ends = new Map<string, End>()
  const begun: Begun[] = []
  for (const name of names) {
    if (!name.endsWith(logSuffix)) continue
    const id = name.slice(0, -logSuffix.length)
    begun.push(await readLog({ id, log: path.join(directory, name) }, ends, system))
  }
  const known = new Set(names)
  return begun
    .map((build) => toBuild(build, ends.get(build.id), known.has(`${build.id}.record.json`)))
    .sort((a, b) => b.startedMs - a.startedMs || (a.id < b.id ? 1 : -1))
}

/** The newest build that has this id, or whose id begins with it; the newest of all when nothing is named. */
export function selectBuild(
  builds: readonly PastBuild[],
  wanted: string | undefined,
  outputDirectory: string,
): PastBuild {
  const matching = builds.filter(({ id }) => wanted === undefined || id.startsWith(wanted))
  const found = builds.find(({ id }) => id === wanted) ?? matching[0]
  if (found) return found
  if (wanted === undefined || builds.length === 0) throw noBuilds(logDirectory(outputDirectory))
  const ids = builds.map(({ id }) => id)
  throw unknownBuild(wanted, closest(wanted, ids), logDirectory(outputDirectory))
}

/** The last build of the same id that ran its script, when that is not this one. */
export async function earlierBuild(
  { id, log }: PastBuild,
  system: Pick<System, 'fs'>,
): Promise<PastBuild | undefined> {
  const earlier = earlierLog(log)
  if (!(await system.fs.stat(earlier))) return undefined
  const ends = new Map<string, End>()
  const begun = await readLog({ id, log: earlier }, ends, system)
  return toBuild(begun, ends.get(id), false)
}

interface Begun {
  readonly id: string
  readonly log: string
  readonly startedMs: number
  readonly stage?: string
}

type EndEvent = Extract<LoggedEvent, { type: 'output-finished' | 'build-failed' }>
type End = { readonly at: number } & EndEvent

/** The end of one output can stand in the log of another one, whose building its tests had to wait for. */
async function readLog(
  { id, log }: Pick<Begun, 'id' | 'log'>,
  ends: Map<string, End>,
  system: Pick<System, 'fs'>,
): Promise<Begun> {
  let first: number | undefined
  let stage: string | undefined
  let startedMs: number | undefined
  await readEvents(log, { offset: 0 }, system, (event) => {
    first ??= event.at
    if (event.type === 'output-started' && event.output === id) startedMs = event.at
    if (event.type === 'stage-started' && event.output === id) stage = event.stage
    if (event.type !== 'output-finished' && event.type !== 'build-failed') return
    // It was refused because the build of this id was running, in another process.
    if (event.type === 'build-failed' && event.code === 'usage/directory-in-use') return
    const output = event.output ?? id
    if ((ends.get(output)?.at ?? 0) <= event.at) ends.set(output, event)
  })
  return { id, log, startedMs: startedMs ?? first ?? 0, ...(stage !== undefined && { stage }) }
}

function toBuild(begun: Begun, last: End | undefined, hasRecord: boolean): PastBuild {
  const { id, log, startedMs } = begun
  const end = last && last.at >= startedMs ? last : undefined
  const record = path.join(path.dirname(log), `${id}.record.json`)
  return {
    id,
    status: end === undefined ? 'unfinished' : end.type === 'build-failed' ? 'failed' : 'built',
    startedMs,
    ...(end && { endedMs: end.at }),
    ...(begun.stage !== undefined && { stage: begun.stage }),
    ...(end?.type === 'build-failed' && { code: end.code, message: end.message }),
    ...(end?.type === 'output-finished' && { package: end.path }),
    log,
    ...(hasRecord && { record }),
  }
}
