/** Renders recipe texts the way the command line does, for tests. */
import { throwIfErrors } from '../../../src/errors/index.js'
import type { LoadedRecipe, RenderedOutput } from '../../../src/recipe/index.js'
import { loadRecipe, loadVariantFile } from '../../../src/stages/load-recipe/index.js'
import {
  type RenderOptions,
  type RenderResult,
  renderOutputs,
} from '../../../src/stages/render-outputs/index.js'

export interface RenderCase {
  readonly recipe: string
  /** Text of a variants.yaml given with `-m`. */
  readonly variants?: string
  /** Text of the variants.yaml beside the recipe. */
  readonly recipeVariants?: string
  readonly target?: string
  readonly options?: Partial<RenderOptions>
}

/** The result with its diagnostics. */
export function renderCase({
  recipe,
  variants,
  recipeVariants,
  target = 'linux-64',
  options,
}: RenderCase): RenderResult {
  return renderLoaded(loadCase(recipe), {
    ...(variants !== undefined && { variants }),
    ...(recipeVariants !== undefined && { recipeVariants }),
    target,
    ...(options && { options }),
  })
}

/** A recipe without mistakes. */
export function loadCase(recipe: string): LoadedRecipe {
  const loaded = loadRecipe({ file: 'recipe.yaml', text: recipe })
  throwIfErrors(loaded.diagnostics)
  if (loaded.recipe === undefined) throw new Error('no recipe')
  return loaded.recipe
}

/** The result for a recipe that was loaded before. */
export function renderLoaded(
  recipe: LoadedRecipe,
  { variants, recipeVariants, target = 'linux-64', options }: Omit<RenderCase, 'recipe'>,
): RenderResult {
  const platforms = { build: 'linux-64', host: target, target }
  const config = (file: string, text: string) => {
    const result = loadVariantFile({ file, text }, { platforms })
    throwIfErrors(result.diagnostics)
    return result.config
  }
  return renderOutputs(recipe, {
    platforms,
    runningPlatform: 'linux-64',
    ...(variants !== undefined && { variantFiles: [config('variants.yaml', variants)] }),
    ...(recipeVariants !== undefined && { recipeVariants: config('beside/variants.yaml', recipeVariants) }),
    ...options,
  })
}

/** The outputs that are not skipped; throws the first mistake. */
export function outputsOf(input: RenderCase): RenderedOutput[] {
  const { outputs, diagnostics } = renderCase(input)
  throwIfErrors(diagnostics)
  return outputs.filter(({ skip }) => !skip)
}

/** The only output. */
export function outputOf(input: RenderCase): RenderedOutput {
  const [output, ...more] = outputsOf(input)
  if (output === undefined || more.length > 0) throw new Error(`${more.length + 1} outputs instead of one`)
  return output
}

/** A recipe with one package and this body. */
export function single(body: string): string {
  return `package: {name: a, version: "1"}\n${body}\n`
}
