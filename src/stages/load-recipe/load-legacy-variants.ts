/**
 * Decides what a conda_build_config.yaml says: `# [selectors]` behind lines, numbers in lists are texts
 * (spec: render.md 7.1).
 */
import type { VariantConfig, VariantItem, VariantValue } from '../../recipe/index.js'
import {
  evaluate,
  isTruthy,
  isUndefined,
  parseBareExpression,
  TemplateError,
  type TemplateScope,
  type Value,
} from '../../template/index.js'
import type { YamlNode, YamlScalar } from '../../text/index.js'
import { ignoredPart } from './errors.js'
import type { VariantFileOptions } from './load-variant-file.js'
import { type Loader, warn } from './loader.js'
import { loadVariantEntries, typedValue } from './variant-entries.js'

/** Reads the old format; the places of the values are those of the file as written. */
export function loadLegacyVariants(
  loader: Loader,
  scope: TemplateScope,
  options: VariantFileOptions,
): VariantConfig {
  const text = selectLines(loader.source.text, withEnvironment(scope, options))
  return loadVariantEntries(loader, text, {
    // Here a key without a value is as good as not written.
    isAbsent: (value) => value.kind === 'scalar' && value.text === '',
    loadItem: (item) => loadItem(loader, item, text),
  })
}

function withEnvironment(scope: TemplateScope, options: VariantFileOptions): TemplateScope {
  const read: Value = {
    kind: 'function',
    name: 'environ_get',
    call: ({ positional: [name, fallback] }) => {
      const value = typeof name === 'string' ? options.env?.(name) : undefined
      return value ?? fallback ?? null
    },
  }
  return { ...scope, lookup: (name) => (name === 'environ_get' ? read : scope.lookup(name)) }
}

/** Lines whose selector holds; what is dropped becomes blanks, so that offsets stay those of the file. */
function selectLines(text: string, scope: TemplateScope): string {
  return text
    .split('\n')
    .map((line) => selectLine(line, scope))
    .join('\n')
}

function selectLine(line: string, scope: TemplateScope): string {
  const hash = line.indexOf('#')
  if (hash === -1) return line
  const selector = /^\[(.*)\]\s*$/.exec(line.slice(hash + 1).trim())?.[1]
  const isKept = selector === undefined || selector.trim() === '' || holds(selector, scope)
  return (isKept ? line.slice(0, hash) : '').padEnd(line.length)
}

function holds(selector: string, scope: TemplateScope): boolean {
  const expression = selector
    .replaceAll('os.environ.get', 'environ_get')
    .replace(/\.startswith\(([^)]*)\)/g, ' is startingwith($1)')
  try {
    const value = evaluate(parseBareExpression(expression), scope)
    return !isUndefined(value) && isTruthy(value)
  } catch (error) {
    if (error instanceof TemplateError) return false
    throw error
  }
}

function loadItem(loader: Loader, node: YamlNode, text: string): VariantItem[] {
  if (node.kind !== 'scalar') {
    warn(loader, ignoredPart(`not supported yet: a ${node.kind} as variant value`, node.span))
    return []
  }
  return [{ value: isBlockItem(node, text) ? blockValue(node) : flowValue(node), span: node.span }]
}

/** True for an item that has a line of its own: `- 3.10`. */
function isBlockItem(node: YamlScalar, text: string): boolean {
  const lineStart = text.lastIndexOf('\n', node.span.start - 1) + 1
  return /^\s*(?:-\s+)+$/.test(text.slice(lineStart, node.span.start))
}

/** Numbers on lines of their own are texts, so that `3.10` keeps its zero. */
function blockValue(node: YamlScalar): VariantValue {
  const value = typedValue(node)
  return typeof value === 'number' ? node.text : value
}

function flowValue(node: YamlScalar): VariantValue {
  const { text } = node
  const value = typedValue(node)
  if (!node.plain || typeof value === 'boolean') return value
  if (/^[+-]?0\d/.test(text)) return text
  if (typeof value === 'number') return value
  const isNumber =
    /^0x[0-9a-fA-F]+$/.test(text) || /^[+-]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?$/.test(text)
  return isNumber ? Number(text) : text
}
