/** Gives a recipe a new version: its text is edited, the checksums of its sources are made anew (spec: package.md 9.6). */
import { dirname } from 'node:path'
import type { RenderedOutput, RenderedSource } from '../../recipe/index.js'
import { cacheSource, hashCached, sourceName } from '../../stages/fetch-sources/index.js'
import { planBuilds } from '../../stages/plan-builds/index.js'
import { positionAt, type Span, type YamlScalar } from '../../text/index.js'
import type { BuildRequest } from '../build-request.js'
import type { BuildContext } from '../context.js'
import { findRecipes, type RecipeFile } from '../find-recipes.js'
import type { SourceTexts } from '../locate-diagnostics.js'
import { type RenderedRecipe, renderRecipes } from '../render-recipes.js'
import {
  applyEdits,
  findBuildNumbers,
  findSourceSums,
  findVersion,
  replaceScalar,
  type TextEdit,
} from './edit-recipe.js'
import { badVersion, noVersion, oneRecipe, sumNotUpdated } from './errors.js'
import { findNewVersion } from './find-new-version.js'

export interface BumpOptions {
  /** The newest one that is listed when undefined. */
  readonly version: string | undefined
  /** Among the listed ones, alphas and the like count too. */
  readonly includePrerelease: boolean
  /** Only the versions are compared. */
  readonly checkOnly: boolean
  readonly keepBuildNumber: boolean
  readonly dryRun: boolean
}

export interface Bump {
  /** As it is shown. */
  readonly recipe: string
  readonly from: string
  readonly to: string
  /** Where the new version was looked up. */
  readonly listedBy?: string
  /** What changed, in the order of the file; lines from 1, before and after without the blanks around. */
  readonly changes: readonly { readonly line: number; readonly before: string; readonly after: string }[]
}

type BumpContext = BuildContext & { readonly sources: SourceTexts }

/**
 * Nothing is written before every source of the new version was had.
 * @returns no changes when the recipe has this version
 * @throws BuildError `usage/...`, `load/...`, `render/...`, `source/...`
 */
export async function bumpRecipe(
  request: BuildRequest,
  options: BumpOptions,
  context: BumpContext,
): Promise<Bump> {
  if (options.version !== undefined && !/^[\w.!+-]+$/.test(options.version)) throw badVersion(options.version)
  const [file, another] = await findRecipes(request.recipes, context.system)
  if (file === undefined || another !== undefined || file.shown === '<stdin>') throw oneRecipe()
  const version = findVersion(file.text)
  if (version === undefined) throw noVersion(file.shown)
  const wanted = await chooseVersion({ file, from: version.text, request }, options, context)
  const bump = { recipe: file.shown, from: version.text, ...wanted }
  if (version.text === wanted.to || options.checkOnly) return { ...bump, changes: [] }
  const edited = await editText({ file, version, to: wanted.to }, { request, options, context })
  if (!options.dryRun) await context.system.fs.writeFileAtomic(file.path, edited, await modeOf(file, context))
  return { ...bump, changes: changedLines(file.text, edited) }
}

async function chooseVersion(
  {
    file,
    from,
    request,
  }: { readonly file: RecipeFile; readonly from: string; readonly request: BuildRequest },
  { version, includePrerelease }: BumpOptions,
  context: BumpContext,
): Promise<{ readonly to: string; readonly listedBy?: string }> {
  if (version !== undefined) return { to: version }
  const found = await findSources(file, request, context)
  const newest = await findNewVersion(
    found.map(({ source }) => source),
    { recipe: file.shown, from, includePrerelease },
    { ...context, recipeDirectory: dirname(file.path) },
  )
  return { to: newest.version, listedBy: newest.listedBy }
}

async function editText(
  { file, version, to }: { readonly file: RecipeFile; readonly version: YamlScalar; readonly to: string },
  work: { readonly request: BuildRequest; readonly options: BumpOptions; readonly context: BumpContext },
): Promise<string> {
  const { request, options, context } = work
  const numbers = options.keepBuildNumber ? [] : findBuildNumbers(file.text)
  const text = applyEdits(file.text, [
    replaceScalar(file.text, version, to),
    ...numbers.map((scalar) => replaceScalar(file.text, scalar, '0')),
  ])
  return applyEdits(text, await sumEdits({ ...file, text }, request, context))
}

async function modeOf(file: RecipeFile, { system }: BumpContext): Promise<{ mode: number } | undefined> {
  const info = await system.fs.stat(file.path)
  return info && { mode: info.mode }
}

/** A source of the new version and where its checksums are written. */
interface NewSource {
  readonly source: RenderedSource
  readonly rendered: RenderedRecipe
  readonly places: ReadonlyMap<SumKey, Span>
}

const sumKeys = ['sha256', 'md5', 'expected_commit'] as const
type SumKey = (typeof sumKeys)[number]

