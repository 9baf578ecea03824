/** Decides which combinations of variant values are rendered, and in which order (spec: render.md 7.4). */
import type { VariantItem } from '../../recipe/index.js'
import { compareText } from '../../template/index.js'
import { maxCombinations, tooManyCombinations } from './errors.js'
import type { MergedVariants } from './merge-variants.js'

/** One value for every key that counts. */
export type Combination = ReadonlyMap<string, VariantItem>

/**
 * All combinations of the used keys, sorted as rattler-build sorts them, without repetitions.
 * @throws BuildError `render/too-many-combinations`
 */
export function combineVariants(variants: MergedVariants, used: ReadonlySet<string>): Combination[] {
  // Without repetitions in any axis there are none in the product, and a product can be large.
  const axes = axesOf(variants, used).map((axis) => uniqueCombinations(sortCombinations(axis)))
  return sortCombinations(product([new Map()], axes))
}

/** Every combination once for each value of the keys it does not have yet; zip groups play no part here. */
export function expandCombination(
  combination: Combination,
  variants: MergedVariants,
  keys: Iterable<string>,
): Combination[] {
  const axes = [...keys]
    .filter((key) => !combination.has(key))
    .sort(compareText)
    .map((key) => (variants.values.get(key) ?? []).map((item): Combination => new Map([[key, item]])))
  return product([combination], axes)
}

/** The first of every set of combinations that read the same as text. */
export function uniqueCombinations(combinations: readonly Combination[]): Combination[] {
  const unique = new Map<string, Combination>()
  for (const combination of combinations) {
    const text = plainText(combination)
    if (!unique.has(text)) unique.set(text, combination)
  }
  return [...unique.values()]
}

/** An axis of the matrix: alternatives, each a few keys with their values. */
type Axis = readonly Combination[]

function axesOf(variants: MergedVariants, used: ReadonlySet<string>): Axis[] {
  const zipped = new Set<string>()
  const axes: Axis[] = []
  for (const group of variants.zipKeys) {
    const members = group.filter((key) => used.has(key) && variants.values.has(key))
    if (members.length === 0) continue
    for (const key of members) zipped.add(key)
    axes.push(zipAxis(variants, members))
  }
  const single = [...used].filter((key) => !zipped.has(key) && variants.values.has(key)).sort(compareText)
  return [...single.map((key) => zipAxis(variants, [key])), ...axes]
}

function zipAxis(variants: MergedVariants, keys: readonly string[]): Axis {
  const lists = keys.map((key) => variants.values.get(key) ?? [])
  const length = Math.min(...lists.map((list) => list.length))
  return Array.from({ length }, (_, index) => {
    const column = new Map<string, VariantItem>()
    for (const [at, key] of keys.entries()) {
      const item = lists[at]?.[index]
      if (item) column.set(key, item)
    }
    return column
  })
}

function product(start: readonly Combination[], axes: readonly Axis[]): Combination[] {
  checkSize(start, axes)
  return axes.reduce<Combination[]>(
    (combinations, axis) =>
      combinations.flatMap((combination) => axis.map((column) => joined(combination, column))),
    [...start],
  )
}

function checkSize(start: readonly Combination[], axes: readonly Axis[]): void {
  const count = axes.reduce((product, axis) => product * axis.length, start.length)
  if (count <= maxCombinations) return
  const longest = axes.filter(({ length }) => length > 1).sort((left, right) => right.length - left.length)
  const names = longest.map((axis) => `\`${[...(axis[0]?.keys() ?? [])].join('`, `')}\` (${axis.length})`)
  const items = longest.flatMap((axis) => [...(axis[0]?.values() ?? [])])
  throw tooManyCombinations(count, names, items.find(({ span }) => span)?.span)
}

function joined(combination: Combination, column: Combination): Combination {
  const both = new Map(combination)
  for (const [key, item] of column) both.set(key, item)
  return both
}

/** All have the same keys. */
function sortCombinations(combinations: readonly Combination[]): Combination[] {
  const keys = [...(combinations[0]?.keys() ?? [])].sort(compareText)
  const texts = new Map<VariantItem, string>()
  return combinations
    .map((combination) => ({ combination, text: debugText(combination, keys, texts) }))
    .sort((left, right) => compareText(left.text, right.text))
    .map(({ combination }) => combination)
}

/**
 * The order of the matrix is that of this text: quoted texts before bare numbers before bare words. The names of the
 * keys, which it has as well, are the same in all of them. @param texts of items that were met before
 */
function debugText(
  combination: Combination,
  keys: readonly string[],
  texts: Map<VariantItem, string>,
): string {
  let text = ''
  for (const key of keys) {
    const item = combination.get(key)
    if (item === undefined) continue
    const known = texts.get(item) ?? JSON.stringify(item.value)
    texts.set(item, known)
    text += text === '' ? known : `, ${known}`
  }
  return `${text}}`
}

function plainText(combination: Combination): string {
  return JSON.stringify(sortedEntries(combination).map(([key, { value }]) => [key, String(value)]))
}

function sortedEntries(combination: Combination): [string, VariantItem][] {
  return [...combination].sort(([left], [right]) => compareText(left, right))
}
