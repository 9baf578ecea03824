/** Decides how a package got into an environment: the shortest way from each spec of the recipe to it. */
import { matchesRecord, parseMatchSpec } from '../../conda/index.js'
import type { ChannelRecord } from '../../stages/solve-environments/index.js'
import type { Alternative, Chain, ChainStep, KnownEnvironment } from './types.js'

/** One chain for each spec from which the package can be reached, the shortest first. */
export function findChains(name: string, { specs, records }: KnownEnvironment): readonly Chain[] {
  const byName = new Map(records.map((record) => [record.name, record]))
  const chains = specs.flatMap((root): Chain[] => {
    const start = byName.get(nameOf(root.spec))
    const steps = start && shortestWay(start, name, byName)
    return steps ? [{ root, steps }] : []
  })
  return chains.sort((left, right) => left.steps.length - right.steps.length)
}

/** Breadth first, so that the first way found is a shortest one. */
function shortestWay(
  start: ChannelRecord,
  target: string,
  byName: ReadonlyMap<string, ChannelRecord>,
): readonly ChainStep[] | undefined {
  const ways = new Map<string, readonly ChainStep[]>([[start.name, []]])
  for (const [name, before] of ways) {
    const record = byName.get(name)
    if (!record) continue
    const own = { package: name, version: record.version }
    if (name === target) return [...before, own]
    for (const needs of record.depends) {
      const next = nameOf(needs)
      if (!ways.has(next)) ways.set(next, [...before, { ...own, needs }])
    }
  }
  return undefined
}

/** Newer versions than the one that was taken, each with the specs that do not accept it. */
export function findNewer(
  taken: ChannelRecord,
  alternatives: readonly ChannelRecord[],
  { specs, records }: KnownEnvironment,
): readonly Alternative[] {
  const wishes = [
    ...specs.map(({ spec }) => ({ spec, by: 'the recipe' })),
    ...records.flatMap(({ name, version, depends }) =>
      depends.map((spec) => ({ spec, by: `${name} ${version}` })),
    ),
  ].filter(({ spec }) => nameOf(spec) === taken.name)
  const seen = new Set<string>()
  const newer: Alternative[] = []
  for (const record of alternatives) {
    if (record.version === taken.version) break
    if (seen.has(record.version)) continue
    seen.add(record.version)
    const refused = wishes.filter(({ spec }) => !matchesRecord(parse(spec), record))
    newer.push({
      version: record.version,
      build: record.build,
      channel: record.channel,
      rejectedBy: [...new Set(refused.map(({ spec, by }) => `${by} (${spec})`))],
    })
  }
  return newer
}

function parse(spec: string) {
  return parseMatchSpec(spec, { mode: 'lenient', v3: true })
}

/** The name of the package that a spec is about. */
export function nameOf(spec: string): string {
  return parse(spec).name
}
