/** Applies the patches of a source: each one completely or not at all (spec: build.md 7.7). */
import { dirname, isAbsolute, join, resolve, sep } from 'node:path'
import type { FileSystem, StageContext } from '../../system/index.js'
import {
  notSupportedYet,
  patchAlreadyApplied,
  patchEmpty,
  patchFailed,
  patchFuzz,
  patchLeavesWork,
  patchMissing,
} from './errors.js'
import { type FilePatch, parsePatchFile } from './parse-patch.js'
import { type FailedHunk, type HunkNote, patchFile } from './patch-file.js'
import { applyWithGit } from './run-git.js'
import { guessStripLevel, stripComponents } from './strip-level.js'
import type { SourcePlan } from './types.js'

/** Applies patches in order to the tree in `directory`. */
export async function applyPatches(
  patches: readonly string[],
  directory: string,
  work: PatchWork,
): Promise<void> {
  for (const patch of patches) await applyPatch(patch, directory, work)
}

interface PatchWork {
  /** A hunk that fits only loosely is an error. */
  readonly isStrict?: boolean | undefined
  readonly plan: SourcePlan
  readonly context: StageContext
}

async function applyPatch(patch: string, directory: string, work: PatchWork): Promise<void> {
  const { plan, context, isStrict } = work
  const { fs } = context.system
  const path = locatePatch(patch, plan)
  if ((await fs.stat(path))?.type !== 'file') throw patchMissing(patch)
  context.emit({ type: 'note', output: plan.id, text: `Applying patch: ${patch}` })
  const files = await readPatch(patch, await fs.readBytes(path))
  if (files.length === 0) return context.emit({ type: 'warning', output: plan.id, ...patchEmpty(patch) })
  const exists = async (name: string) =>
    !name.includes('..') && (await fs.lstat(join(directory, name))) !== undefined
  const level = await guessStripLevel(files, exists)
  if (files.some((file) => file.isBinary)) {
    await applyWithGit(path, { patch, level, directory, context })
    context.emit({ type: 'patch-applied', output: plan.id, patch, hunks: countHunks(files), fuzzed: 0 })
    return
  }
  const tree = createPatchedTree(directory, fs)
  const notes: (HunkNote & { readonly file: string })[] = []
  let applied = 0
  for (const file of files) {
    const made = await patchOne(file, { patch, level, tree, isStrict })
    if (made === 'already-applied') continue
    applied += 1
    notes.push(...made)
  }
  if (applied === 0) return context.emit({ type: 'warning', output: plan.id, ...patchAlreadyApplied(patch) })
  await tree.write(patch)
  reportNotes(patch, notes, work)
  const fuzzed = notes.filter((note) => note.agreement.startsWith('fuzz')).length
  context.emit({ type: 'patch-applied', output: plan.id, patch, hunks: countHunks(files), fuzzed })
}

/** Where a patch lies, absolute: relative to the recipe, or below one of the directories of the build. */
export function locatePatch(patch: string, plan: SourcePlan): string {
  return resolve(plan.directories.recipe, expandDirectories(patch, plan))
}

function expandDirectories(patch: string, { directories }: SourcePlan): string {
  const roots: Readonly<Record<string, string>> = {
    SRC_DIR: directories.work,
    RECIPE_DIR: directories.recipe,
    BUILD_DIR: directories.build,
  }
  return patch.replace(
    /\$\{\{\s*(SRC_DIR|RECIPE_DIR|BUILD_DIR)\s*\}\}/g,
    (_, name: string) => roots[name] ?? '',
  )
}

async function readPatch(patch: string, bytes: Uint8Array): Promise<readonly FilePatch[]> {
  let files: readonly FilePatch[]
  try {
    files = await parsePatchFile(bytes)
  } catch (error) {
    throw patchFailed(patch, error instanceof Error ? error.message : String(error))
  }
  return files
}

function countHunks(files: readonly FilePatch[]): number {
  return files.reduce((sum, file) => sum + file.hunks.length, 0)
}

interface PatchTarget {
  readonly patch: string
  readonly level: number
  readonly tree: PatchedTree
  readonly isStrict: boolean | undefined
}

type FileNotes = readonly (HunkNote & { readonly file: string })[]

async function patchOne(file: FilePatch, options: PatchTarget): Promise<FileNotes | 'already-applied'> {
  const { patch, tree } = options
  const oldName = safeName(file.oldName, options)
  const newName = safeName(file.newName, options)
  const target = newName ?? oldName
  if (target === undefined) throw patchFailed(patch, 'a change names no file')
  if (file.newMode?.startsWith('12')) throw notSupportedYet(`patches that make symbolic links (\`${patch}\`)`)
  const source = await chooseSource(oldName, newName, tree)
  const before = source === undefined ? undefined : await tree.read(source, patch)
  if (before === undefined && oldName !== undefined) {
    if (newName === undefined) return 'already-applied'
    throw patchFailed(patch, `\`${oldName}\` does not exist`, { file: oldName })
  }
  const outcome = patchFile(before ?? '', file.hunks, options.isStrict)
  if (outcome.kind === 'already-applied') return 'already-applied'
  if (outcome.kind === 'failed') throw hunkFailed(patch, target, outcome)
  if (oldName === undefined && (await hasContent(target, outcome.text, options))) return 'already-applied'
  if (source !== undefined && source !== target) tree.remove(source)
  if (newName === undefined) tree.remove(target)
  else tree.set(target, outcome.text, file.newMode)
  return outcome.notes.map((note) => ({ ...note, file: target }))
}

