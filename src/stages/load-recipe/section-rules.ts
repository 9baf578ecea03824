/** Rules between the fields of one section. */
import { getEntry, type YamlMapping } from '../../text/index.js'
import { exclusiveFields, invalidValue } from './errors.js'
import { type Loader, report } from './loader.js'

/** Reports fields that exclude each other, and empty lists that must not be. */
export function checkSection(loader: Loader, node: YamlMapping, name: string): void {
  if (name === 'build' || name === 'staging build') checkPlan(loader, node, 'build')
  if (name === 'source') checkRevision(loader, node)
  if (name === 'recipe') checkOutputs(loader, node)
}

function checkPlan(loader: Loader, node: YamlMapping, name: string): void {
  const steps = getEntry(node, 'steps')
  if (steps === undefined || getEntry(node, 'script') === undefined) return
  const reason = '`script` and `steps` are mutually exclusive; use one or the other'
  report(loader, invalidValue(name, reason, { span: steps.key.span }))
}

function checkRevision(loader: Loader, node: YamlMapping): void {
  const given = ['rev', 'tag', 'branch']
    .map((key) => getEntry(node, key))
    .filter((entry) => entry !== undefined)
  const second = given[1]
  if (getEntry(node, 'git') === undefined || second === undefined) return
  report(loader, exclusiveFields('cannot specify more than one of: rev, tag, branch', second.key.span))
}

function checkOutputs(loader: Loader, node: YamlMapping): void {
  const outputs = getEntry(node, 'outputs')
  if (outputs === undefined || outputs.value.kind !== 'sequence' || outputs.value.items.length > 0) return
  report(loader, invalidValue('outputs', 'at least one output is required', { span: outputs.value.span }))
}
