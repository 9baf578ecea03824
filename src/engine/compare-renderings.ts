/** Decides what differs between two rendered outputs, value by value, and which variant keys are the cause. */
import type { RenderedOutput } from '../recipe/index.js'
import { commonItems, type Json } from '../text/index.js'
import { showJson } from './explain/show-text.js'
import { formatPath, isList, nameOf, type ValuePath } from './explain/value-path.js'

/** One place that differs; `before` or `after` is absent when only the other one has it. */
export interface Change {
  readonly path: string
  readonly before?: Json
  readonly after?: Json
}

export interface Comparison {
  readonly changes: readonly Change[]
  /** Variant keys that differ. */
  readonly causes: readonly Change[]
}

/** Both parts are empty when the outputs are the same. */
export function compareRenderings(before: RenderedOutput, after: RenderedOutput): Comparison {
  // Rendered recipes and variants are plain JSON by construction.
  const recipes = [before.recipe, after.recipe] as unknown as readonly [Json, Json]
  return {
    changes: compareData(recipes[0], recipes[1]),
    causes: changesBetween(before.variant, after.variant, ['variant']),
  }
}

/** What differs between two pieces of data, value by value; items of lists are paired by their names. */
export function compareData(before: Json | undefined, after: Json | undefined): readonly Change[] {
  return changesBetween(before, after, [])
}

/** Lines for people; `no difference` when there is none. */
export function formatComparison({ changes, causes }: Comparison): string {
  if (changes.length + causes.length === 0) return 'no difference\n'
  const because =
    causes.length > 0 ? ['because:', ...causes.map((change) => `  ${formatChange(change)}`)] : []
  return `${[...changes.map(formatChange), ...because].join('\n')}\n`
}

/** `path: before -> after`, `path: added ...` or `path: removed ...`. */
export function formatChange({ path, before, after }: Change): string {
  if (before === undefined) return `${path}: added ${showJson(after)}`
  if (after === undefined) return `${path}: removed ${showJson(before)}`
  return `${path}: ${showJson(before)} -> ${showJson(after)}`
}

function changesBetween(before: Json | undefined, after: Json | undefined, path: ValuePath): Change[] {
  if (isList(before) && isList(after)) return listChanges(before, after, path)
  if (isObject(before) && isObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)])
    return [...keys].flatMap((key) =>
      changesBetween(ownMember(before, key), ownMember(after, key), [...path, key]),
    )
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  return [
    {
      path: formatPath(path),
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
    },
  ]
}

/** Items that are in both lists stay; between them, items of the same name are compared, then those left in order. */
function listChanges(before: readonly Json[], after: readonly Json[], path: ValuePath): Change[] {
  return alignItems(before, after).flatMap(({ left, right }) => {
    const old = left === undefined ? undefined : before[left]
    const now = right === undefined ? undefined : after[right]
    return changesBetween(old, now, [...path, right ?? left ?? 0])
  })
}

interface Pair {
  readonly left?: number
  readonly right?: number
}

/** Only what is between equal items; those themselves need no look. */
function alignItems(before: readonly Json[], after: readonly Json[]): readonly Pair[] {
  const pairs: Pair[] = []
  let [fromLeft, fromRight] = [0, 0]
  const end = { left: before.length, right: after.length }
  for (const { left, right } of [...commonItems(before.map(toText), after.map(toText)), end]) {
    pairs.push(...pairGap({ before, after, lefts: range(fromLeft, left), rights: range(fromRight, right) }))
    fromLeft = left + 1
    fromRight = right + 1
  }
  return pairs
}

interface Gap {
  readonly before: readonly Json[]
  readonly after: readonly Json[]
  readonly lefts: readonly number[]
  readonly rights: readonly number[]
}

function pairGap({ before, after, lefts, rights }: Gap): readonly Pair[] {
  const names = new Map(rights.map((right) => [nameOf(after[right] ?? null), right]))
  const matches = new Map<number, number>()
  for (const left of lefts) {
    const name = nameOf(before[left] ?? null)
    const right = name === undefined ? undefined : names.get(name)
    if (right === undefined) continue
    matches.set(left, right)
    names.delete(name)
  }
  const taken = new Set(matches.values())
  const free = rights.filter((right) => !taken.has(right))
  const paired = lefts.map((left): Pair => {
    const right = matches.get(left) ?? free.shift()
    return right === undefined ? { left } : { left, right }
  })
  return [...paired, ...free.map((right): Pair => ({ right }))]
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index)
}

function toText(item: Json): string {
  return JSON.stringify(item)
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !isList(value)
}

function ownMember(value: { readonly [key: string]: Json }, key: string): Json | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined
}
