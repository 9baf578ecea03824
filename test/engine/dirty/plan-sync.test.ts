import fs from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applySync } from '../../../src/engine/dirty/apply-sync.js'
import { readContents } from '../../../src/engine/dirty/marks.js'
import { type ContentMap, planSync, type SyncInput } from '../../../src/engine/dirty/plan-sync.js'
import { tempDirectory, testSystem } from '../../support/system.js'

const nothing = { copy: [], remove: [], conflicts: [], edited: [], changed: [] }

interface Sides {
  /** Content in baseline, fresh sources, work directory, before the script, after it; `-` for none. */
  readonly sides: string
  readonly plan: Partial<Record<keyof typeof nothing, string[]>>
}

function toInput(sides: string): SyncInput {
  const [baseline = {}, fresh = {}, work = {}, begun = {}, left] = sides
    .split(' ')
    .map((side) => (side === '?' ? undefined : side === '-' ? {} : { f: side }))
  return { baseline, fresh, work, begun, left }
}

describe('one file', () => {
  test.each<Sides & { what: string }>([
    { what: 'the same everywhere', sides: '1 1 1 1 1', plan: {} },
    { what: 'new in the sources', sides: '- 1 - - -', plan: { copy: ['f'], changed: ['f'] } },
    { what: 'gone from the sources', sides: '1 - 1 1 1', plan: { remove: ['f'], changed: ['f'] } },
    { what: 'changed in the sources', sides: '1 2 1 1 1', plan: { copy: ['f'], changed: ['f'] } },
    {
      what: 'changed in both',
      sides: '1 2 3 1 1',
      plan: { copy: ['f'], changed: ['f'], conflicts: ['f'] },
    },
    { what: 'edited by hand', sides: '1 1 3 1 1', plan: { edited: ['f'] } },
    {
      what: 'edited by hand before the script, which left it alone',
      sides: '1 1 3 3 3',
      plan: { edited: ['f'] },
    },
    {
      what: 'edited by hand before the script, which broke off',
      sides: '1 1 3 3 ?',
      plan: { edited: ['f'] },
    },
    { what: 'edited by hand, then changed by the script', sides: '1 1 4 3 4', plan: { edited: ['f'] } },
    { what: 'removed by hand', sides: '1 1 - 1 1', plan: { edited: ['f'] } },
    { what: 'changed by the script', sides: '1 1 3 1 3', plan: { copy: ['f'] } },
    { what: 'removed by the script', sides: '1 1 - 1 -', plan: { copy: ['f'] } },
    { what: 'edited by hand after the script had changed it', sides: '1 1 4 1 3', plan: { edited: ['f'] } },
    {
      what: 'changed by a script that broke off',
      sides: '1 1 3 1 ?',
      plan: { copy: ['f'], conflicts: ['f'] },
    },
    {
      what: 'made by the build, and new in the sources',
      sides: '- 2 3 - 3',
      plan: { copy: ['f'], changed: ['f'], conflicts: ['f'] },
    },
    { what: 'already what the sources say', sides: '1 2 2 1 1', plan: { changed: ['f'] } },
  ])('that is $what', ({ sides, plan }) => {
    expect(planSync(toInput(sides))).toEqual({ ...nothing, ...plan })
  })
})

/** Files in directories; a name is never that of a directory too. */
const names = fc.constantFrom('a', 'b', 'd/a', 'd/b', 'd/e/a', 'x/y')
const content = fc.constantFrom('1', '2', '3')
const tree = fc.dictionary(names, content, { noNullPrototype: true })

const inputs = fc.record({
  baseline: tree,
  fresh: tree,
  work: tree,
  begun: tree,
  left: fc.option(tree, { nil: undefined }),
})

/** Nobody but the script made it, and it will make it again. */
function isScripts(name: string, { work, left, begun, baseline }: SyncInput): boolean {
  return left !== undefined && left[name] === work[name] && begun[name] === baseline[name]
}

function isEdit(name: string, input: SyncInput): boolean {
  const { baseline, work, begun, left } = input
  if (work[name] === baseline[name] || begun[name] !== baseline[name]) return work[name] !== baseline[name]
  return left !== undefined && !isScripts(name, input)
}

