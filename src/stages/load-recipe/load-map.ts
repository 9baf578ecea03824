/** Decides what a mapping with free keys holds: environment variables, groups of extras. */
import type { LoadedSection, LoadedValue, MapField } from '../../recipe/index.js'
import type { YamlNode } from '../../text/index.js'
import { invalidValue } from './errors.js'
import { loadField } from './load-field.js'
import { type Loader, report, reportType } from './loader.js'

/** A mapping from free keys to values of one kind. Undefined when it is no mapping. */
export function loadMap(
  loader: Loader,
  node: YamlNode,
  field: MapField,
  name: string,
): LoadedSection | undefined {
  if (node.kind !== 'mapping') return reportType(loader, node, 'mapping')
  const members = new Map<string, LoadedValue>()
  for (const { key, value } of node.entries) {
    if (field.keys === 'env-name' && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(key.text)) {
      const reason = `'${key.text}' is not a valid name of an environment variable`
      report(loader, invalidValue(name, reason, { span: key.span, hint: 'letters, digits and `_` only' }))
      continue
    }
    const member = loadField(loader, value, field.value, name)
    if (member) members.set(key.text, member)
  }
  return { kind: 'section', members, span: node.span }
}
