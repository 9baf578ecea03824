/** Decides what the two formats of variant files have in common: keys with lists of values, and `zip_keys`. */
import type { VariantConfig, VariantItem, VariantValue } from '../../recipe/index.js'
import { getEntry, parseYaml, type YamlNode, type YamlScalar } from '../../text/index.js'
import { ignoredPart, invalidVariants, wrongType } from './errors.js'
import { type Loader, report, warn } from './loader.js'
import { reportYaml } from './report-yaml.js'

/** What a format does in its own way. */
export interface VariantFormat {
  /** True for a value that means that its key is not there. */
  readonly isAbsent: (value: YamlNode) => boolean
  /** The values of one list item: none, or several for a selector. */
  readonly loadItem: (item: YamlNode) => readonly VariantItem[]
}

/** Reads the keys of a variant file. @param text what is parsed; it stands at the places of the loader's source */
export function loadVariantEntries(loader: Loader, text: string, format: VariantFormat): VariantConfig {
  const { root, problems } = parseYaml({ file: loader.source.file, text })
  reportYaml(loader, problems)
  if (root !== undefined && root.kind !== 'mapping') {
    report(loader, wrongType('mapping', 'non-mapping', root.span))
    return { values: new Map() }
  }
  const values = new Map<string, readonly VariantItem[]>()
  for (const { key, value } of root?.entries ?? []) {
    if (format.isAbsent(value) || !isVariantKey(loader, key)) continue
    if (value.kind !== 'sequence') {
      const message = `Variant values for '${key.text}' must be a list`
      report(loader, invalidVariants(message, value.span, 'write `- value`'))
      continue
    }
    const items = value.items.flatMap(format.loadItem)
    if (items.length > 0) values.set(normalizeVariantKey(key.text), items)
  }
  const zip = root && getEntry(root, 'zip_keys')
  return { values, ...(zip && { zipKeys: loadZipKeys(loader, zip.value) }) }
}

/** `-`, `_` and `.` mean the same in variant keys; `_` is how they are written. */
function normalizeVariantKey(key: string): string {
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
function loadZipKeys(loader: Loader, node: YamlNode): string[][] {
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
function isVariantKey(loader: Loader, key: YamlScalar): boolean {
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
