/** `--strict-patches`: a patch that fits only loosely is an error, and nothing is built from it. */
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { writeTree } from '../stages/write-package/build-plan.js'
import { krait } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'

const patch = `--- a/f.txt
+++ b/f.txt
@@ -1,5 +1,5 @@
 one
 two
-three
+changed
 four
 five
`

function packages(output: string): string[] {
  const directory = path.join(output, 'noarch')
  return existsSync(directory) ? readdirSync(directory).filter((name) => name.endsWith('.conda')) : []
}

test.each([
  { title: 'fits', text: 'one\ntwo\nthree\nfour\nfive\n', isLoose: false },
  { title: 'fits with fuzz', text: 'ONE\ntwo\nthree\nfour\nfive\n', isLoose: true },
])('a patch that $title', async ({ text, isLoose }) => {
  const directory = tempDirectory()
  writeTree(directory, {
    'src/f.txt': text,
    'x.patch': patch,
    'recipe.yaml': `package: {name: demo, version: "1"}
source: {path: src, patches: [x.patch]}
build: {noarch: generic, script: ["cp f.txt $PREFIX/"]}
`,
  })
  const output = path.join(directory, 'out')
  const args = ['build', directory, '--output-dir', output, '--no-test']
  const strict = await krait([...args, '--strict-patches'])
  expect(strict.code, strict.stderr).toBe(isLoose ? 5 : 0)
  if (!isLoose) return
  expect(strict.stderr).toContain('x.patch')
  expect(strict.stderr).toContain('f.txt')
  expect(packages(output)).toEqual([])
  const loose = await krait(args)
  expect(loose.code, loose.stderr).toBe(0)
  expect(loose.stderr).toContain('source/patch-fuzz')
  expect(packages(output)).toHaveLength(1)
})
