/** Takes the files of a package from the prefix to their final form: found, filtered, mapped, changed, compiled. */
import { join } from 'node:path'
import { comparePackagePaths } from '../../conda/index.js'
import type { StageContext } from '../../system/index.js'
import type { ScriptResult } from '../run-script/index.js'
import { compilePython, findPython, isTimestampByteCode } from './compile-python.js'
import { parseEntryPoint, renderEntryPoint } from './entry-points.js'
import { mappedTwice, noPythonForEntryPoints, notSupportedYet } from './errors.js'
import { filterCandidates, sourceOfByteCode } from './filter-candidates.js'
import { type Candidate, findCandidates } from './find-candidates.js'
import type { LinkedFile } from './linking/linked-file.js'
import { isPythonMapped } from './metadata.js'
import type { TestFile } from './package-tests.js'
import { createPlaceholderRule, type PrefixSpelling } from './placeholder.js'
import { createPostProcess } from './post-process.js'
import { createRelocation } from './relocation/relocate.js'
import { inParallel, stageCandidates } from './stage-candidates.js'
import { type ContentRules, stageBytes, stageContent } from './stage-content.js'
import type { StagedFile } from './staged-file.js'
import { buildPathInFile } from './warnings/errors.js'

export interface Staging {
  readonly plan: ScriptResult
  readonly context: StageContext
  readonly placeholder: string
  readonly spellings: readonly PrefixSpelling[]
  /** Absolute, empty. */
  readonly stagingDirectory: string
  readonly testFiles: readonly TestFile[]
}

/** Files and links in the order of paths.json, and what was found out about binaries on the way. */
export interface StagedFiles {
  readonly files: readonly StagedFile[]
  readonly linked: readonly LinkedFile[]
}

/** All files and links of the package outside of `info/`. */
export async function stageFiles(staging: Staging): Promise<StagedFiles> {
  const { plan, context } = staging
  const candidates = filterCandidates(await findCandidates(plan, context))
  const keepBuildIds = candidates.some(({ path }) => path.endsWith('.debug') || path.includes('/.build-id/'))
  const { rules, reportLeaks, linked } = createContentRules(staging, keepBuildIds)
  const wanted = await dropUnreproducible(candidates, staging)
  const files = dropDuplicates(await stageCandidates(wanted, staging, rules))
  const programs = isPythonMapped(plan) ? [] : stageEntryPoints(staging, rules)
  const withPrograms = replaceByPath(files, programs)
  const byteCode = await stageByteCode(withPrograms, staging, rules)
  const testFiles = await inParallel(staging.testFiles, (file) => stageTestFile(file, staging, rules))
  reportLeaks()
  const all = [...withPrograms, ...byteCode, ...testFiles]
  return { files: all.sort((left, right) => comparePackagePaths(left.path, right.path)), linked }
}

/** Enough for nearly all packages, and little beside what compression takes. */
const memoryForSmallFiles = 128 << 20

interface RulesAndFindings {
  readonly rules: ContentRules
  readonly reportLeaks: () => void
  readonly linked: readonly LinkedFile[]
}

function createContentRules(staging: Staging, keepBuildIds: boolean): RulesAndFindings {
  const { plan, context, spellings, stagingDirectory } = staging
  const { build } = plan.output.recipe
  const leaking: string[] = []
  const relocation = createRelocation(plan, join(stagingDirectory, 'relocate'), context)
  const rules: ContentRules = {
    spellings,
    placeholderRule: createPlaceholderRule(build, plan.platforms.host.family === 'win'),
    postProcess: createPostProcess(build),
    relocate: relocation.relocate,
    resign: relocation.resign,
    checkLarge: relocation.checkLarge,
    keepBuildIds,
    // The host prefix lies below it too, but is replaced before this is looked for.
    leaks: [{ text: Buffer.from(`${plan.directories.build}/`), found: (path) => leaking.push(path) }],
    stagingDirectory: join(stagingDirectory, 'changed'),
    memory: { left: memoryForSmallFiles },
  }
  const reportLeaks = () => {
    const [first] = leaking
    if (first === undefined) return
    context.emit({ type: 'warning', output: plan.id, ...buildPathInFile(first, leaking.length - 1) })
  }
  return { rules, reportLeaks, linked: relocation.linked }
}

