/** Makes programs and libraries find each other wherever the package is installed (spec: package.md 4.1, 4.2). */
import { dirname, join } from 'node:path'
import type { StageContext } from '../../../system/index.js'
import type { ScriptResult } from '../../run-script/index.js'
import { type Elf, parseElf, readTexts, tags } from '../binaries/elf.js'
import { compareEdited, editRunPath, type RunPathEdit } from '../binaries/elf-edit.js'
import { parsePe, peMachines } from '../binaries/pe.js'
import { notSupportedYet, patchelfMissing, relocationFailed } from '../errors.js'
import { globFilter } from '../find-candidates.js'
import type { LinkedFile } from '../linking/linked-file.js'
import type { FileToStage } from '../stage-content.js'
import { noRpath, unreadableBinary } from '../warnings/errors.js'
import { relocateMachOFile, renewSignatures } from './relocate-mach-o-file.js'
import { type RelocatedBuild, type RelocationSession, warnAboutDropped } from './relocation-session.js'
import { planRunPath } from './run-path.js'

export interface Relocation {
  /** Grows while files are relocated. */
  readonly linked: readonly LinkedFile[]
  /**
   * For files that are not read as a whole, with their first four bytes: a warning where nothing had to be changed.
   * @throws BuildError `package/not-supported` where something had
   */
  readonly checkLarge: (path: string, head: Buffer) => void
  /** Signatures that fit bytes which were changed after relocation; for platforms that look at signatures. */
  readonly resign: (bytes: Buffer) => Buffer
  /** New bytes, or undefined when the file stays as it is. */
  readonly relocate: (file: FileToStage, bytes: Buffer) => Promise<Buffer | undefined>
}

/** How files begin that `relocate` or `checkLarge` may have something to say about, on any platform. */
export const programHeads: readonly Buffer[] = [
  '\x7fELF',
  'MZ',
  '\xfe\xed\xfa\xce',
  '\xfe\xed\xfa\xcf',
  '\xce\xfa\xed\xfe',
  '\xcf\xfa\xed\xfe',
  '\xca\xfe\xba\xbe',
  '\xca\xfe\xba\xbf',
].map((head) => Buffer.from(head, 'latin1'))

/** The relocation that `build.dynamic_linking` asks for. */
export function createRelocation(
  plan: ScriptResult,
  stagingDirectory: string,
  context: StageContext,
): Relocation {
  const isRelocated = relocationFilter(plan)
  const { rpaths, rpath_allowlist: allowList } = plan.output.recipe.build.dynamic_linking ?? {}
  const linked: LinkedFile[] = []
  const session: RelocationSession = {
    plan,
    context,
    stagingDirectory,
    configured: rpaths && rpaths.length > 0 ? rpaths : ['lib/'],
    isAllowed: allowList ? globFilter(allowList) : () => false,
    linked,
  }
  return {
    linked,
    resign: isApple(plan.platforms.host.family) ? renewSignatures : (bytes) => bytes,
    checkLarge: (path, head) => {
      if (isRelocated(path)) checkLarge(path, head.toString('latin1'), session)
    },
    relocate: async (file, bytes) => (isRelocated(file.path) ? relocateFor(file, bytes, session) : undefined),
  }
}

function checkLarge(path: string, head: string, { plan, context }: RelocationSession): void {
  const { family } = plan.platforms.host
  const isOfMac = /^(?:[\xce\xcf]\xfa\xed\xfe|\xca\xfe\xba[\xbe\xbf])/.test(head)
  const isEdited = isApple(family) ? isOfMac : family !== 'win' && head === '\x7fELF'
  if (isEdited) throw notSupportedYet(`relocating \`${path}\`, which is larger than 512 MiB`)
  if (family === 'win' && head.startsWith('MZ'))
    context.emit({ type: 'warning', output: plan.id, ...unreadableBinary(path, 'it is larger than 512 MiB') })
}

function isApple(family: string): boolean {
  return family === 'osx' || family.startsWith('ios')
}

/** Each platform loads files of one format. */
async function relocateFor(
  file: FileToStage,
  bytes: Buffer,
  session: RelocationSession,
): Promise<Buffer | undefined> {
  const { family } = session.plan.platforms.host
  // The binaries of other systems are data: nobody here loads them.
  if (family === 'win') notePe(file, bytes, session)
  if (family === 'win') return undefined
  if (isApple(family)) return relocateMachOFile(file, bytes, session)
  const elf = parseElf(bytes)
  // patchelf moves tables that a static program reads itself when it starts: it would crash.
  return elf === undefined || elf.isStaticProgram ? undefined : relocateElf(file, elf, session)
}

/** Windows finds libraries without run paths: its files are only looked at. */
function notePe({ path, origin }: FileToStage, bytes: Buffer, { plan, context, linked }: RelocationSession) {
  const pe = parsePe(bytes)
  if (pe === undefined) return
  if ('damage' in pe) {
    context.emit({ type: 'warning', output: plan.id, ...unreadableBinary(path, pe.damage) })
    return
  }
  // Starters for other processors are data, like those that Python packages bring along.
  if (pe.machine !== peMachines[plan.platforms.host.arch]) return
  const needed = [...new Set([...pe.imports, ...pe.delayImports])]
  linked.push({ path, origin, format: 'pe', needed, runPath: [] })
}

async function relocateElf(
  file: FileToStage,
  elf: Elf,
  session: RelocationSession,
): Promise<Buffer | undefined> {
  const { plan, configured, isAllowed, linked } = session
  const tag = plan.platforms.host.family === 'android' ? 'runpath' : 'rpath'
  const rpath = splitEntries(readTexts(elf, tags.rpath))
  const runpath = splitEntries(readTexts(elf, tags.runpath))
  const request = { rpath, runpath, configured, prefix: plan.directories.host, file: file.origin, isAllowed }
  const { entries, dropped } = planRunPath(request)
  warnAboutDropped(file.path, dropped, session)
  const needed = readTexts(elf, tags.needed)
  linked.push({ path: file.path, origin: file.origin, format: 'elf', needed, runPath: entries })
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

function relocationFilter(plan: ScriptResult): (path: string) => boolean {
  const setting = plan.output.recipe.build.dynamic_linking?.binary_relocation ?? true
  const { targetSubdir, host } = plan.platforms
  // noarch packages have no binaries.
  const isNever = targetSubdir === 'noarch' || host.arch.startsWith('wasm')
  if (isNever || setting === false) return () => false
  return setting === true ? () => true : globFilter(setting)
}

function splitEntries(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.split(':')).filter((entry) => entry !== '')
}

interface Patchelf extends RelocatedBuild {
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
  { plan, context }: RelocatedBuild,
): Promise<undefined> {
  const present = new Set(await context.system.fs.list(join(plan.directories.host, 'lib')))
  if (needed.some((library) => present.has(library))) throw patchelfMissing(file.path)
  context.emit({ type: 'warning', output: plan.id, ...noRpath(file.path) })
  return undefined
}
