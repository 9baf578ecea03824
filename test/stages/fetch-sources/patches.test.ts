import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyPatches } from '../../../src/stages/fetch-sources/apply-patch.js'
import { parsePatchFile } from '../../../src/stages/fetch-sources/parse-patch.js'
import { patchFile } from '../../../src/stages/fetch-sources/patch-file.js'
import { tempDirectory, testContext } from '../../support/system.js'
import { buildPlan, writeTree } from '../write-package/build-plan.js'

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `line ${index + 1}\n`)
const original = numbered(20).join('')

/** Applies a patch text to a work directory with the given files. */
async function apply(files: Parameters<typeof writeTree>[1], patch: string | Buffer, isStrict = false) {
  const plan = buildPlan(tempDirectory())
  const { work, recipe } = plan.directories
  writeTree(work, files)
  writeTree(recipe, { 'x.patch': Buffer.from(patch) })
  const { context, events } = testContext()
  const run = applyPatches(['x.patch'], work, { plan, context, isStrict })
  const read = (name: string) => fs.readFileSync(path.join(work, name), 'utf8')
  return { run, read, events, work }
}

const middle = `--- a/f.txt
+++ b/f.txt
@@ -9,5 +9,5 @@
 line 9
 line 10
-line 11
+line eleven
 line 12
 line 13
`

const reversed = numbered(20).reverse().join('').replace('line 11', 'changed')

describe('where a hunk goes', () => {
  test('exactly where it says', async () => {
    const { run, read, events } = await apply({ 'f.txt': original }, middle)
    await run
    expect(read('f.txt')).toBe(original.replace('line 11', 'line eleven'))
    expect(events).toContainEqual(expect.objectContaining({ type: 'patch-applied', hunks: 1, fuzzed: 0 }))
    expect(events).toContainEqual(expect.objectContaining({ type: 'note', text: 'Applying patch: x.patch' }))
  })

  test('elsewhere, and the distance is reported', async () => {
    const { run, read, events } = await apply({ 'f.txt': `new 1\nnew 2\nnew 3\n${original}` }, middle)
    await run
    expect(read('f.txt')).toContain('line 10\nline eleven\nline 12')
    expect(events).toContainEqual(
      expect.objectContaining({ text: 'x.patch: hunk 1 of f.txt applied at line 12, offset +3' }),
    )
  })

  test('with changed context, and the fuzz is a warning', async () => {
    const { run, read, events } = await apply({ 'f.txt': original.replace('line 9', 'other 9') }, middle)
    await run
    expect(read('f.txt')).toContain('other 9\nline 10\nline eleven')
    expect(events).toContainEqual(
      expect.objectContaining({ code: 'source/patch-fuzz', message: expect.stringContaining('fuzz 1') }),
    )
  })

  test('into a file with Windows line ends, which it keeps', async () => {
    const { run, read } = await apply({ 'f.txt': original.replaceAll('\n', '\r\n') }, middle)
    await run
    expect(read('f.txt')).toBe(original.replace('line 11', 'line eleven').replaceAll('\n', '\r\n'))
  })

  test('from a patch with Windows line ends into a file without', async () => {
    const { run, read } = await apply({ 'f.txt': original }, middle.replaceAll('\n', '\r\n'))
    await run
    expect(read('f.txt')).toBe(original.replace('line 11', 'line eleven'))
  })

  test('although its header counts wrong', async () => {
    const { run, read } = await apply({ 'f.txt': original }, middle.replace('-9,5 +9,5', '-9,7 +9,4'))
    await run
    expect(read('f.txt')).toContain('line eleven')
  })

  test('nowhere: the message names patch, hunk and file, what was expected and what was found', async () => {
    const { run, read } = await apply({ 'f.txt': reversed }, middle)
    await expect(run).rejects.toMatchObject({
      code: 'source/patch-failed',
      message:
        'Patch application error: `x.patch`: hunk #1 does not fit `f.txt`: expected `line 9` near line 9, found `line 12`',
      details: { hunk: 1, file: 'f.txt' },
    })
    expect(read('f.txt')).toBe(reversed)
  })
})

test.each([
  { what: 'other context', file: original.replace('line 9', 'other 9') },
  { what: 'other blanks', file: original.replace('line 10', 'line   10') },
])('strictly, $what is an error; offsets and line ends are not', async ({ file }) => {
  const loose = await apply({ 'f.txt': file }, middle)
  await loose.run
  const strict = await apply({ 'f.txt': file }, middle, true)
  await expect(strict.run).rejects.toMatchObject({ code: 'source/patch-failed' })
  expect(strict.read('f.txt')).toBe(file)
  const windows = `new\r\n${original.replaceAll('\n', '\r\n')}`
  const moved = await apply({ 'f.txt': windows }, middle, true)
  await moved.run
  expect(moved.read('f.txt')).toContain('line eleven\r\n')
})

test('nothing is applied when a later file does not fit', async () => {
  const second = middle.replaceAll('f.txt', 'g.txt')
  const { run, read } = await apply({ 'f.txt': original, 'g.txt': 'nothing\n' }, middle + second)
  await expect(run).rejects.toMatchObject({ code: 'source/patch-failed' })
  expect(read('f.txt')).toBe(original)
})

test('a patch that is in the source already is skipped with a warning', async () => {
  const { run, read, events } = await apply({ 'f.txt': original.replace('line 11', 'line eleven') }, middle)
  await run
  expect(read('f.txt')).toBe(original.replace('line 11', 'line eleven'))
  expect(events).toContainEqual(
    expect.objectContaining({ message: expect.stringContaining('appears to be already applied; skipping') }),
  )
})

