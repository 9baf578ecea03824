/** What `krait retry` knows about a build whose directory is still there: noted as the build goes on, without any secret. */
import path from 'node:path'
import { stripCredentials } from '../../conda/index.js'
import type { Origin, Provenance } from '../../recipe/index.js'
import type { SourcedPlan } from '../../stages/fetch-sources/index.js'
import type { ScriptResult } from '../../stages/run-script/index.js'
import type { ChannelRecord, SolvedEnvironment } from '../../stages/solve-environments/index.js'
import type { BuildContext } from '../context.js'
import type { PipelineOptions } from '../pipeline.js'
import { badNotes, notesWithheld } from './errors.js'

/** The plan as data: prefixes are read from the disk again, and of the provenance only places are kept. */
export type NotedPlan = Omit<SourcedPlan, 'prefixes'>

type NotedOptions = Pick<
  PipelineOptions,
  'isolation' | 'timeoutMs' | 'requireSecrets' | 'channelPriority' | 'linkScripts' | 'package'
>

/** `<build directory>/.build/retry.json`: written before the script, never changed. */
export interface RetryNotes {
  readonly version: 1
  readonly plan: NotedPlan
  /** Every path in the host prefix before the script: whatever is new afterwards gets packaged. */
  readonly hostBaseline: readonly string[]
  readonly options: NotedOptions
  /** As the build read it. */
  readonly recipeText: string
}

/** Instead of notes that would have held the value of a secret. */
interface WithheldNotes {
  readonly version: 1
  readonly id: string
  readonly isWithheld: true
}

/** `<build directory>/.build/progress.json`: how far the build came. */
export interface Progress {
  /** `name-version-build` */
  readonly id: string
  /** When the build, or the last retry, wrote it first; milliseconds since the epoch. */
  readonly notedMs: number
  /** Absent until the script has come to its end. */
  readonly script?: ScriptResult['script']
  /** Absent until the package is written. */
  readonly archive?: { readonly fileName: string; readonly sha256: string }
}

const notesFile = (build: string) => path.join(build, '.build', 'retry.json')
const progressFile = (build: string) => path.join(build, '.build', 'progress.json')

/** Notes everything that the steps from the script on are given. Only the owner can read it. */
export async function saveNotes(
  plan: SourcedPlan,
  options: PipelineOptions,
  context: Pick<BuildContext, 'system' | 'masker'>,
): Promise<void> {
  const { system, masker } = context
  const { prefixes, ...rest } = plan
  const { isolation, timeoutMs, requireSecrets, channelPriority, linkScripts } = options
  // A function that collects repairs of the recipe is none of the build.
  const { onLinkingFix: _, ...packaging } = options.package
  const notes: RetryNotes = {
    version: 1,
    plan: withoutCredentials(rest),
    hostBaseline: prefixes.hostBaseline,
    options: { isolation, timeoutMs, requireSecrets, channelPriority, linkScripts, package: packaging },
    recipeText: await system.fs.readText(plan.recipePath),
  }
  const text = JSON.stringify(notes, mapsAsLists)
  const withheld: WithheldNotes = { version: 1, id: plan.id, isWithheld: true }
  const { build } = plan.directories
  await write(notesFile(build), masker.maskText(text) === text ? text : JSON.stringify(withheld), context)
  await saveProgress(build, { id: plan.id, notedMs: system.clock.now() }, context)
}

/** Notes how far the build has come. */
export function saveProgress(
  build: string,
  progress: Progress,
  context: Pick<BuildContext, 'system'>,
): Promise<void> {
  return write(progressFile(build), JSON.stringify(progress), context)
}

async function write(file: string, text: string, { system }: Pick<BuildContext, 'system'>): Promise<void> {
  await system.fs.makeDirectory(path.dirname(file))
  // Every build writes them, and hardly one needs them: no build waits for the disk.
  await system.fs.writeFileAtomic(file, `${text}\n`, { mode: 0o600, flush: false })
}

/** What an earlier run noted says nothing about the one that begins now. */
export async function removeNotes(build: string, { system }: Pick<BuildContext, 'system'>): Promise<void> {
  await system.fs.remove(progressFile(build))
  await system.fs.remove(notesFile(build))
}

/** Undefined when the build did not come to its script, or when what is there is nothing that krait wrote. */
export async function readProgress(
  build: string,
  context: Pick<BuildContext, 'system'>,
): Promise<Progress | undefined> {
  const found = (await readJson(progressFile(build), context)) as Partial<Progress> | undefined
  return typeof found?.id === 'string' && typeof found.notedMs === 'number' ? (found as Progress) : undefined
}

/** @throws BuildError `usage/retry-notes`, `usage/retry-withheld` */
export async function readNotes(
  build: string,
  outputDirectory: string,
  context: Pick<BuildContext, 'system'>,
): Promise<RetryNotes> {
  const found = (await readJson(notesFile(build), context)) as Partial<RetryNotes & WithheldNotes> | undefined
  if (found?.version !== 1)
    throw badNotes(build, 'its notes are missing, or another version of krait wrote them')
  if (found.isWithheld) throw notesWithheld(String(found.id))
  const { plan } = found
  if (plan?.directories === undefined || plan.output?.provenance === undefined)
    throw badNotes(build, 'its notes are incomplete')
  // Prefixes hold their own path: what was moved or copied would change the original.
  const { directories } = plan
  if (directories.build !== build || directories.output !== outputDirectory)
    throw badNotes(build, `it was moved here from \`${directories.build}\``)
  const inside = [directories.work, directories.host, directories.buildPrefix]
  if (!inside.every((directory) => path.dirname(directory) === build))
    throw badNotes(build, 'its notes name directories outside of it')
  return { ...(found as RetryNotes), plan: withMaps(plan) }
}

async function readJson(file: string, { system }: Pick<BuildContext, 'system'>): Promise<unknown> {
  if ((await system.fs.lstat(file))?.type !== 'file') return undefined
  try {
    return JSON.parse(await system.fs.readText(file)) as unknown
  } catch {
    return undefined
  }
}

/** Who needs them again has them where all credentials are. */
function withoutCredentials(plan: NotedPlan): NotedPlan {
  const { channels, environments, output } = plan
  const { build, host } = environments
  const strip = (environment: SolvedEnvironment | undefined) =>
    environment && { ...environment, resolved: environment.resolved.map(stripRecord) }
  return {
    ...plan,
    channels: channels.map(stripCredentials),
    environments: { ...environments, build: strip(build), host: strip(host) },
    output: { ...output, provenance: onlyPlaces(output.provenance) },
  }
}

function stripRecord(record: ChannelRecord): ChannelRecord {
  return { ...record, url: stripCredentials(record.url), channel: stripCredentials(record.channel) }
}

/** Values that templates read, the environment's among them, are nothing that a later step needs. */
function onlyPlaces({ numbers, origins }: Provenance): Provenance {
  const places = [...origins].map(([pointer, { span }]): [string, Origin] => [
    pointer,
    { span, branches: [], reads: [] },
  ])
  return { numbers, origins: new Map(places), dropped: [], skips: [] }
}

function mapsAsLists(_: string, value: unknown): unknown {
  return value instanceof Map ? [...value] : value
}

function withMaps(plan: NotedPlan): NotedPlan {
  const { provenance } = plan.output
  const { numbers, origins } = provenance as unknown as Record<'numbers' | 'origins', [string, never][]>
  const maps = { numbers: new Map(numbers), origins: new Map(origins) }
  return { ...plan, output: { ...plan.output, provenance: { ...provenance, ...maps } } }
}
