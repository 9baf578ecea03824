/** Makes programs and libraries find each other wherever the package is installed (spec: package.md 4.1, 4.2). */
import { dirname, join } from 'node:path'
import type { StageContext } from '../../system/index.js'
import type { ScriptResult } from '../run-script/index.js'
import { type Elf, parseElf, readTexts, tags } from './elf.js'
import { compareEdited, editRunPath, type RunPathEdit } from './elf-edit.js'
import { notSupportedYet, patchelfMissing, relocationFailed } from './errors.js'
import { globFilter } from './find-candidates.js'
import { type MachO, parseMachO } from './mach-o.js'
import { libraryDirectory, planMachO, relocateMachO } from './relocate-mach-o.js'
import { planRunPath } from './run-path.js'
import type { FileToStage } from './stage-content.js'
import { noRpath, rpathDropped } from './warnings/errors.js'

/** What a binary asks the dynamic linker for. */
export interface LinkedFile {
  readonly path: string
  readonly origin: string
  readonly needed: readonly string[]
  /** Entries for the package, `$ORIGIN` meaning the directory of the file. */
  readonly runPath: readonly string[]
}

export interface Relocation {
  /** Grows while files are relocated. */
  readonly linked: readonly LinkedFile[]
  readonly isRelocated: (path: string) => boolean
  /** New bytes, or undefined when the file stays as it is. */
  readonly relocate: (file: FileToStage, bytes: Buffer) => Promise<Buffer | undefined>
}

/** The relocation that `build.dynamic_linking` asks for. */
export function createRelocation(
  plan: ScriptResult,
  stagingDirectory: string,
  context: StageContext,
): Relocation {
  const isRelocated = relocationFilter(plan)
  const { rpaths, rpath_allowlist: allowList } = plan.output.recipe.build.dynamic_linking ?? {}
  const linked: LinkedFile[] = []
  const session: Session = {
    plan,
    context,
    stagingDirectory,
    configured: rpaths && rpaths.length > 0 ? rpaths : ['lib/'],
    isAllowed: allowList ? globFilter(allowList) : () => false,
    linked,
  }
  return {
    linked,
    isRelocated,
    relocate: async (file, bytes) => {
      if (!isRelocated(file.path)) return undefined
      if (isFat(bytes)) throw fatNotSupported(file.path)
      const machO = parseMachO(bytes)
      if (machO) return relocateAsMachO(file, machO, session)
      const elf = parseElf(bytes)
      // patchelf moves tables that a static program reads itself when it starts: it would crash.
      if (elf === undefined || elf.isStaticProgram) return undefined
      return relocateElf(file, elf, session)
    },
  }
}

interface Build {
  readonly plan: ScriptResult
  readonly context: StageContext
}

interface Session extends Build {
  readonly stagingDirectory: string
  /** `dynamic_linking.rpaths`, or what holds without it. */
  readonly configured: readonly string[]
  readonly isAllowed: (entry: string) => boolean
  readonly linked: LinkedFile[]
}

async function relocateElf(file: FileToStage, elf: Elf, session: Session): Promise<Buffer | undefined> {
  const { plan, configured, isAllowed, linked } = session
  const tag = plan.platforms.host.family === 'android' ? 'runpath' : 'rpath'
  const rpath = splitEntries(readTexts(elf, tags.rpath))
  const runpath = splitEntries(readTexts(elf, tags.runpath))
  const request = { rpath, runpath, configured, prefix: plan.directories.host, file: file.origin, isAllowed }
  const { entries, dropped } = planRunPath(request)
  warnAboutDropped(file.path, dropped, session)
  const needed = readTexts(elf, tags.needed)
  linked.push({ path: file.path, origin: file.origin, needed, runPath: entries })
  const runPath = entries.join(':')
  const isRight = (tag === 'rpath' ? rpath : runpath).join(':') === runPath
  if (isRight && (tag === 'rpath' ? runpath : rpath).length === 0) return undefined
  const edit: RunPathEdit = { runPath, tag }
  const edited = editRunPath(elf, edit) ?? (await runPatchelf(file, elf.bytes, { ...session, edit }))
  if (edited === undefined) return leaveIfIndependent(file, needed, session)
  const mistake = compareEdited(elf, edited, runPath)
  if (mistake !== undefined) throw relocationFailed(file.path, mistake)
  return edited
}

