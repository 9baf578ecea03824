/**
 * Decides what a variant file says: lists of values by key, selectors already resolved (spec: render.md
 * 7.1).
 */
import path from 'node:path'
import type { Diagnostic } from '../../errors/index.js'
import { locateInScalar, type VariantConfig, type VariantItem } from '../../recipe/index.js'
import {
  evaluate,
  isTemplate,
  isTruthy,
  parseBareExpression,
  parseTemplate,
  platformVariables,
  renderTemplate,
  TemplateError,
  type TemplatePlatforms,
  type TemplateScope,
} from '../../template/index.js'
import {
  getEntry,
  type SourceText,
  type YamlMapping,
  type YamlNode,
  type YamlScalar,
} from '../../text/index.js'
import { conditionSyntax, invalidVariants, missingField, templateSyntax, wrongType } from './errors.js'
import { loadLegacyVariants } from './load-legacy-variants.js'
import { type Loader, report } from './loader.js'
import { sortedDiagnostics } from './report-yaml.js'
import { loadVariantEntries, typedValue } from './variant-entries.js'

export interface VariantFileResult {
  readonly config: VariantConfig
  readonly diagnostics: readonly Diagnostic[]
}

/** `platforms.build` is the machine that renders, whatever `--build-platform` says. */
export interface VariantFileOptions {
  readonly platforms: TemplatePlatforms
  /** Variables of the environment, for `environ_get` in conda_build_config.yaml. */
  readonly env?: (name: string) => string | undefined
}

/**
 * Reads a variant file. `conda_build_config.yaml` has the old format with `# [selectors]`, any other name
 * the new one.
 * Selectors see the platforms but no variants.
 */
export function loadVariantFile(source: SourceText, options: VariantFileOptions): VariantFileResult {
  const loader: Loader = { source, diagnostics: [] }
  const variables = platformVariables(options.platforms)
  const scope: TemplateScope = { lookup: (name) => variables.get(name), names: () => [...variables.keys()] }
  const isLegacy = path.basename(source.file) === 'conda_build_config.yaml'
  const config = isLegacy ? loadLegacyVariants(loader, scope, options) : loadVariants(loader, scope)
  return { config, diagnostics: sortedDiagnostics(loader) }
}

function loadVariants(loader: Loader, scope: TemplateScope): VariantConfig {
  return loadVariantEntries(loader, loader.source.text, {
    isAbsent: () => false,
    loadItem: (item) => loadItem(loader, item, scope),
  })
}

function loadItem(loader: Loader, node: YamlNode, scope: TemplateScope): VariantItem[] {
  if (node.kind === 'sequence') {
    report(loader, wrongType('scalar', 'non-scalar', node.span))
    return []
  }
  if (node.kind === 'mapping') return loadSelector(loader, node, scope)
  if (!isTemplate(node.text)) return [{ value: typedValue(node), span: node.span }]
  try {
    const value = renderTemplate(parseTemplate(node.text), scope)
    return value === '' ? [] : [{ value, span: node.span }]
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    report(loader, templateSyntax(error.message, locateInScalar(node, loader.source, error)))
    return []
  }
}

function loadSelector(loader: Loader, node: YamlMapping, scope: TemplateScope): VariantItem[] {
  const condition = getEntry(node, 'if')?.value
  const whenTrue = getEntry(node, 'then')?.value
  if (condition?.kind !== 'scalar') {
    report(loader, invalidVariants('a mapping in a variant list needs `if` and `then`', node.span))
    return []
  }
  if (whenTrue === undefined) report(loader, missingField('then', node.span))
  const chosen = isSelected(loader, condition, scope) ? whenTrue : getEntry(node, 'else')?.value
  const items = chosen?.kind === 'sequence' ? chosen.items : chosen ? [chosen] : []
  return items.flatMap((item) => loadItem(loader, item, scope))
}

/** An undefined variable in a selector of a variant file makes it false. */
function isSelected(loader: Loader, condition: YamlScalar, scope: TemplateScope): boolean {
  try {
    return isTruthy(evaluate(parseBareExpression(condition.text), scope))
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    if (error.problem === 'syntax') {
      report(loader, conditionSyntax(error.message, locateInScalar(condition, loader.source, error)))
    }
    return false
  }
}
