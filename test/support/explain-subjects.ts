/** Renders recipe texts to what explanations are made from. */

import { toSubjects } from '../../src/engine/explain/subjects.js'
import type { ExplainSubject } from '../../src/engine/explain/types.js'
import { throwIfErrors } from '../../src/errors/index.js'
import { loadRecipe, loadVariantFile } from '../../src/stages/load-recipe/index.js'
import { type RenderOptions, renderOutputs } from '../../src/stages/render-outputs/index.js'

export interface SubjectTexts {
  readonly recipe: string
  readonly variants?: string
  readonly options?: Partial<RenderOptions>
  /** What is asked for; skipped outputs count only for `build.skip`. */
  readonly path?: string
}

/** All outputs of a recipe for linux-64; throws when the recipe has a mistake. */
export function explainSubjects({
  recipe,
  variants,
  options = {},
  path,
}: SubjectTexts): readonly ExplainSubject[] {
  const platforms = { build: 'linux-64', host: 'linux-64', target: 'linux-64' }
  const texts = new Map([['recipe.yaml', recipe]])
  const { recipe: loaded, diagnostics } = loadRecipe({ file: 'recipe.yaml', text: recipe })
  throwIfErrors(diagnostics)
  if (loaded === undefined) throw new Error('no recipe')
  const recipeVariants = variants === undefined ? undefined : readVariants(variants, platforms, texts)
  const all: RenderOptions = {
    platforms,
    runningPlatform: 'linux-64',
    ...(recipeVariants && { recipeVariants }),
    ...options,
  }
  const rendered = renderOutputs(loaded, all)
  throwIfErrors(rendered.diagnostics)
  const file = { path: '/recipe.yaml', directory: '/', shown: 'recipe.yaml', text: recipe }
  return toSubjects([{ file, outputs: rendered.outputs, loaded, options: all }], texts, path)
}

function readVariants(text: string, platforms: RenderOptions['platforms'], texts: Map<string, string>) {
  texts.set('variants.yaml', text)
  const { config, diagnostics } = loadVariantFile({ file: 'variants.yaml', text }, { platforms })
  throwIfErrors(diagnostics)
  return config
}
