/** Decides which texts and lists of a recipe file belong to one output, and under which path each is written. */
import type { LoadedItem, LoadedSection } from '../../recipe/index.js'
import type { Span } from '../../text/index.js'
import type { ExplainSubject } from './types.js'

/** A text or a condition as it is written. */
export interface RecipeText {
  /** Keys joined by dots, without indexes, because `if` items make those depend on the variant. */
  readonly path: string
  readonly text: string
  readonly span: Span
  readonly isTemplate: boolean
  /** Variables it mentions. */
  readonly names: ReadonlySet<string>
}

/** Everything an output is made of: the top level, its own section and, when it inherits, the staging sections. */
export function recipeTexts({ recipe, output }: ExplainSubject): readonly RecipeText[] {
  const texts: RecipeText[] = []
  const add = (text: RecipeText) => void texts.push(text)
  for (const { key, value } of recipe.context) collect(value, `context.${key}`, add)
  for (const [key, value] of recipe.root.members) {
    if (key !== 'outputs') collect(value, key, add)
  }
  const nameSpan = output.provenance.origins.get('/package/name')?.span
  for (const section of outputSections(recipe.root)) {
    const isOwn = nameSpan === undefined || isWithin(nameSpan, section.span)
    const isStaging = section.alternative === 'staging' && output.recipe.inherits_from !== undefined
    if (isStaging || (isOwn && section.alternative !== 'staging')) {
      for (const [key, value] of section.members) collect(value, key, add)
    }
  }
  return texts
}

/** Whether a span lies inside another one. */
export function isWithin(inner: Span, outer: Span): boolean {
  return inner.file === outer.file && inner.start >= outer.start && inner.end <= outer.end
}

function outputSections(root: LoadedSection): LoadedSection[] {
  const outputs = root.members.get('outputs')
  return outputs?.kind === 'list'
    ? outputs.items.flatMap((item) => (item.kind === 'section' ? [item] : []))
    : []
}

function collect(item: LoadedItem, path: string, add: (text: RecipeText) => void): void {
  switch (item.kind) {
    case 'text': {
      const { text, span, names, template } = item
      add({ path, text, span, names, isTemplate: template !== undefined })
      return
    }
    case 'list':
      for (const inner of item.items) collect(inner, path, add)
      return
    case 'section':
      for (const [key, value] of item.members) collect(value, `${path}.${key}`, add)
      return
    case 'conditional': {
      const { text, span, names } = item.condition
      add({ path, text: `if: ${text}`, span, names, isTemplate: false })
      for (const inner of [...item.whenTrue, ...item.whenFalse]) collect(inner, path, add)
      return
    }
    case 'data':
      for (const inner of item.texts.values()) collect(inner, path, add)
  }
}
