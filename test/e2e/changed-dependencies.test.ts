/** A script that meddles with files of its dependencies is told that nothing of it is packaged. */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { writeIndex, writePackage } from '../stages/install-prefixes/packages.js'
import { krait } from '../support/krait.js'
import { tempDirectory, testContext } from '../support/system.js'

async function build(script: string, more = '') {
  const directory = tempDirectory()
  const channel = path.join(directory, 'channel')
  const { context } = testContext()
  const placeholder = `/placeholder${'_x'.repeat(120)}`
  const files = {
    'share/dep/a': 'a\n',
    'share/dep/b': 'b\n',
    'share/dep/prefix': { text: `${placeholder}\n`, placeholder },
  }
  writeIndex(channel, [await writePackage(channel, { name: 'dep', subdir: 'noarch', files }, context)])
  writeFileSync(
    path.join(directory, 'recipe.yaml'),
    `package:\n  name: demo\n  version: "1"\nrequirements:\n  host: [dep]\nbuild:\n  noarch: generic\n${more}  script: ${script}\n`,
  )
  return krait(['build', '--output-dir', 'out', '-c', './channel'], { cwd: directory })
}

const says = (verb: string, name: string) =>
  `warning[install/dependency-changed]: the script ${verb} \`share/dep/${name}\` of \`dep\`; that is not in the package`

test.each([
  { script: 'sed -i s/a/z/ $PREFIX/share/dep/a', expected: says('changed', 'a') },
  { script: 'rm $PREFIX/share/dep/b', expected: says('removed', 'b') },
  {
    script: 'echo x > $PREFIX/x && mv $PREFIX/x $PREFIX/share/dep/prefix',
    expected: says('changed', 'prefix'),
  },
])('after `$script`', async ({ script, expected }) => {
  const { stderr, code } = await build(script)
  expect(stderr).toContain(expected)
  expect(code).toBe(0)
})

test.each([
  { script: 'touch $PREFIX/share/dep/a', more: '' },
  { script: 'sed -i s/a/z/ $PREFIX/share/dep/a', more: '  always_include_files: [share/dep/a]\n' },
  { script: 'echo own > $PREFIX/share/own', more: '' },
])('is not said after `$script` with `$more`', async ({ script, more }) => {
  const { stderr, code } = await build(script, more)
  expect(stderr).not.toContain('dependency-changed')
  expect(code).toBe(0)
})