describe('for all trees', () => {
  test('whatever the sources changed is as they say, and nothing of anybody is lost', () => {
    fc.assert(
      fc.property(inputs, names, (input, name) => {
        const { baseline, fresh, work } = input
        const plan = planSync(input)
        const isIn = (list: readonly string[]) => list.includes(name)
        const result = isIn(plan.remove) ? undefined : isIn(plan.copy) ? fresh[name] : work[name]
        const isSource = name in baseline || name in fresh
        const stays = !isSource || (fresh[name] === baseline[name] && isEdit(name, input))
        expect(result).toBe(stays ? work[name] : fresh[name])
        const isGone = work[name] !== undefined && result !== work[name] && work[name] !== baseline[name]
        expect(!isGone || isIn(plan.conflicts) || isScripts(name, input)).toBe(true)
        expect(isIn(plan.edited) && (isIn(plan.copy) || isIn(plan.remove))).toBe(false)
      }),
      { numRuns: 5000 },
    )
  })

  test('a plan that was carried out has nothing left to do', async () => {
    const system = testSystem()
    await fc.assert(
      fc.asyncProperty(inputs, async (input) => {
        const root = fs.mkdtempSync(path.join(tempDirectory(), 'sync-'))
        const places = {
          fresh: path.join(root, 'fresh'),
          work: path.join(root, 'work'),
          conflicts: path.join(root, 'c'),
        }
        place(places.fresh, input.fresh)
        place(places.work, { ...input.work, 'built.o': 'object', 'd/built.o': 'object' })
        const paths = [...new Set([...Object.keys(input.baseline), ...Object.keys(input.fresh)])]
        const contents = async (tree_: ContentMap, at: string) => {
          place(path.join(root, at), tree_)
          return (await readContents(path.join(root, at), Object.keys(tree_), { system })).contents
        }
        const baseline = await contents(input.baseline, 'baseline')
        const fresh = await contents(input.fresh, 'fresh2')
        const left = input.left && (await contents(input.left, 'left'))
        const begun = await contents(input.begun, 'begun')
        const before = (await readContents(places.work, paths, { system })).contents
        const plan = planSync({ baseline, fresh, work: before, begun, left })
        await applySync(plan, places, system)
        const work = (await readContents(places.work, paths, { system })).contents
        for (const name of paths)
          expect(work[name]).toBe(plan.edited.includes(name) ? before[name] : fresh[name])
        expect(fs.readFileSync(path.join(places.work, 'd/built.o'), 'utf8')).toBe('object')
        for (const name of plan.conflicts) {
          expect(fs.readFileSync(path.join(places.conflicts, name), 'utf8')).toBe(input.work[name])
        }
        const again = planSync({ baseline: fresh, fresh, work, begun: work, left: work })
        expect([again.copy, again.remove, again.conflicts]).toEqual([[], [], []])
      }),
      { numRuns: 60 },
    )
  })
})

function place(root: string, files: ContentMap): void {
  fs.mkdirSync(root, { recursive: true })
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
    fs.writeFileSync(path.join(root, name), text)
  }
}

test('a link in the place of a directory is replaced, never followed', async () => {
  const root = tempDirectory()
  const places = {
    fresh: path.join(root, 'fresh'),
    work: path.join(root, 'work'),
    conflicts: path.join(root, 'c'),
  }
  place(path.join(root, 'elsewhere'), { a: 'theirs' })
  place(places.fresh, { 'd/a': 'ours' })
  place(places.work, {})
  fs.symlinkSync(path.join(root, 'elsewhere'), path.join(places.work, 'd'))
  await applySync({ ...nothing, copy: ['d/a'] }, places, testSystem())
  expect(fs.readFileSync(path.join(root, 'elsewhere/a'), 'utf8')).toBe('theirs')
  expect(fs.readFileSync(path.join(places.work, 'd/a'), 'utf8')).toBe('ours')
  fs.rmSync(path.join(places.work, 'd'), { recursive: true })
  fs.symlinkSync(path.join(root, 'elsewhere'), path.join(places.work, 'd'))
  await applySync({ ...nothing, remove: ['d/a'], conflicts: ['d/a'] }, places, testSystem())
  expect(fs.readFileSync(path.join(root, 'elsewhere/a'), 'utf8')).toBe('theirs')
})