async function relocateAsMachO(
  file: FileToStage,
  machO: MachO,
  session: Session,
): Promise<Buffer | undefined> {
  const { plan, configured, isAllowed, context } = session
  const libraries = await listLibraries(plan, configured, context)
  const place = { prefix: plan.directories.host, file: file.origin }
  const planned = planMachO(machO, { ...place, configured: forMachO(configured), isAllowed, libraries })
  warnAboutDropped(file.path, planned.dropped, session)
  return relocateMachO(file.path, machO, planned)
}

function relocationFilter(plan: ScriptResult): (path: string) => boolean {
  const setting = plan.output.recipe.build.dynamic_linking?.binary_relocation ?? true
  const { targetSubdir, host } = plan.platforms
  // Windows has no run paths, and noarch packages have no binaries.
  const isNever = targetSubdir === 'noarch' || host.family === 'win' || host.arch.startsWith('wasm')
  if (isNever || setting === false) return () => false
  return setting === true ? () => true : globFilter(setting)
}

/** Java class files begin like files for several processors; the number behind it is their version, 45 at least. */
const mostProcessors = 44

/** Files for several processors, and those whose numbers begin with the big end, which no Mac has written since 2006. */
function isFat(bytes: Buffer): boolean {
  const magic = bytes.toString('hex', 0, 4)
  if (bytes.length < 16) return false
  if (magic === 'feedface' || magic === 'feedfacf') return true
  const count = bytes.readUInt32BE(4)
  return (magic === 'cafebabe' || magic === 'cafebabf') && count > 0 && count <= mostProcessors
}

function fatNotSupported(path: string) {
  const hint =
    'build one processor at a time, or set `build.dynamic_linking.binary_relocation: false` if the file finds its libraries by itself'
  return notSupportedYet(`relocating Mach-O files for several processors (\`${path}\`)`, hint)
}

/** Recipes for all platforms write `$ORIGIN`. */
function forMachO(configured: readonly string[]): readonly string[] {
  return configured.map((entry) => entry.replace(/^\$(?:ORIGIN|\{ORIGIN\})/, '@loader_path'))
}

async function listLibraries(
  { directories }: ScriptResult,
  configured: readonly string[],
  { system }: StageContext,
): Promise<ReadonlySet<string>> {
  return new Set(await system.fs.list(join(directories.host, libraryDirectory(configured))))
}

function splitEntries(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.split(':')).filter((entry) => entry !== '')
}

function warnAboutDropped(path: string, dropped: readonly string[], { plan, context }: Build): void {
  // The directories of the build environment are expected and never wanted.
  const { buildPrefix, work } = plan.directories
  const unexpected = dropped.filter((entry) => !entry.startsWith(buildPrefix) && !entry.startsWith(work))
  if (unexpected.length === 0) return
  context.emit({ type: 'warning', output: plan.id, ...rpathDropped(path, unexpected) })
}

interface Patchelf extends Build {
  readonly edit: RunPathEdit
  readonly stagingDirectory: string
}

/** @returns undefined when there is no patchelf */
async function runPatchelf(
  file: FileToStage,
  bytes: Buffer,
  { edit, plan, stagingDirectory, context }: Patchelf,
): Promise<Buffer | undefined> {
  const { fs, process, env } = context.system
  const path = env.get('PATH') ?? ''
  const places = [
    join(plan.directories.buildPrefix, 'bin'),
    ...path.split(':').filter((entry) => entry !== ''),
  ]
  const program = await process.find('patchelf', places)
  if (program === undefined) return undefined
  const copy = join(stagingDirectory, file.path)
  await fs.makeDirectory(dirname(copy))
  await fs.writeFile(copy, bytes, { mode: 0o600 })
  const args = [...(edit.tag === 'rpath' ? ['--force-rpath'] : []), '--set-rpath', edit.runPath, copy]
  const output: Uint8Array[] = []
  const command = { program, args, cwd: stagingDirectory, env: { PATH: path } }
  const result = await process.run(command, {
    signal: context.signal,
    onOutput: (_, chunk) => output.push(chunk),
  })
  if (result.code !== 0)
    throw relocationFailed(file.path, `patchelf failed: ${Buffer.concat(output).toString().trim()}`)
  const patched = Buffer.from(await fs.readBytes(copy))
  await fs.remove(copy)
  return patched
}

/** A binary that needs nothing from the prefix works without a run path; any other needs patchelf. */
async function leaveIfIndependent(
  file: FileToStage,
  needed: readonly string[],
  { plan, context }: Build,
): Promise<undefined> {
  const present = new Set(await context.system.fs.list(join(plan.directories.host, 'lib')))
  if (needed.some((library) => present.has(library))) throw patchelfMissing(file.path)
  context.emit({ type: 'warning', output: plan.id, ...noRpath(file.path) })
  return undefined
}
