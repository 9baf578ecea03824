/**
 * Decides where the records of each package lie in a repodata.json or run_exports.json, without parsing the records:
 * channels have hundreds of thousands of them, and a solve looks at few (spec: environment.md A.5 step 1).
 */
import { enterObject, type JsonWindow, nextMember, readValue, skipValue } from './json-window.js'
import { type RunCollector, walkRecords } from './walk-records.js'

/** Neighbouring records of one package: `start` at the quote of the first key, `end` behind the last record. */
export interface RecordRun {
  readonly start: number
  readonly end: number
  /** What file names have that the keys leave out: records of revision 3 (CEP 48) have keys without extension. */
  readonly suffix: '' | '.conda' | '.tar.bz2'
}

export interface ScannedRepodata {
  readonly runs: ReadonlyMap<string, readonly RecordRun[]>
  /** URL below which the archives are, when it is not the channel's own. */
  readonly baseUrl: string | undefined
  /** File names whose records do not count. */
  readonly removed: readonly string[]
}

/**
 * Finds all records; yields whenever the window has to move on.
 * @throws BuildError `channel/malformed-repodata`, from the window
 */
export function* scanRepodata(window: JsonWindow): Generator<void, ScannedRepodata> {
  const runs = new Map<string, RecordRun[]>()
  let baseUrl: string | undefined
  let removed: readonly string[] = []
  yield* eachMember(window, function* (key) {
    if (key === 'packages' || key === 'packages.conda') yield* scanSection(window, '', runs)
    else if (key === 'v3') yield* scanRevised(window, runs)
    else if (key === 'info') baseUrl = readBaseUrl(yield* readValue(window))
    else if (key === 'removed') removed = readStrings(yield* readValue(window))
    else yield* skipValue(window)
  })
  return { runs, baseUrl, removed }
}

/** Visits the members of the object at the window's position; the visit moves behind the value. */
function* eachMember(
  window: JsonWindow,
  visit: (key: string, start: number) => Generator<void>,
): Generator<void> {
  yield* enterObject(window)
  for (let isFirst = true; ; isFirst = false) {
    const member = yield* nextMember(window, isFirst)
    if (!member) return
    yield* visit(member.key, member.start)
  }
}

function* scanRevised(window: JsonWindow, runs: Map<string, RecordRun[]>): Generator<void> {
  yield* eachMember(window, function* (key) {
    if (key === 'conda' || key === 'tar.bz2') yield* scanSection(window, `.${key}`, runs)
    else yield* skipValue(window)
  })
}

function* scanSection(
  window: JsonWindow,
  suffix: RecordRun['suffix'],
  runs: Map<string, RecordRun[]>,
): Generator<void> {
  const collector = createCollector(suffix, runs)
  yield* eachMember(window, function* (key, start) {
    collector.begin(nameOf(key), start)
    walkRecords(window, collector)
    yield* skipValue(window)
    collector.end(window.base + window.position)
  })
  collector.close()
}

function createCollector(suffix: RecordRun['suffix'], runs: Map<string, RecordRun[]>): RunCollector {
  let current: { readonly name: string; readonly start: number; end: number } | undefined
  const close = () => {
    if (!current) return
    const run = { start: current.start, end: current.end, suffix }
    const list = runs.get(current.name)
    if (list) list.push(run)
    else runs.set(current.name, [run])
    current = undefined
  }
  return {
    begin: (name, start) => {
      if (current?.name === name) return
      close()
      current = { name, start, end: start }
    },
    end: (position) => {
      if (current) current.end = position
    },
    close,
  }
}

/** The text before the last two dashes; names are lower case in every channel that follows the rules. */
function nameOf(key: string): string {
  return key.slice(0, key.lastIndexOf('-', key.lastIndexOf('-') - 1)).toLowerCase()
}

function readBaseUrl(info: unknown): string | undefined {
  if (typeof info !== 'object' || info === null || !('base_url' in info)) return undefined
  return typeof info.base_url === 'string' && info.base_url !== '' ? info.base_url : undefined
}

function readStrings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