function hunkFailed(patch: string, file: string, outcome: FailedHunk) {
  const { hunk, expected, found, line } = outcome
  const first = Math.max(
    0,
    expected.findIndex((text, index) => text !== found[index]),
  )
  const wanted = expected[first]?.trim() ?? ''
  const there = found[first] === undefined ? 'the end of the file' : `\`${found[first].trim()}\``
  const reason = `hunk #${hunk} does not fit \`${file}\`: expected \`${wanted}\` near line ${line + first}, found ${there}`
  return patchFailed(patch, reason, { file, hunk, expected, found })
}

/** Whether a file that is to be created is there already; with another content the patch does not fit. */
async function hasContent(target: string, text: string, { patch, tree }: PatchTarget): Promise<boolean> {
  const existing = await tree.read(target, patch)
  if (existing === undefined || existing === '') return false
  if (existing === text) return true
  throw patchFailed(patch, `\`${target}\` exists already and has another content`, { file: target })
}

function safeName(name: string | undefined, options: { readonly patch: string; readonly level: number }) {
  if (name === undefined) return undefined
  const stripped = stripComponents(name, options.level)
  const isUnsafe = stripped === undefined || isAbsolute(stripped) || stripped.split('/').includes('..')
  if (isUnsafe) throw patchLeavesWork(options.patch, name)
  return stripped
}

/** `x.orig` on the old side stands for `x` when that exists. */
async function chooseSource(
  oldName: string | undefined,
  newName: string | undefined,
  tree: PatchedTree,
): Promise<string | undefined> {
  const bare = oldName?.replace(/\.(?:orig|bak)$/, '')
  if (bare !== undefined && bare !== oldName && bare === newName && (await tree.exists(bare))) return bare
  return oldName
}

type PatchedTree = ReturnType<typeof createPatchedTree>

/** The tree as the patch leaves it, in memory until everything is known to fit. */
function createPatchedTree(directory: string, fs: FileSystem) {
  const changes = new Map<string, { readonly text: string; readonly mode: string | undefined } | 'removed'>()
  return {
    exists: async (name: string): Promise<boolean> => (await fs.lstat(join(directory, name))) !== undefined,
    async read(name: string, patch: string): Promise<string | undefined> {
      const change = changes.get(name)
      if (change !== undefined) return change === 'removed' ? undefined : change.text
      const path = join(directory, name)
      const info = await fs.lstat(path)
      if (info === undefined) return undefined
      await refuseOutside(path, { directory, name, patch, fs })
      if (info.type !== 'file') throw patchFailed(patch, `\`${name}\` is not a regular file`, { file: name })
      return Buffer.from(await fs.readBytes(path)).toString('latin1')
    },
    set: (name: string, text: string, mode: string | undefined) => changes.set(name, { text, mode }),
    remove: (name: string) => changes.set(name, 'removed'),
    async write(patch: string): Promise<void> {
      for (const name of changes.keys())
        await refuseOutside(join(directory, name), { directory, name, patch, fs })
      for (const [name, change] of changes) {
        const path = join(directory, name)
        if (change === 'removed') await fs.remove(path)
        else await writePatched(path, change, fs)
      }
    },
  }
}

interface PlaceCheck {
  readonly directory: string
  readonly name: string
  readonly patch: string
  readonly fs: FileSystem
}

/** The source may bring links, and a name below such a link may lead anywhere. */
async function refuseOutside(path: string, { directory, name, patch, fs }: PlaceCheck): Promise<void> {
  let parent = dirname(path)
  while ((await fs.lstat(parent)) === undefined && parent.length > directory.length) parent = dirname(parent)
  const [root, real] = [await fs.realPath(directory), await fs.realPath(parent)]
  if (real !== root && !real.startsWith(root + sep)) throw patchLeavesWork(patch, name)
}

async function writePatched(
  path: string,
  change: { readonly text: string; readonly mode: string | undefined },
  fs: FileSystem,
): Promise<void> {
  const before = await fs.lstat(path)
  const current = before?.mode ?? 0o644
  const mode =
    change.mode === undefined ? current : change.mode.endsWith('755') ? current | 0o111 : current & ~0o111
  await fs.makeDirectory(dirname(path))
  // Replacing instead of writing into it: the file may be read-only.
  await fs.writeFileAtomic(path, Buffer.from(change.text, 'latin1'), { mode: mode | 0o200 })
}

function reportNotes(patch: string, notes: FileNotes, { plan, context }: PatchWork): void {
  for (const { file, hunk, line, offset, agreement } of notes) {
    const moved = offset === 0 ? '' : `, offset ${offset > 0 ? '+' : ''}${offset}`
    const loose =
      agreement === 'exact'
        ? ''
        : `, ${agreement === 'whitespace' || agreement === 'line-endings' ? `ignoring ${agreement}` : agreement}`
    const text = `${patch}: hunk ${hunk} of ${file} applied at line ${line}${moved}${loose}`
    if (agreement === 'exact' || agreement === 'line-endings')
      context.emit({ type: 'note', output: plan.id, text })
    else context.emit({ type: 'warning', output: plan.id, ...patchFuzz(text) })
  }
}
