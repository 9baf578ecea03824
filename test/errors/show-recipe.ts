/** Reads and renders a recipe in memory and shows what a person would see. */

import { failureEvent } from '../../src/engine/failure-event.js'
import { locateDiagnostic, type SourceTexts } from '../../src/engine/locate-diagnostics.js'
import { type Diagnostic, throwIfErrors } from '../../src/errors/index.js'
import type { BuildEvent } from '../../src/events/index.js'
import type { VariantConfig } from '../../src/recipe/index.js'
import { createStyle, eventLines } from '../../src/report/index.js'
import { loadRecipe, loadVariantFile } from '../../src/stages/load-recipe/index.js'
import { renderOutputs } from '../../src/stages/render-outputs/index.js'

const platforms = { build: 'linux-64', host: 'linux-64', target: 'linux-64' }
const env = { get: () => undefined, all: () => ({}) }
const style = createStyle({ colors: false, width: 100, currentDirectory: '/home/me', env })

/** The lines of an event as they are in a log file. */
export function show(event: BuildEvent): string {
  return eventLines(event, { style, verbosity: 'normal', scriptOutput: true })
    .map((line) => line.trimEnd())
    .join('\n')
}

/** All diagnostics of a recipe: those of its variants, of loading, then of rendering. */
export function diagnose(recipe: string, variants?: string): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  let recipeVariants: VariantConfig | undefined
  if (variants !== undefined) {
    const file = loadVariantFile({ file: 'variants.yaml', text: variants }, { platforms })
    recipeVariants = file.config
    diagnostics.push(...file.diagnostics)
  }
  const loaded = loadRecipe({ file: 'recipe.yaml', text: recipe })
  diagnostics.push(...loaded.diagnostics)
  if (loaded.recipe === undefined || diagnostics.some(({ severity }) => severity === 'error')) {
    return diagnostics
  }
  const options = { platforms, runningPlatform: 'linux-64', ...(recipeVariants && { recipeVariants }) }
  return [...diagnostics, ...renderOutputs(loaded.recipe, options).diagnostics]
}

/** What `build` prints for the recipe: warnings, or the failure. */
export function showRecipe(recipe: string, variants?: string): string {
  const sources: SourceTexts = new Map([['recipe.yaml', recipe]])
  if (variants !== undefined) sources.set('variants.yaml', variants)
  const diagnostics = diagnose(recipe, variants)
  try {
    throwIfErrors(diagnostics)
  } catch (error) {
    return show(failureEvent(error, undefined, { sources, signal: new AbortController().signal }))
  }
  const warnings = diagnostics.map((diagnostic) => locateDiagnostic(diagnostic, sources))
  return warnings.map(({ severity: _, ...shown }) => show({ type: 'warning', ...shown })).join('\n')
}