async function sumEdits(
  file: RecipeFile,
  request: BuildRequest,
  context: BumpContext,
): Promise<readonly TextEdit[]> {
  const sums = findSourceSums(file.text)
  const edits = new Map<number, TextEdit>()
  for (const found of await findSources(file, request, context)) {
    for (const [key, span] of found.places) {
      const scalar = sums.find((item) => item.span.start === span.start) ?? scalarOf(file.text, span)
      if (edits.has(span.start)) continue
      const value = await newSum(found, key, { request, context })
      edits.set(span.start, replaceScalar(file.text, scalar, value))
    }
  }
  for (const sum of sums) {
    if (!edits.has(sum.span.start)) warnAboutSum(sum, file, context)
  }
  return [...edits.values()]
}

function scalarOf(text: string, span: Span): YamlScalar {
  const written = text.slice(span.start, span.end)
  const isQuoted = /^["']/.test(written)
  const value = isQuoted ? written.slice(1, -1) : written
  return { kind: 'scalar', text: value, plain: !isQuoted, style: isQuoted ? 'quoted' : 'plain', span }
}

function warnAboutSum(sum: YamlScalar, file: RecipeFile, { emit }: BumpContext): void {
  const { line } = positionAt(file.text, sum.span.start)
  emit({ type: 'warning', ...sumNotUpdated(`${file.shown}:${line}`) })
}

/** Sources differ between platforms, and a recipe is for all of them. */
const usualPlatforms = ['linux-64', 'linux-aarch64', 'osx-64', 'osx-arm64', 'win-64']

async function findSources(
  file: RecipeFile,
  request: BuildRequest,
  context: BumpContext,
): Promise<readonly NewSource[]> {
  const { fs } = context.system
  const content = new TextEncoder().encode(file.text)
  // The new text is rendered as if it were written already.
  const readBytes = async (path: string) => (path === file.path ? content : fs.readBytes(path))
  const system = { ...context.system, fs: { ...fs, readBytes } }
  const quiet = { ...context, system, emit: () => {} }
  const own = await renderRecipes(request, { ...context, system })
  const found = own.flatMap(sourcesOf)
  for (const subdir of usualPlatforms) {
    const { options } = request.render
    const platforms = { ...options.platforms, host: subdir, target: subdir }
    const other = { ...request, render: { ...request.render, options: { ...options, platforms } } }
    // What cannot be rendered elsewhere is not for elsewhere.
    const rendered = await renderRecipes(other, quiet).catch(() => [])
    found.push(...rendered.flatMap(sourcesOf))
  }
  return found
}

function sourcesOf(rendered: RenderedRecipe): NewSource[] {
  return rendered.outputs.flatMap((output) => {
    const staged = (output.recipe.staging_caches ?? []) as unknown as { source?: readonly RenderedSource[] }[]
    return [
      ...(output.recipe.source ?? []).map((source, index) =>
        toNew(source, `/source/${index}`, { output, rendered }),
      ),
      ...staged.flatMap((cache, at) =>
        (cache.source ?? []).map((source, index) =>
          toNew(source, `/staging_caches/${at}/source/${index}`, { output, rendered }),
        ),
      ),
    ]
  })
}

function toNew(
  source: RenderedSource,
  pointer: string,
  { output, rendered }: { readonly output: RenderedOutput; readonly rendered: RenderedRecipe },
): NewSource {
  const places = new Map<SumKey, Span>()
  for (const key of sumKeys) {
    const origin = output.provenance.origins.get(`${pointer}/${key}`)
    if (origin === undefined) continue
    if (origin.template === undefined) places.set(key, origin.span)
    const [read, another] = origin.reads.filter(({ from }) => from.kind === 'context')
    // `${{ sha256 }}`: the value stands in the context.
    if (origin.template !== undefined && another === undefined && read?.from.kind === 'context')
      places.set(key, read.from.span)
  }
  return { source, rendered, places }
}

async function newSum(
  { source, rendered }: NewSource,
  key: SumKey,
  { request, context }: { readonly request: BuildRequest; readonly context: BumpContext },
): Promise<string> {
  const [plan] = planBuilds([{ ...rendered.file, outputs: rendered.outputs.slice(0, 1), channels: [[]] }], {
    ...request.plan,
    buildId: undefined,
  })
  const { outputDirectory } = request.plan
  const directories = plan?.directories ?? emptyDirectories(rendered.file.directory, outputDirectory)
  const place = { id: sourceName(source), recipePath: rendered.file.path, directories }
  const {
    sha256: _,
    md5: __,
    expected_commit: ___,
    patches: ____,
    ...unchecked
  } = source as unknown as Record<string, unknown>
  const tools = { options: request.build, context }
  const cached = await cacheSource(unchecked as unknown as RenderedSource, place, tools)
  return key === 'expected_commit' ? (cached.commit ?? '') : hashCached(cached, key, context)
}

function emptyDirectories(recipe: string, output: string) {
  return { recipe, output, build: output, work: output, host: output, buildPrefix: output }
}

function changedLines(before: string, after: string): Bump['changes'] {
  const [old, made] = [before.split('\n'), after.split('\n')]
  return old.flatMap((text, index) => {
    const other = made[index] ?? ''
    return text === other ? [] : [{ line: index + 1, before: text.trim(), after: other.trim() }]
  })
}