/**
 * Leaves out byte code that will be made again because it holds the time of its source, and pip's note of the
 * directory that a package was installed from.
 */
async function dropUnreproducible(
  candidates: readonly Candidate[],
  { plan, context }: Staging,
): Promise<readonly Candidate[]> {
  const { fs } = context.system
  const present = new Set(candidates.map((candidate) => candidate.path))
  const canCompile = isCompiled(plan) && (await findPython(plan, context)) !== undefined
  const isMadeAgain = (path: string) => canCompile && present.has(sourceOfByteCode(path) ?? '')
  const suspects = candidates.filter(
    ({ path, type }) => type === 'file' && (isDirectUrl(path) || isMadeAgain(path)),
  )
  const dropped = await inParallel(suspects, async ({ path }) => {
    const source = join(plan.directories.host, path)
    if (isDirectUrl(path)) return (await fs.readText(source)).includes(plan.directories.work)
    return isTimestampByteCode(await fs.readRange(source, 0, 8))
  })
  const unwanted = new Set(suspects.filter((_, index) => dropped[index]))
  return candidates.filter((candidate) => !unwanted.has(candidate))
}

function isDirectUrl(path: string): boolean {
  return path.endsWith('.dist-info/direct_url.json')
}

function isCompiled(plan: ScriptResult): boolean {
  return plan.platforms.targetSubdir !== 'noarch' && !isPythonMapped(plan)
}

/** Two files of the prefix may become one only when they are the same. */
function dropDuplicates(files: readonly StagedFile[]): readonly StagedFile[] {
  const byPath = new Map<string, StagedFile>()
  for (const file of files) {
    const earlier = byPath.get(file.path)
    if (earlier === undefined) byPath.set(file.path, file)
    else if (!isSame(earlier, file)) throw mappedTwice(file.path, earlier.origin, file.origin)
  }
  return [...byPath.values()]
}

function isSame(left: StagedFile, right: StagedFile): boolean {
  if (left.kind === 'file' && right.kind === 'file') return left.sha256 === right.sha256
  return left.kind === 'symlink' && right.kind === 'symlink' && left.target === right.target
}

function replaceByPath(
  files: readonly StagedFile[],
  replacements: readonly StagedFile[],
): readonly StagedFile[] {
  const replaced = new Set(replacements.map((file) => file.path))
  return [...files.filter((file) => !replaced.has(file.path)), ...replacements]
}

function stageEntryPoints({ plan, placeholder }: Staging, rules: ContentRules): readonly StagedFile[] {
  const { python } = plan.output.recipe.build
  const entryPoints = (python?.entry_points ?? []).map(parseEntryPoint)
  if (entryPoints.length === 0) return []
  const { family } = plan.platforms.host
  if (family === 'win') throw notSupportedYet('entry points in packages for Windows that are not noarch')
  if (family === 'osx' && python?.use_python_app_entrypoint)
    throw notSupportedYet('`build.python.use_python_app_entrypoint`')
  const record = plan.prefixes.host.records.find(({ name }) => name === 'python')
  if (record === undefined) throw noPythonForEntryPoints()
  const version = record.version.split('.').slice(0, 2).join('.')
  return entryPoints.map((entry) => {
    const text = renderEntryPoint(entry, `${placeholder}/bin/python${version}`)
    return stageBytes(`bin/${entry.command}`, Buffer.from(text), { rules, executable: true })
  })
}

async function stageByteCode(
  files: readonly StagedFile[],
  { plan, context, placeholder, stagingDirectory }: Staging,
  rules: ContentRules,
): Promise<readonly StagedFile[]> {
  if (!isCompiled(plan)) return []
  const options = { directory: join(stagingDirectory, 'python'), placeholder }
  const compiled = await compilePython(files, plan, { options, context })
  return inParallel(compiled, ({ path, source }) =>
    stageContent({ path, origin: path, source }, rules, context),
  )
}

async function stageTestFile(file: TestFile, { context }: Staging, rules: ContentRules): Promise<StagedFile> {
  const { path, source } = file
  if (file.type !== 'symlink') return stageContent({ path, origin: path, source }, rules, context)
  return { kind: 'symlink', path, origin: path, target: await context.system.fs.readLink(source) }
}
