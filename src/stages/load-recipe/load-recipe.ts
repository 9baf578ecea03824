/** Decides whether a recipe file is a recipe: every mistake of the file is found in one go. */
import type { Diagnostic } from '../../errors/index.js'
import {
  type LoadedRecipe,
  type LoadedSection,
  multiRecipeFields,
  singleRecipeFields,
} from '../../recipe/index.js'
import { getEntry, parseYaml, type SourceText, type Span, type YamlMapping } from '../../text/index.js'
import { cacheSection, invalidValue, missingField, wrongType } from './errors.js'
import { loadContext } from './load-context.js'
import { loadField } from './load-field.js'
import { type LoadField, loadSection } from './load-section.js'
import { type Loader, report } from './loader.js'
import { reportYaml, sortedDiagnostics } from './report-yaml.js'

export interface LoadResult {
  /** As much as was understood; undefined when the file is no mapping. */
  readonly recipe: LoadedRecipe | undefined
  /** Mistakes and warnings in the order of the file; the recipe is only good without `error`s. */
  readonly diagnostics: readonly Diagnostic[]
}

/** Reads a recipe. Never throws: editors call this on half-typed text. */
export function loadRecipe(source: SourceText): LoadResult {
  const loader: Loader = { source, diagnostics: [] }
  const { root, problems } = parseYaml(source)
  reportYaml(loader, problems)
  const top = root ?? emptyMapping(source)
  if (top.kind !== 'mapping') {
    report(
      loader,
      wrongType(
        'mapping',
        'something else: Top level must be a mapping',
        top.span,
        'a recipe begins with `package:` or `recipe:`',
      ),
    )
    return { recipe: undefined, diagnostics: sortedDiagnostics(loader) }
  }
  const recipe = loadTop(loader, top)
  return { recipe, diagnostics: sortedDiagnostics(loader) }
}

function emptyMapping(source: SourceText): YamlMapping {
  return { kind: 'mapping', entries: [], span: { file: source.file, start: 0, end: 0 } }
}

function loadTop(loader: Loader, top: YamlMapping): LoadedRecipe {
  const cache = getEntry(top, 'cache')
  const known = { ...top, entries: top.entries.filter((entry) => entry !== cache) }
  if (cache) report(loader, cacheSection(cache.key.span))
  const context = loadContext(loader, getEntry(top, 'context')?.value)
  const form = getEntry(top, 'outputs') === undefined ? 'single' : 'multi'
  const fields = form === 'single' ? singleRecipeFields : multiRecipeFields
  const root = loadSection(loader, known, { name: 'recipe', fields, load: loadTopField })
  const recipe: LoadedRecipe = { source: loader.source, form, context, root: root ?? emptySection(top.span) }
  if (form === 'multi') checkOutputVersions(loader, recipe.root)
  return recipe
}

const loadTopField: LoadField = (loader, node, field, name) => {
  if (
    name === 'schema_version' &&
    node.kind === 'scalar' &&
    /^\d+$/.test(node.text) &&
    Number(node.text) !== 1
  ) {
    const reason = `unsupported schema version ${node.text} (only version 1 is supported)`
    report(loader, invalidValue(name, reason, { span: node.span }))
    return undefined
  }
  return loadField(loader, node, field, name)
}

function emptySection(span: Span): LoadedSection {
  return { kind: 'section', members: new Map(), span }
}

/** Outputs without a version need one at the top. */
function checkOutputVersions(loader: Loader, root: LoadedSection): void {
  const recipe = root.members.get('recipe')
  const fromRecipe = recipe?.kind === 'section' ? recipe.members.get('version') : undefined
  if (fromRecipe !== undefined || root.members.has('version')) return
  const outputs = root.members.get('outputs')
  for (const output of outputs?.kind === 'list' ? outputs.items : []) {
    const section = output.kind === 'section' ? output.members.get('package') : undefined
    if (section?.kind !== 'section' || section.members.has('version')) continue
    report(loader, missingField('version is required for package output', section.span))
  }
}
