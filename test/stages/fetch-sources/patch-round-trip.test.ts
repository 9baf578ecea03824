/** Patches between generated trees, made by GNU diff, by git and by krait, give back the same bytes. */
import { execFileSync, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyPatches } from '../../../src/stages/fetch-sources/apply-patch.js'
import { diffFile, joinDiffs } from '../../../src/stages/fetch-sources/index.js'
import { git } from '../../support/git-server.js'
import { tempDirectory, testContext } from '../../support/system.js'
import { buildPlan, writeTree } from '../write-package/build-plan.js'

type Tree = Readonly<Record<string, string>>

const line = fc.constantFrom(
  'a',
  'b',
  'int main() {',
  '}',
  '',
  '  indented',
  '--- a/x',
  '+++ b/x',
  '@@ -1 +1 @@',
  'ü',
)
const text = fc
  .record({
    lines: fc.array(line, { minLength: 1, maxLength: 25 }),
    eol: fc.constantFrom('\n', '\r\n'),
    ends: fc.boolean(),
  })
  .map(({ lines, eol, ends }) => lines.join(eol) + (ends ? eol : ''))
  // The same as no file to a patch without headers of git.
  .filter((content) => content !== '')
const names = ['f.txt', 'dir/g.c', 'dir/with blank.h', 'deep/er/ünï.txt', 'h']
const tree: fc.Arbitrary<Tree> = fc
  .array(fc.tuple(fc.constantFrom(...names), text), { minLength: 1, maxLength: 5 })
  .map((entries) => ({ ...Object.fromEntries(entries), 'always.txt': 'stays\n' }))

function readTree(root: string): Tree {
  const entries = fs.readdirSync(root, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && !entry.parentPath.includes('.git'))
  const places = files.map((entry) => path.join(entry.parentPath, entry.name)).sort()
  return Object.fromEntries(
    places.map((file) => [path.relative(root, file), fs.readFileSync(file, 'latin1')]),
  )
}

const expected = (files: Tree) =>
  Object.fromEntries(
    Object.entries(files).map(([name, content]) => [name, Buffer.from(content).toString('latin1')]),
  )

/** Each gives the patch from the first tree to the second. */
const makers: Readonly<Record<string, (root: string, before: Tree, after: Tree) => Promise<Buffer>>> = {
  'GNU diff': async (root, before, after) => {
    writeTree(path.join(root, 'a'), before)
    writeTree(path.join(root, 'b'), after)
    return spawnSync('diff', ['-ruN', 'a', 'b'], { cwd: root }).stdout
  },
  git: async (root, before, after) => {
    const repo = path.join(root, 'repo')
    writeTree(repo, before)
    git(repo, 'init', '-q')
    git(repo, 'config', 'core.autocrlf', 'false')
    git(repo, 'add', '.')
    git(repo, 'commit', '-qm', 'before')
    for (const name of Object.keys(before)) fs.rmSync(path.join(repo, name))
    writeTree(repo, after)
    git(repo, 'add', '-A')
    return execFileSync('git', ['-c', 'core.quotePath=false', 'diff', '--cached', '-M'], { cwd: repo })
  },
  krait: async (_, before, after) => {
    const side = (files: Tree, name: string) =>
      Object.hasOwn(files, name) ? { content: Buffer.from(files[name] ?? ''), mode: 0o644 } : undefined
    const all = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
    const parts = await Promise.all(
      all
        .filter((name) => before[name] !== after[name])
        .map((name) => diffFile(name, side(before, name), side(after, name))),
    )
    return Buffer.from(joinDiffs(parts.filter((part) => part !== 'binary')), 'latin1')
  },
}

test.each(Object.keys(makers))('a patch made by %s gives the second tree, byte by byte', async (maker) => {
  await fc.assert(
    fc.asyncProperty(tree, tree, async (before, after) => {
      fc.pre(JSON.stringify(expected(before)) !== JSON.stringify(expected(after)))
      const root = tempDirectory()
      const plan = buildPlan(root)
      const patch = await makers[maker]?.(root, before, after)
      fs.writeFileSync(path.join(plan.directories.recipe, 'x.patch'), patch ?? '')
      writeTree(plan.directories.work, before)
      const { context } = testContext()
      await applyPatches(['x.patch'], plan.directories.work, { plan, context, isStrict: true })
      expect(readTree(plan.directories.work)).toEqual(expected(after))
    }),
    { numRuns: 25 },
  )
})

const appliers = {
  patch: ['patch', '-p1', '--binary', '-s', '-E', '-i'],
  git: ['git', 'apply', '--whitespace=nowarn'],
}

test.each(Object.entries(appliers))('what krait writes is applied by %s too', async (_, command) => {
  await fc.assert(
    fc.asyncProperty(tree, tree, async (before, after) => {
      fc.pre(JSON.stringify(expected(before)) !== JSON.stringify(expected(after)))
      const root = tempDirectory()
      const patch = path.join(root, 'x.patch')
      fs.writeFileSync(patch, (await makers.krait?.(root, before, after)) ?? '')
      const work = path.join(root, 'work')
      writeTree(work, before)
      const [program = '', ...args] = command
      const env = { ...process.env, GIT_CEILING_DIRECTORIES: root, GIT_CONFIG_GLOBAL: '/dev/null' }
      execFileSync(program, [...args, patch], { cwd: work, env, stdio: 'pipe' })
      expect(readTree(work)).toEqual(expected(after))
    }),
    { numRuns: 15 },
  )
})

test('programs and empty files keep what they are on the way through a patch', async () => {
  const root = tempDirectory()
  const plan = buildPlan(root)
  const parts = await Promise.all([
    diffFile('made empty', undefined, { content: Buffer.alloc(0), mode: 0o644 }),
    diffFile(
      'now.sh',
      { content: Buffer.from('x\n'), mode: 0o644 },
      { content: Buffer.from('x\n'), mode: 0o755 },
    ),
    diffFile('new.sh', undefined, { content: Buffer.from('y\n'), mode: 0o755 }),
    diffFile('gone', { content: Buffer.alloc(0), mode: 0o644 }, undefined),
    diffFile(
      'plain.txt',
      { content: Buffer.from('1\n'), mode: 0o644 },
      { content: Buffer.from('2\n'), mode: 0o644 },
    ),
  ])
  const patch = joinDiffs(parts.filter((part) => part !== 'binary'))
  fs.writeFileSync(path.join(plan.directories.recipe, 'x.patch'), patch)
  const { work } = plan.directories
  writeTree(work, { 'now.sh': 'x\n', gone: '', 'plain.txt': '1\n' })
  const { context } = testContext()
  await applyPatches(['x.patch'], work, { plan, context })
  expect(readTree(work)).toEqual({ 'made empty': '', 'now.sh': 'x\n', 'new.sh': 'y\n', 'plain.txt': '2\n' })
  for (const program of ['now.sh', 'new.sh'])
    expect(fs.statSync(path.join(work, program)).mode & 0o111).toBe(0o111)
})