test.each([
  { title: 'a/ and b/', from: 'a/src/f.txt', to: 'b/src/f.txt' },
  { title: 'no prefix', from: 'src/f.txt', to: 'src/f.txt' },
  { title: 'three unknown components', from: 'x/y/z/src/f.txt', to: 'x/y/z/src/f.txt' },
  {
    title: 'a time behind the name',
    from: 'a/src/f.txt\t2020-01-01 00:00:00',
    to: 'b/src/f.txt\t2020-01-01',
  },
  { title: '.orig on the old side', from: 'a/src/f.txt.orig', to: 'b/src/f.txt' },
])('names with $title are understood', async ({ from, to }) => {
  const patch = middle.replace('a/f.txt', from).replace('b/f.txt', to)
  const { run, read } = await apply({ 'src/f.txt': original }, patch)
  await run
  expect(read('src/f.txt')).toContain('line eleven')
})

test('git patches create, delete, rename and change modes', async () => {
  const patch = `diff --git a/new.sh b/new.sh
new file mode 100755
--- /dev/null
+++ b/new.sh
@@ -0,0 +1,2 @@
+echo one
+echo two
\\ No newline at end of file
diff --git a/gone b/gone
deleted file mode 100644
--- a/gone
+++ /dev/null
@@ -1 +0,0 @@
-bye
diff --git a/old name b/dir/moved
similarity index 100%
rename from old name
rename to dir/moved
diff --git a/script b/script
old mode 100644
new mode 100755
`
  const { run, read, work } = await apply({ gone: 'bye\n', 'old name': 'content', script: 'x' }, patch)
  await run
  expect(read('new.sh')).toBe('echo one\necho two')
  expect(fs.statSync(path.join(work, 'new.sh')).mode & 0o111).toBe(0o111)
  expect(fs.existsSync(path.join(work, 'gone'))).toBe(false)
  expect(fs.existsSync(path.join(work, 'old name'))).toBe(false)
  expect(read('dir/moved')).toBe('content')
  expect(fs.statSync(path.join(work, 'script')).mode & 0o111).toBe(0o111)
})

test('bytes that are no UTF-8 survive', async () => {
  const latin = Buffer.from('caf\xe9\nold\nend\n', 'latin1')
  const patch = Buffer.from('--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n caf\xe9\n-old\n+n\xebw\n end\n', 'latin1')
  const { run, work } = await apply({ f: latin }, patch)
  await run
  expect(fs.readFileSync(path.join(work, 'f')).toString('latin1')).toBe('caf\xe9\nn\xebw\nend\n')
})

test('a binary patch of git goes through git', async () => {
  const repository = tempDirectory()
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: repository })
  const [before, after] = [Buffer.from([0, 1, 2, 3]), Buffer.from([0, 9, 8, 7, 6])]
  git('init', '-q')
  fs.writeFileSync(path.join(repository, 'f.bin'), before)
  git('add', '.')
  git('commit', '-qm', 'x')
  fs.writeFileSync(path.join(repository, 'f.bin'), after)
  const { run, work } = await apply({ 'f.bin': before }, git('diff', '--binary'))
  await run
  expect(fs.readFileSync(path.join(work, 'f.bin')).equals(after)).toBe(true)
})

test.each([
  { title: 'a name with ..', name: '../victim' },
  { title: 'an absolute name', name: '/tmp/krait-victim' },
  { title: 'a name below a link that leaves the work directory', name: 'out/victim' },
])('$title is refused', async ({ name }) => {
  const patch = `--- /dev/null\n+++ ${name}\n@@ -0,0 +1 @@\n+evil\n`
  const { run, work } = await apply({ f: 'x' }, patch)
  fs.symlinkSync('..', path.join(work, 'out'))
  await expect(run).rejects.toMatchObject({ code: 'source/patch-unsafe' })
  expect(fs.existsSync(path.join(work, '../victim'))).toBe(false)
})

test('a missing patch is named as the recipe names it; a patch without changes is only a warning', async () => {
  const plan = buildPlan(tempDirectory())
  const { context } = testContext()
  const run = applyPatches(['no.patch'], plan.directories.work, { plan, context })
  await expect(run).rejects.toThrow('Patch file not found: no.patch')
  const empty = await apply({ f: 'x' }, 'just some words\n')
  await empty.run
  expect(empty.events).toContainEqual(expect.objectContaining({ code: 'source/patch-empty' }))
})

test('a patch may come out of another source', async () => {
  const plan = buildPlan(tempDirectory())
  writeTree(plan.directories.work, { 'f.txt': original, 'patches/1.patch': middle })
  const { context } = testContext()
  await applyPatches(['${{ SRC_DIR }}/patches/1.patch'], plan.directories.work, { plan, context })
  expect(fs.readFileSync(path.join(plan.directories.work, 'f.txt'), 'utf8')).toContain('line eleven')
})

test('what diff writes between two texts, applied to the first, gives the second', async () => {
  const directory = tempDirectory()
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', 'long line', '', ' '), { maxLength: 30 })
    .chain((lines) => fc.constantFrom(lines.join('\n'), lines.map((line) => `${line}\n`).join('')))
  await fc.assert(
    fc.asyncProperty(text, text, async (before, after) => {
      fc.pre(before !== after)
      fs.writeFileSync(path.join(directory, 'a'), before)
      fs.writeFileSync(path.join(directory, 'b'), after)
      let patch: Buffer = Buffer.alloc(0)
      try {
        execFileSync('diff', ['-u', 'a', 'b'], { cwd: directory })
      } catch (error) {
        patch = (error as { stdout: Buffer }).stdout
      }
      const [file] = await parsePatchFile(patch)
      const outcome = patchFile(before, file?.hunks ?? [])
      expect(outcome.kind === 'patched' ? outcome.text : outcome.kind).toBe(after)
    }),
    { numRuns: 150 },
  )
})
