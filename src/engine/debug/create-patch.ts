/** Turns what was changed in a work directory into a patch of the recipe (spec: build.md 9.5, package.md 9.5). */
import path from 'node:path'
import type { RenderedSource } from '../../recipe/index.js'
import {
  diffFile,
  type FileDiff,
  joinDiffs,
  placeSources,
  sourceName,
} from '../../stages/fetch-sources/index.js'
import type { StageContext } from '../../system/index.js'
import { createGlobFilter } from '../../text/index.js'
import { addPatchToRecipe } from './add-patch-to-recipe.js'
import type { DebugState } from './debug-state.js'
import { noSourceInfo, patchNotAdded, sourceChanged } from './errors.js'
import { findChanges, type TreeChange } from './find-changes.js'

export interface CreatePatchOptions {
  /** Name of the patch without `.patch`. */
  readonly name: string
  /** Absolute; the directory of the recipe unless given. */
  readonly patchDirectory: string | undefined
  readonly overwrite: boolean
  readonly dryRun: boolean
  readonly addToRecipe: boolean
  readonly exclude: readonly string[]
  readonly include: readonly string[]
  /** Files that the sources do not have are part of the patch when one of these fits. */
  readonly add: readonly string[]
  readonly cacheDirectory: string
}

/** What came out for one source: of the list that is `krait debug create-patch --json`. */
export interface SourcePatch {
  /** The URL or path that the recipe names. */
  readonly source: string
  /** For people, in this order. */
  readonly notes: readonly string[]
  /** The patch, for a look at it; bytes that are no UTF-8 are replaced. Empty when nothing changed. */
  readonly text: string
}

interface SourceInfo {
  readonly [key: string]: unknown
  readonly sources: readonly { readonly patches?: readonly string[] }[]
}

/**
 * Compares the work directory with what the sources and their patches gave. @returns one entry for each source
 * @throws BuildError `source/no-info`, `source/changed`, `source/patch-not-added`
 */
export async function createPatches(
  state: DebugState,
  options: CreatePatchOptions,
  context: StageContext,
): Promise<readonly SourcePatch[]> {
  const { fs } = context.system
  const infoFile = path.join(state.directories.work, '.source_info.json')
  if ((await fs.stat(infoFile)) === undefined) throw noSourceInfo(state.directories.work)
  const info = JSON.parse(await fs.readText(infoFile)) as SourceInfo
  const patchDirectory = options.patchDirectory ?? state.directories.recipe
  const job: PatchJob = { state, options, context, patchDirectory }
  const requests = await baselineRequests(info, job)
  const changes = await withBaseline(requests, job, (root, owners) =>
    findChanges(
      { before: root, after: state.directories.work, owners, sources: state.sources, ...filters(options) },
      fs,
    ),
  )
  const results: SourcePatch[] = []
  for (const [index, source] of state.sources.entries()) {
    const own = changes.filter((change) => change.source === index)
    results.push(await patchSource({ index, source, own, existing: requests[index]?.patches ?? [] }, job))
  }
  return results
}

interface PatchJob {
  readonly state: DebugState
  readonly options: CreatePatchOptions
  readonly context: StageContext
  readonly patchDirectory: string
}

function filters({ include, exclude, add }: CreatePatchOptions) {
  return {
    isWanted: createGlobFilter({ include: include.length > 0 ? include : ['**'], exclude }),
    isAdded: add.length > 0 ? createGlobFilter(add) : () => false,
  }
}

/** The sources with the patches that are in place; a patch that is going to be replaced is not one of them. */
async function baselineRequests(info: SourceInfo, job: PatchJob): Promise<readonly RenderedSource[]> {
  const { state, options, context, patchDirectory } = job
  const { fs } = context.system
  const requests: RenderedSource[] = []
  for (const [index, source] of state.sources.entries()) {
    const patches: string[] = []
    for (const patch of info.sources[index]?.patches ?? []) {
      if (options.overwrite && patch === patchName(options.name, index, state)) continue
      const place = path.join(patchDirectory, patch)
      const isBeside = (await fs.stat(path.resolve(state.directories.recipe, patch))) !== undefined
      if (isBeside || patch.includes('${{')) patches.push(patch)
      else if ((await fs.stat(place)) !== undefined) patches.push(place)
      else context.emit({ type: 'note', text: `Patch file not found, skipping: ${place}` })
    }
    const { patches: _, ...rest } = source
    const sha256 = 'url' in source ? { sha256: state.sourceHashes[index] ?? '' } : {}
    requests.push({ ...rest, ...sha256, ...(patches.length > 0 && { patches }) } as RenderedSource)
  }
  return requests
}

