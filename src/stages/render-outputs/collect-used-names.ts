/**
 * Decides which variables a recipe could use in any branch: they span the build matrix (spec: render.md
 * 7.3).
 */
import { parseMatchSpec, SpecError } from '../../conda/index.js'
import type { LoadedItem, LoadedList, LoadedRecipe, LoadedSection, LoadedValue } from '../../recipe/index.js'
import { environmentNames } from './environment-names.js'
import { normalizeKey } from './merge-variants.js'
import type { RenderOptions } from './options.js'

/** Keys that count whether or not a recipe mentions them. */
export const alwaysUsedKeys: readonly string[] = ['target_platform', 'channel_targets', 'channel_sources']

/** Normalised names; whoever asks intersects them with the configuration. `extra` does not count. */
export function collectUsedNames(recipe: LoadedRecipe, options: RenderOptions): Set<string> {
  const names = new Set<string>(alwaysUsedKeys)
  const add = (name: string) => names.add(normalizeKey(name))
  for (const { value } of recipe.context) visit(value, add)
  for (const [key, value] of recipe.root.members) {
    if (key !== 'extra') visit(value, add)
  }
  for (const section of [recipe.root, ...outputSections(recipe.root)]) {
    freeSpecs(section, add)
    useKeys(section, add)
  }
  for (const name of environmentNames(options)) add(name)
  return names
}

/** The sections of `outputs`, whatever their kind. */
export function outputSections(root: LoadedSection): LoadedSection[] {
  const outputs = root.members.get('outputs')
  if (outputs?.kind !== 'list') return []
  return outputs.items.flatMap((item) => (item.kind === 'section' ? [item] : []))
}

/** A spec that is nothing but a name, so that a variant may give it a version. */
export function isFreeSpec(canonical: string): boolean {
  return /^[a-z0-9_.-]+$/.test(canonical)
}

type Add = (name: string) => void

function visit(item: LoadedItem, add: Add): void {
  switch (item.kind) {
    case 'text':
      for (const name of item.names) add(name)
      return
    case 'list':
      for (const inner of item.items) visit(inner, add)
      return
    case 'section':
      for (const inner of item.members.values()) visit(inner, add)
      return
    case 'conditional':
      for (const name of item.condition.names) add(name)
      for (const inner of [...item.whenTrue, ...item.whenFalse]) visit(inner, add)
      return
    case 'data':
  }
}

function freeSpecs(section: LoadedSection, add: Add): void {
  const requirements = section.members.get('requirements')
  if (requirements?.kind !== 'section') return
  for (const key of ['build', 'host']) {
    const list = requirements.members.get(key)
    for (const text of literalTexts(list?.kind === 'list' ? list.items : [])) {
      const name = freeName(text)
      if (name !== undefined) add(name)
    }
  }
}

function freeName(text: string): string | undefined {
  const name = text.trim().toLowerCase()
  if (isFreeSpec(name)) return name
  try {
    const spec = parseMatchSpec(text, { mode: 'strict', v3: true })
    return Object.keys(spec).length === 1 ? spec.name : undefined
  } catch (error) {
    if (error instanceof SpecError) return undefined
    throw error
  }
}

function useKeys(section: LoadedSection, add: Add): void {
  const keys = path(section, ['build', 'variant', 'use_keys'])
  if (keys?.kind === 'list') for (const text of literalTexts(keys.items)) add(text)
}

function path(section: LoadedSection, keys: readonly string[]): LoadedValue | undefined {
  let value: LoadedValue | undefined = section
  for (const key of keys) value = value?.kind === 'section' ? value.members.get(key) : undefined
  return value
}

function literalTexts(items: LoadedList['items']): string[] {
  return items.flatMap((item) => {
    if (item.kind === 'text') return item.template === undefined ? [item.text] : []
    return item.kind === 'conditional' ? literalTexts([...item.whenTrue, ...item.whenFalse]) : []
  })
}
