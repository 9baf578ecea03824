/** Makes programs and libraries find each other wherever the package is installed (spec: package.md 4.1, 4.2). */
import { dirname, join } from 'node:path'
import type { StageContext } from '../../system/index.js'
import type { ScriptResult } from '../run-script/index.js'
import { parseElf, readTexts, tags } from './elf.js'
import { compareEdited, editRunPath, type RunPathEdit } from './elf-edit.js'
import { notSupportedYet, patchelfMissing, relocationFailed } from './errors.js'
import { globFilter } from './find-candidates.js'
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
  const configured = rpaths && rpaths.length > 0 ? rpaths : ['lib/']
  const isAllowed = allowList ? globFilter(allowList) : () => false
  const tag = plan.platforms.host.family === 'android' ? 'runpath' : 'rpath'
  const linked: LinkedFile[] = []
  return {
    linked,
    isRelocated,
    relocate: async (file, bytes) => {
      if (!isRelocated(file.path)) return undefined
      if (isMachO(bytes)) throw machONotSupported(file.path)
      const elf = parseElf(bytes)
      if (elf === undefined) return undefined
      const rpath = splitEntries(readTexts(elf, tags.rpath))
      const runpath = splitEntries(readTexts(elf, tags.runpath))
      const { directories } = plan
      const request = { rpath, runpath, configured, prefix: directories.host, file: file.origin, isAllowed }
      const { entries, dropped } = planRunPath(request)
      warnAboutDropped(file.path, dropped, { plan, context })
      linked.push({
        path: file.path,
        origin: file.origin,
        needed: readTexts(elf, tags.needed),
        runPath: entries,
      })
      const runPath = entries.join(':')
      const isRight = (tag === 'rpath' ? rpath : runpath).join(':') === runPath
      if (isRight && (tag === 'rpath' ? runpath : rpath).length === 0) return undefined
      const edit: RunPathEdit = { runPath, tag }
      const edited =
        editRunPath(elf, edit) ?? (await runPatchelf(file, bytes, { edit, plan, stagingDirectory, context }))
      if (edited === undefined)
        return leaveIfIndependent(file, readTexts(elf, tags.needed), { plan, context })
      const mistake = compareEdited(elf, edited, runPath)
      if (mistake !== undefined) throw relocationFailed(file.path, mistake)
      return edited
    },
  }
}

function relocationFilter(plan: ScriptResult): (path: string) => boolean {
  const setting = plan.output.recipe.build.dynamic_linking?.binary_relocation ?? true
  const { targetSubdir, host } = plan.platforms
  // Windows has no run paths, and noarch packages have no binaries.
  const isNever = targetSubdir === 'noarch' || host.family === 'win' || host.arch.startsWith('wasm')
  if (isNever || setting === false) return () => false
  return setting === true ? () => true : globFilter(setting)
}

const machOMagic = new Set(['feedface', 'feedfacf', 'cefaedfe', 'cffaedfe'])
/** Programs, libraries and bundles; objects and debug symbols are not relocated. */
const machOTypes = new Set([2, 6, 8])

/** Java class files begin like files for several processors; the number behind it is their version, 45 at least. */
const mostProcessors = 44

function isMachO(bytes: Buffer): boolean {
  const magic = bytes.toString('hex', 0, 4)
  if ((magic === 'cafebabe' || magic === 'cafebabf') && bytes.length >= 8) {
    const count = bytes.readUInt32BE(4)
    return count > 0 && count <= mostProcessors
  }
  if (!machOMagic.has(magic) || bytes.length < 32) return false
  return machOTypes.has(magic.startsWith('fe') ? bytes.readUInt32BE(12) : bytes.readUInt32LE(12))
}

function machONotSupported(path: string) {
  const hint =
    'set `build.dynamic_linking.binary_relocation: false` if the file finds its libraries by itself'
  return notSupportedYet(`relocating Mach-O files (\`${path}\`)`, hint)
}

function splitEntries(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.split(':')).filter((entry) => entry !== '')
}

interface Build {
  readonly plan: ScriptResult
  readonly context: StageContext
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
