/**
 * Decides what a variant file says: lists of values by key, selectors already resolved (spec: render.md
 * 7.1).
 */
import path from 'node:path'
import type { Diagnostic } from '../../errors/index.js'
import {
  locateInScalar,
  type VariantConfig,
  type VariantItem,
  type VariantValue,
} from '../../recipe/index.js'
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
  parseYaml,
  type SourceText,
  type YamlMapping,
  type YamlNode,
  type YamlScalar,
} from '../../text/index.js'
import {
  conditionSyntax,
  ignoredPart,
  invalidVariants,
  missingField,
  templateSyntax,
  wrongType,
} from './errors.js'
import { loadLegacyVariants } from './load-legacy-variants.js'
import { type Loader, report, warn } from './loader.js'
import { reportYaml, sortedDiagnostics } from './report-yaml.js'

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

/** `-`, `_` and `.` mean the same in variant keys; `_` is how they are written. */
export function normalizeVariantKey(key: string): string {
  return key.replace(/[-.]/g, '_')
}

/** A plain `true`, `false` or integer is typed; everything else is text. */
export function typedValue(scalar: YamlScalar): VariantValue {
  const { text } = scalar
  if (!scalar.plain) return text
  if (/^(?:true|True|TRUE)$/.test(text)) return true
  if (/^(?:false|False|FALSE)$/.test(text)) return false
  return /^[+-]?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text
}

/** `zip_keys`: a list of lists of keys. */
export function loadZipKeys(loader: Loader, node: YamlNode): string[][] {
  const groups = node.kind === 'sequence' ? node.items : undefined
  if (groups === undefined) {
    report(loader, wrongType('sequence', 'non-sequence', node.span))
    return []
  }
  if (groups.some((group) => group.kind !== 'sequence' || group.items.length < 2)) {
    report(loader, invalidVariants('zip_keys must be a list of lists, not a flat list', node.span))
    return []
  }
  return groups.map((group) =>
    group.kind === 'sequence'
      ? group.items.map((item) => (item.kind === 'scalar' ? normalizeVariantKey(item.text) : ''))
      : [],
  )
}

/** Refuses or mentions keys that variant files cannot set. True when the key is a variant key. */
export function isVariantKey(loader: Loader, key: YamlScalar): boolean {
  if (key.text === 'zip_keys') return false
  if (key.text === 'pin_run_as_build') {
    warn(
      loader,
      ignoredPart('`pin_run_as_build` has no effect: use `pin_compatible` or run exports', key.span),
    )
    return false
  }
  return true
}

function loadVariants(loader: Loader, scope: TemplateScope): VariantConfig {
  const { root, problems } = parseYaml(loader.source)
  reportYaml(loader, problems)
  if (root !== undefined && root.kind !== 'mapping') {
    report(loader, wrongType('mapping', 'non-mapping', root.span))
    return { values: new Map() }
  }
  const values = new Map<string, readonly VariantItem[]>()
  for (const { key, value } of root?.entries ?? []) {
    if (!isVariantKey(loader, key)) continue
    if (value.kind !== 'sequence') {
      report(
        loader,
        invalidVariants(`Variant values for '${key.text}' must be a list`, value.span, 'write `- value`'),
      )
      continue
    }
    const items = value.items.flatMap((item) => loadItem(loader, item, scope))
    if (items.length > 0) values.set(normalizeVariantKey(key.text), items)
  }
  const zip = root && getEntry(root, 'zip_keys')
  return { values, ...(zip && { zipKeys: loadZipKeys(loader, zip.value) }) }
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
