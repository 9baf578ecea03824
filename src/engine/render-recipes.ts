/** Recipe texts to rendered outputs: loads the recipe and its variant files and renders every variant. */
import path from 'node:path'
import { type Diagnostic, throwIfErrors } from '../errors/index.js'
import type { LoadedRecipe, RenderedOutput, VariantConfig } from '../recipe/index.js'
import { type LoadResult, loadRecipe, loadVariantFile } from '../stages/load-recipe/index.js'
import { type RenderOptions, renderOutputs } from '../stages/render-outputs/index.js'
import type { FileSystem } from '../system/index.js'
import type { BuildContext } from './context.js'
import { variantFileNotFound } from './errors.js'
import { findRecipes, type RecipeFile, type RecipeSelection, readUtf8, showPath } from './find-recipes.js'
import { locateDiagnostic, type SourceTexts } from './locate-diagnostics.js'
import { createTemplateEffects } from './template-effects.js'

export interface RenderRequest {
  /** Files of `-m`, as given. */
  readonly variantFiles: readonly string[]
  readonly ignoreRecipeVariants: boolean
  /** Everything else that rendering needs. */
  readonly options: Omit<RenderOptions, 'variantFiles' | 'recipeVariants'>
}

export interface RenderedRecipe {
  readonly file: RecipeFile
  readonly outputs: readonly RenderedOutput[]
  /** What the outputs were rendered from. */
  readonly loaded: LoadedRecipe
  readonly options: RenderOptions
}

type RenderContext = Pick<BuildContext, 'system' | 'emit'> & { readonly sources: SourceTexts }

/** Loads and renders every recipe of a call, in order. */
export async function renderRecipes(
  request: { readonly recipes: RecipeSelection; readonly render: RenderRequest },
  context: RenderContext,
): Promise<readonly RenderedRecipe[]> {
  const rendered: RenderedRecipe[] = []
  for (const file of await findRecipes(request.recipes, context.system)) {
    const recipe = await renderRecipe(file, request.render, context)
    if (recipe) rendered.push(recipe)
  }
  return rendered
}

/** Renders one recipe. Warnings are emitted; all errors of a file are thrown together. */
async function renderRecipe(
  file: RecipeFile,
  request: RenderRequest,
  context: RenderContext,
): Promise<RenderedRecipe | undefined> {
  context.sources.set(file.shown, file.text)
  const variantFiles: VariantConfig[] = []
  for (const given of request.variantFiles) variantFiles.push(await readVariants(given, request, context))
  const recipeVariants = await readRecipeVariants(file, request, context)
  const loaded = loadOnce(file, context)
  report(loaded.diagnostics, context)
  if (loaded.recipe === undefined) return undefined
  const effects = await effectsOf(file, request, context)
  const options = { ...request.options, effects, variantFiles, ...(recipeVariants && { recipeVariants }) }
  const rendered = renderOutputs(loaded.recipe, options)
  report(rendered.diagnostics, context)
  return { file, outputs: rendered.outputs, loaded: loaded.recipe, options }
}

/** Only experimental recipes may ask more than environment variables. */
async function effectsOf(file: RecipeFile, { options }: RenderRequest, { system }: RenderContext) {
  if (options.experimental !== true) return options.effects ?? {}
  return { ...options.effects, ...(await createTemplateEffects(file, system)) }
}

/** Recipes that were loaded in this process, by their name and text: a batch renders each for many variants. */
const loadedRecipes = new WeakMap<FileSystem, Map<string, LoadResult>>()
const mostRemembered = 64

function loadOnce({ shown, text }: RecipeFile, { system }: RenderContext): LoadResult {
  const memo = loadedRecipes.get(system.fs) ?? new Map<string, LoadResult>()
  loadedRecipes.set(system.fs, memo)
  const key = `${shown}\n${text}`
  const known = memo.get(key)
  if (known) return known
  const loaded = loadRecipe({ file: shown, text })
  if (memo.size >= mostRemembered) memo.clear()
  memo.set(key, loaded)
  return loaded
}

/** Warnings become events, errors end the run. */
function report(diagnostics: readonly Diagnostic[], context: RenderContext): void {
  throwIfErrors(diagnostics)
  for (const diagnostic of diagnostics) {
    const { severity: _, ...shown } = locateDiagnostic(diagnostic, context.sources)
    context.emit({ type: 'warning', ...shown })
  }
}

async function readVariants(
  given: string,
  request: RenderRequest,
  context: RenderContext,
): Promise<VariantConfig> {
  const { system } = context
  const file = path.resolve(system.host.currentDirectory, given)
  if ((await system.fs.stat(file))?.type !== 'file') throw variantFileNotFound(given)
  const shown = showPath(file, system)
  const text = await readUtf8(file, shown, system)
  context.sources.set(shown, text)
  const env = (name: string) => system.env.get(name)
  // Selectors of variant files see the machine that renders, whatever --build-platform says.
  const { platforms, runningPlatform } = request.options
  const { config, diagnostics } = loadVariantFile(
    { file: shown, text },
    { platforms: { ...platforms, build: runningPlatform }, env },
  )
  report(diagnostics, context)
  return config
}

/** The first of the two file names beside the recipe. */
async function readRecipeVariants(
  file: RecipeFile,
  request: RenderRequest,
  context: RenderContext,
): Promise<VariantConfig | undefined> {
  if (request.ignoreRecipeVariants || file.shown === '<stdin>') return undefined
  for (const name of ['variants.yaml', 'conda_build_config.yaml']) {
    const candidate = path.join(file.directory, name)
    if ((await context.system.fs.stat(candidate))?.type === 'file')
      return readVariants(candidate, request, context)
  }
  return undefined
}
