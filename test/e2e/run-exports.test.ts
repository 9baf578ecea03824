/** Run exports that only the package itself tells: it is fetched once, for the answer and for the prefix. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { writeIndex, writePackage } from '../stages/install-prefixes/packages.js'
import { krait } from '../support/krait.js'
import { serveDirectory } from '../support/serve-directory.js'
import { tempDirectory, testContext } from '../support/system.js'

test('a package without listed run exports is fetched once, for a look, two builds and the installation', async () => {
  const directory = tempDirectory()
  const channel = path.join(directory, 'channel')
  const { context } = testContext()
  const library = await writePackage(
    channel,
    { name: 'lib', subdir: 'noarch', files: { 'share/lib': 'x' }, runExports: { noarch: ['lib >=1.0'] } },
    context,
  )
  const { run_exports: _, ...listed } = library
  writeIndex(channel, [listed])
  expect(readFileSync(path.join(channel, 'noarch/repodata.json'), 'utf8')).not.toContain('run_exports')
  const server = await serveDirectory(channel)
  const recipe = path.join(directory, 'recipe')
  mkdirSync(recipe)
  writeFileSync(
    path.join(recipe, 'recipe.yaml'),
    `package: {name: demo, version: "1"}
build: {noarch: generic, script: ["touch $PREFIX/made"]}
requirements: {host: [lib]}
`,
  )
  const env = { KRAIT_CACHE_DIR: path.join(directory, 'cache') }
  const args = ['build', recipe, '-c', server.url, '--output-dir', path.join(directory, 'out'), '--no-test']
  const look = await krait([...args, '--render-only', '--with-solve'], { env })
  expect(look.stdout, look.stderr).toContain('lib >=1.0')
  for (const number of [0, 1]) {
    const { code, stderr } = await krait([...args, '--build-num', String(number)], { env })
    expect(code, stderr).toBe(0)
  }
  expect(server.served.filter((name) => name.includes(library.fn))).toHaveLength(1)
})
