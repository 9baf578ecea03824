/** Decides the order of a solution: dependencies first (spec: environment.md A.5 step 9). */
import { parseMatchSpec } from '../../conda/index.js'
import type { ChannelRecord } from './types.js'

/** Sorted so that every record comes after what it depends on; independent records by name, cycles at their first name. */
export function orderRecords(records: readonly ChannelRecord[]): readonly ChannelRecord[] {
  const byName = new Map([...records].sort(compareNames).map((record) => [record.name, record]))
  const ordered: ChannelRecord[] = []
  const visited = new Set<string>()
  for (const start of byName.values()) {
    // An explicit stack: chains of dependencies can be deeper than the call stack.
    const stack = [{ record: start, leave: false }]
    for (let step = stack.pop(); step; step = stack.pop()) {
      if (step.leave) {
        ordered.push(step.record)
        continue
      }
      if (visited.has(step.record.name)) continue
      visited.add(step.record.name)
      stack.push({ record: step.record, leave: true })
      for (const dependency of dependenciesOf(step.record, byName).reverse()) {
        if (!visited.has(dependency.name)) stack.push({ record: dependency, leave: false })
      }
    }
  }
  return ordered
}

function compareNames(left: ChannelRecord, right: ChannelRecord): number {
  return left.name < right.name ? -1 : 1
}

/** Python lists pip, and pip needs python: python has to be there before any noarch python package. */
function dependenciesOf(record: ChannelRecord, byName: ReadonlyMap<string, ChannelRecord>): ChannelRecord[] {
  return record.depends
    .flatMap((text) => byName.get(parseMatchSpec(text, { mode: 'lenient', v3: true }).name) ?? [])
    .filter((dependency) => !(record.name === 'python' && dependency.noarch === 'python'))
    .sort(compareNames)
}
