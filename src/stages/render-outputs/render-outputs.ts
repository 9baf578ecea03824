/** Decides which outputs a recipe has: one for every combination of variant values that matters. */
import { type Diagnostic, isBuildError, toDiagnostic } from '../../errors/index.js'
import type { LoadedRecipe, RenderedOutput } from '../../recipe/index.js'
import { collectUsedNames } from './collect-used-names.js'
import {
  type Combination,
  combineVariants,
  expandCombination,
  uniqueCombinations,
} from './combine-variants.js'
import type { Draft } from './draft.js'
import { findMissingOutputs, finishDrafts, skippedOutput } from './finish-drafts.js'
import { type MergedVariants, mergeVariants } from './merge-variants.js'
import type { RenderOptions } from './options.js'
import { discoverMulti, renderMulti } from './render-multi.js'
import { discoverSingle, renderSingle } from './render-single.js'
import { createShared, type Shared } from './session.js'
import { freeNames } from './used-variant.js'

export interface RenderResult {
  /**
   * Dependencies first; skipped outputs (`skip: true`) stand behind the others. Empty when there are errors.
   */
  readonly outputs: readonly RenderedOutput[]
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Renders a recipe. Pure: whatever it needs from outside is in the options. Never throws for a bad recipe.
 */
export function renderOutputs(recipe: LoadedRecipe, options: RenderOptions): RenderResult {
  const diagnostics: Diagnostic[] = []
  const variants = mergeVariants(options, diagnostics)
  if (hasErrors(diagnostics)) return { outputs: [], diagnostics }
  const shared = createShared(recipe, options)
  const discovery = withoutThrowing(() => discoverCombinations(shared, variants))
  if ('problem' in discovery) return { outputs: [], diagnostics: [...diagnostics, discovery.problem] }
  const { combinations, rendered } = discovery
  const results = combinations.map(
    (combination) => rendered.get(combination) ?? renderCombination(shared, combination),
  )
  const unique = uniqueDiagnostics([...diagnostics, ...results.flatMap((result) => result.diagnostics)])
  if (hasErrors(unique)) return { outputs: [], diagnostics: unique }
  return finish(
    results.flatMap(({ drafts }) => drafts),
    results.flatMap(({ skipped }) => skipped),
    unique,
  )
}

const maxDiscoveryRounds = 10

/**
 * Combinations of the keys that the recipe mentions, and of those that its rendered requirements turn out to
 * name.
 */
function discoverCombinations(shared: Shared, variants: MergedVariants): Discovery {
  const rendered: RenderedCombinations = new Map()
  let combinations = combineVariants(variants, collectUsedNames(shared.recipe, shared.options))
  const discovered = new Map<Combination, readonly string[]>()
  for (let round = 0; round < maxDiscoveryRounds; round++) {
    const next = combinations.flatMap((combination) => {
      const known = discovered.get(combination)
      const names = known ?? discover(shared, combination, rendered)
      discovered.set(combination, names)
      const missing = names.filter((name) => variants.values.has(name) && !combination.has(name))
      return missing.length === 0 ? [combination] : expandCombination(combination, variants, new Set(missing))
    })
    const isStable =
      next.length === combinations.length && next.every((item, index) => item === combinations[index])
    combinations = isStable ? combinations : uniqueCombinations(next)
    if (isStable) break
  }
  return { combinations, rendered }
}

/** What a combination gives. */
interface Rendered {
  readonly drafts: readonly Draft[]
  readonly skipped: readonly RenderedOutput[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Combinations that discovery has rendered in full. */
type RenderedCombinations = Map<Combination, Rendered>

interface Discovery {
  readonly combinations: readonly Combination[]
  readonly rendered: RenderedCombinations
}

/** A single output is rendered at once: nearly always the combination stays as it is. */
function discover(shared: Shared, combination: Combination, rendered: RenderedCombinations): string[] {
  if (shared.recipe.form === 'multi') return discoverMulti(shared, combination)
  const diagnostics: Diagnostic[] = []
  const draft = renderSingle(shared, combination, diagnostics)
  rendered.set(
    combination,
    sortDrafts(draft ? [draft] : [], diagnostics, () => again(shared, combination)),
  )
  return draft ? freeNames(draft.requirements) : discoverSingle(shared, combination)
}

/** Keeping every draft of a large matrix costs more than rendering the few again that somebody asks about. */
function again(shared: Shared, combination: Combination): Draft {
  const draft = renderSingle(shared, combination, [])
  if (draft === undefined) throw new Error('what was rendered once cannot be rendered again')
  return draft
}

function renderCombination(shared: Shared, combination: Combination): Rendered {
  const diagnostics: Diagnostic[] = []
  if (shared.recipe.form === 'multi')
    return sortDrafts(renderMulti(shared, combination, diagnostics), diagnostics)
  const draft = renderSingle(shared, combination, diagnostics)
  return sortDrafts(draft ? [draft] : [], diagnostics)
}

function sortDrafts(
  drafts: readonly Draft[],
  diagnostics: readonly Diagnostic[],
  renderAgain?: () => Draft,
): Rendered {
  return {
    drafts: drafts.filter(({ skip }) => !skip),
    skipped: drafts
      .filter(({ skip }) => skip)
      .map((draft) => skippedOutput(draft, renderAgain ?? (() => draft))),
    diagnostics,
  }
}

function finish(
  drafts: readonly Draft[],
  skipped: readonly RenderedOutput[],
  diagnostics: readonly Diagnostic[],
): RenderResult {
  const missing = findMissingOutputs(drafts).map(toDiagnostic)
  if (missing.length > 0) return { outputs: [], diagnostics: uniqueDiagnostics([...diagnostics, ...missing]) }
  const finished = withoutThrowing(() => ({ outputs: [...finishDrafts(drafts), ...skipped], diagnostics }))
  if ('problem' in finished) return { outputs: [], diagnostics: [...diagnostics, finished.problem] }
  return finished
}

function withoutThrowing<T extends object>(step: () => T): T | { readonly problem: Diagnostic } {
  try {
    return step()
  } catch (error) {
    if (!isBuildError(error)) throw error
    return { problem: toDiagnostic(error) }
  }
}

function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error')
}

/** A mistake shows in every variant; once is enough. */
function uniqueDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const unique = new Map(
    diagnostics.map((diagnostic) => [
      `${diagnostic.span?.start} ${diagnostic.code} ${diagnostic.message}`,
      diagnostic,
    ]),
  )
  return [...unique.values()]
}
