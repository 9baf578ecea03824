/** Stages what a script put into the prefix; of many files, those that stay as they are without looking at each. */
import type { DigestedFile, StageContext } from '../../system/index.js'
import { mapConcurrently } from '../install-prefixes/index.js'
import type { ScriptResult } from '../run-script/index.js'
import { parseEntryPoint } from './entry-points.js'
import type { Candidate } from './find-candidates.js'
import { mapNoarchPath } from './map-noarch.js'
import { isPythonMapped } from './metadata.js'
import { programHeads } from './relocation/relocate.js'
import {
  type ContentRules,
  type FileToStage,
  isChangedByName,
  noticeableTexts,
  stageContent,
  stageUnchanged,
} from './stage-content.js'
import { mapLinkTarget } from './stage-links.js'
import type { StagedFile } from './staged-file.js'

interface Staging {
  readonly plan: ScriptResult
  readonly context: StageContext
}

/** A candidate that has a place in the package. */
interface Mapped {
  readonly candidate: Candidate
  readonly path: string
}

/** Files and links of the prefix as they will be in the package, in the order of the candidates. */
export async function stageCandidates(
  candidates: readonly Candidate[],
  staging: Staging,
  rules: ContentRules,
): Promise<readonly StagedFile[]> {
  const mapPath = createPathMap(staging.plan)
  const mapped = candidates.flatMap((candidate): Mapped[] => {
    const path = mapPath(candidate.path)
    return path === undefined ? [] : [{ candidate, path }]
  })
  const digested: Digested =
    mapped.length < worthThreads ? new Map() : await digestMany(mapped, staging, rules)
  const unchanged = mapped.map((file) => digested.get(file.candidate.path))
  const work = { ...staging, rules, mapPath }
  const others = await inParallel(
    mapped.filter((_, index) => unchanged[index] === undefined),
    (file) => stageMapped(file, work),
  )
  const rest = others.values()
  return mapped.flatMap((file, index) => {
    const known = unchanged[index]
    if (known) return stageUnchanged(placeOf(file, staging), known)
    return rest.next().value ?? []
  })
}

/** More readers than this only wait for each other. */
const parallelReads = 8

/** Results in the order of the items. */
export function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  return mapConcurrently(items, parallelReads, work)
}

/** Fewer files are read before threads have started. */
const worthThreads = 2000

type PathMap = (path: string) => string | undefined

/** Where paths of the prefix go in the package. */
function createPathMap(plan: ScriptResult): PathMap {
  if (!isPythonMapped(plan)) return (path) => path
  const entryPoints = plan.output.recipe.build.python?.entry_points ?? []
  const commands = new Set(entryPoints.map((text) => parseEntryPoint(text).command))
  return (path) => mapNoarchPath(path, { commands, targetIsWindows: plan.platforms.host.family === 'win' })
}

/** What is known of files that go into the package unchanged, by their paths in the prefix. */
type Digested = ReadonlyMap<string, DigestedFile>

async function digestMany(
  mapped: readonly Mapped[],
  { plan, context }: Staging,
  rules: ContentRules,
): Promise<Digested> {
  const files = mapped.flatMap(({ candidate, path }) =>
    candidate.type === 'file' && !isChangedByName(path, rules) ? [candidate.path] : [],
  )
  const digested = await context.system.fs.digestFiles({
    root: plan.directories.host,
    files,
    texts: noticeableTexts(rules),
    heads: programHeads,
    threads: plan.packaging.threads,
    signal: context.signal,
  })
  return new Map(digested.flatMap((file, index) => (file ? [[files[index] ?? '', file] as const] : [])))
}

interface MappedWork extends Staging {
  readonly rules: ContentRules
  readonly mapPath: PathMap
}

async function stageMapped(file: Mapped, { plan, context, rules, mapPath }: MappedWork): Promise<StagedFile> {
  const place = placeOf(file, { plan })
  if (file.candidate.type === 'file') return stageContent(place, rules, context)
  const { path, origin, source } = place
  const link = { origin, path, target: await context.system.fs.readLink(source) }
  return { kind: 'symlink', path, origin, target: mapLinkTarget(link, plan.directories.host, mapPath) }
}

function placeOf({ candidate, path }: Mapped, { plan }: Pick<Staging, 'plan'>): FileToStage {
  // Both are as `join` would make them, which takes long for long prefixes.
  return { path, origin: candidate.path, source: `${plan.directories.host}/${candidate.path}` }
}
