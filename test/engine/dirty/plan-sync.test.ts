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

const empty = { d: 'directory' }
const full = { 'd/f': '1' }

describe('one directory', () => {
  test.each<Partial<SyncInput> & { what: string; plan: Partial<typeof nothing> | Sides['plan'] }>([
    { what: 'new in the sources', fresh: empty, plan: { copy: ['d'], changed: ['d'] } },
    {
      what: 'gone from the sources',
      baseline: empty,
      work: empty,
      begun: empty,
      left: empty,
      plan: { remove: ['d'], changed: ['d'] },
    },
    {
      what: 'losing its last file',
      baseline: full,
      fresh: empty,
      work: { ...full, ...empty },
      begun: full,
      left: full,
      plan: { remove: ['d/f'], changed: ['d/f'] },
    },
    {
      what: 'getting its first file',
      baseline: empty,
      fresh: full,
      work: empty,
      begun: empty,
      left: empty,
      plan: { copy: ['d/f'], changed: ['d/f'] },
    },
    {
      what: 'removed by the script',
      baseline: empty,
      fresh: empty,
      begun: empty,
      left: {},
      plan: { copy: ['d'] },
    },
    {
      what: 'removed by hand',
      baseline: empty,
      fresh: empty,
      begun: empty,
      left: empty,
      plan: { edited: ['d'] },
    },
    {
      what: 'in the place of a file, made by a script that broke off',
      baseline: { d: '1' },
      fresh: { d: '1' },
      work: empty,
      begun: { d: '1' },
      plan: { copy: ['d'] },
    },
  ])('that is $what', ({ plan, what: _, ...sides }) => {
    const input = { baseline: {}, fresh: {}, work: {}, begun: {}, left: undefined, ...sides }
    expect(planSync(input)).toEqual({ ...nothing, ...plan })
  })
})

/** Files in directories; the name of a file is never that of a directory too. */
const files = ['a', 'b', 'd/a', 'd/b', 'd/e/a', 'x/y'] as const
const directories = ['d', 'd/e', 'x', 'z', 'z/z'] as const
const names = fc.constantFrom(...files, ...directories)
const content = fc.constantFrom('1', '2', '3')
/** With some directories that hold nothing. */
const tree = fc
  .tuple(
    fc.dictionary(fc.constantFrom(...files), content, { noNullPrototype: true }),
    fc.subarray([...directories]),
  )
  .map(([held, made]): ContentMap => {
    const all = [...Object.keys(held), ...made]
    const leaves = made.filter((name) => !all.some((other) => other.startsWith(`${name}/`)))
    return { ...held, ...Object.fromEntries(leaves.map((name) => [name, 'directory'])) }
  })

/** What is at a path of a tree; a directory may be there through what it holds. */
function at(contents: ContentMap, name: string): string | undefined {
  const isHolding = Object.keys(contents).some((other) => other.startsWith(`${name}/`))
  return contents[name] ?? (isHolding ? 'directory' : undefined)
}

const inputs = fc.record({
  baseline: tree,
  fresh: tree,
  work: tree,
  begun: tree,
  left: fc.option(tree, { nil: undefined }),
})

/** Nobody but the script made it, and it will make it again. */
function isScripts(name: string, { work, left, begun, baseline }: SyncInput): boolean {
  return left !== undefined && at(left, name) === at(work, name) && at(begun, name) === at(baseline, name)
}

function isEdit(name: string, input: SyncInput): boolean {
  const { baseline, work, begun, left } = input
  const old = at(baseline, name)
  if (at(work, name) === old || at(begun, name) !== old) return at(work, name) !== old
  return left !== undefined && !isScripts(name, input)
}

describe('for all trees', () => {
  test('whatever the sources changed is as they say, and nothing of anybody is lost', () => {
    fc.assert(
      fc.property(inputs, names, (input, name) => {
        const { baseline, fresh } = input
        const plan = planSync(input)
        const isIn = (list: readonly string[]) => list.includes(name)
        const [old, next, now] = [at(baseline, name), at(fresh, name), at(input.work, name)]
        const result = isIn(plan.remove) ? undefined : isIn(plan.copy) ? next : now
        const isSource = name in baseline || name in fresh
        const stays = !isSource || (next === old && isEdit(name, input))
        expect(result).toBe(stays ? now : next)
        const isGone = now !== undefined && now !== 'directory' && result !== now && now !== old
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
        const contents = async (tree_: ContentMap, below: string) => {
          place(path.join(root, below), tree_)
          return (await readContents(path.join(root, below), Object.keys(tree_), { system })).contents
        }
        const baseline = await contents(input.baseline, 'baseline')
        const fresh = await contents(input.fresh, 'fresh2')
        const left = input.left && (await contents(input.left, 'left'))
        const begun = await contents(input.begun, 'begun')
        const before = (await readContents(places.work, paths, { system })).contents
        const plan = planSync({ baseline, fresh, work: before, begun, left })
        await applySync(plan, places, system)
        const work = (await readContents(places.work, paths, { system })).contents
        // What the build or people put into a directory keeps it there.
        const isHeld = (name: string) => {
          const found = path.join(places.work, name)
          return (
            fs.statSync(found, { throwIfNoEntry: false })?.isDirectory() && fs.readdirSync(found).length > 0
          )
        }
        for (const name of paths) {
          const wanted = plan.edited.includes(name) ? before[name] : at(fresh, name)
          expect(work[name]).toBe(wanted ?? (isHeld(name) ? 'directory' : undefined))
        }
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
    const isDirectory = text === 'directory'
    fs.mkdirSync(path.join(root, isDirectory ? name : path.dirname(name)), { recursive: true })
    if (!isDirectory) fs.writeFileSync(path.join(root, name), text)
  }
}

test('a directory that the sources have no more goes, unless the build put something into it', async () => {
  const root = tempDirectory()
  const work = path.join(root, 'work')
  place(path.join(root, 'fresh'), {})
  place(work, { gone: 'directory', 'built/in/it': 'object' })
  const places = { fresh: path.join(root, 'fresh'), work, conflicts: path.join(root, 'c') }
  await applySync({ ...nothing, remove: ['built', 'gone'] }, places, testSystem())
  expect(fs.readdirSync(work)).toEqual(['built'])
  expect(fs.readFileSync(path.join(work, 'built/in/it'), 'utf8')).toBe('object')
})

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