/** Places the sources once more, beside the work directory, for as long as `use` needs them. */
async function withBaseline<T>(
  requests: readonly RenderedSource[],
  { state, options, context }: PatchJob,
  use: (root: string, owners: ReadonlyMap<string, string>) => Promise<T>,
): Promise<T> {
  const { fs } = context.system
  const parent = path.join(state.directories.build, '.build')
  const work = await fs.makeTempDirectory(parent, 'sources-')
  try {
    const quiet: StageContext = {
      ...context,
      emit: (event) => (event.type === 'warning' ? context.emit(event) : undefined),
    }
    const { id, recipePath } = state
    const request = { id, recipePath, directories: { ...state.directories, work }, requests }
    const placed = await placeSources(request, options, quiet)
    for (const [index, { sha256 }] of placed.sources.entries()) {
      const source = requests[index]
      if (source && 'path' in source && sha256 !== state.sourceHashes[index])
        throw sourceChanged(source.path, state.recipePath)
    }
    return await use(work, placed.owners)
  } finally {
    await fs.remove(work)
  }
}

interface OnePatch {
  readonly index: number
  readonly source: RenderedSource
  readonly own: readonly TreeChange[]
  readonly existing: readonly string[]
}

async function patchSource(one: OnePatch, job: PatchJob): Promise<SourcePatch> {
  const { source, own, existing } = one
  const kind = 'git' in source ? 'git' : 'path' in source ? 'path' : 'URL'
  const notes = [`Generating patch for ${kind} source: ${sourceName(source)}`]
  if (existing.length > 0) {
    notes.push(`Applying ${existing.length} existing patches to determine baseline:`)
    notes.push(...existing.map((patch) => `  - ${path.basename(patch)}`))
  }
  const parts: FileDiff[] = []
  for (const change of own) {
    if (change.isNew) notes.push(`New file (matched --add pattern): ${change.path}`)
    const part = change.kind === 'other' ? 'binary' : await diffFile(change.path, change.before, change.after)
    if (part !== 'binary') parts.push(part)
    else if (change.after === undefined) notes.push(`Skipping binary file deletion: ${change.path}`)
    else notes.push(`Skipping binary file: ${change.path}`)
  }
  const text = joinDiffs(parts)
  if (text === '')
    return { source: sourceName(source), notes: [...notes, 'No changes detected for source'], text }
  const shown = Buffer.from(text, 'latin1').toString('utf8')
  return { source: sourceName(source), notes: [...notes, ...(await writePatch(one, text, job))], text: shown }
}

/** Each source has a patch of its own, because each is patched in its own directory. */
function patchName(name: string, index: number, { sources }: DebugState): string {
  return sources.length > 1 && index > 0 ? `${name}-${index + 1}.patch` : `${name}.patch`
}

async function writePatch(one: OnePatch, text: string, job: PatchJob): Promise<readonly string[]> {
  const { state, options, context, patchDirectory } = job
  const { fs } = context.system
  const name = patchName(options.name, one.index, state)
  const file = path.join(patchDirectory, name)
  const bytes = Buffer.from(text, 'latin1')
  if (options.dryRun) return [`[dry-run] Would create patch file at: ${file} (${bytes.length} bytes)`]
  if (!options.overwrite && (await fs.lstat(file)) !== undefined)
    return [
      `Not writing patch file, already exists: ${file}`,
      'Use --overwrite to replace the existing patch file',
    ]
  await fs.makeDirectory(path.dirname(file))
  await fs.writeFileAtomic(file, bytes)
  await noteInSourceInfo(one.index, name, job)
  const notes = [`Created patch file at: ${file}`]
  if (one.existing.length > 0) notes.push(`Created incremental patch (${bytes.length} bytes)`)
  const shown = path.relative(state.directories.recipe, file)
  if (options.addToRecipe) notes.push(await noteInRecipe(one, shown, job))
  else notes.push(`Add it to \`patches\` of the source: ${shown}`)
  return notes
}

/** The next patch is made on top of this one. */
async function noteInSourceInfo(index: number, name: string, { state, context }: PatchJob): Promise<void> {
  const { fs } = context.system
  const file = path.join(state.directories.work, '.source_info.json')
  const info = JSON.parse(await fs.readText(file)) as SourceInfo
  const sources = info.sources.map((source, at) => {
    const patches = source.patches ?? []
    return at !== index || patches.includes(name) ? source : { ...source, patches: [...patches, name] }
  })
  await fs.writeFileAtomic(file, `${JSON.stringify({ ...info, sources }, null, 2)}\n`)
}

async function noteInRecipe(one: OnePatch, patch: string, { state, context }: PatchJob): Promise<string> {
  const { fs } = context.system
  const text = await fs.readText(state.recipePath)
  const place = { source: one.source, index: one.index, count: state.sources.length }
  const outcome = addPatchToRecipe(text, place, patch)
  if (outcome === 'listed') return `The recipe lists it already: ${patch}`
  if (outcome === undefined) throw patchNotAdded(patch, state.recipePath)
  await fs.writeFileAtomic(state.recipePath, outcome.text)
  return `Added to ${state.recipePath}: ${patch}`
}
