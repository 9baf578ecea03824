/** Linking checks that name the line to add, and `krait build --fix`, which adds it. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { writeIndex, writePackage } from '../stages/install-prefixes/packages.js'
import { krait } from '../support/krait.js'
import { tempDirectory, testContext } from '../support/system.js'

/** A channel in which `top` brings `libdeep`, which has a library that nobody asks for by name. */
async function setUp(requirements: string, runExports?: Record<string, readonly string[]>) {
  const place = tempDirectory()
  mkdirSync(path.join(place, 'recipe'))
  const [source, library] = [path.join(place, 'deep.c'), path.join(place, 'libdeep.so.1')]
  writeFileSync(source, 'int deep(void) { return 0; }\n')
  execFileSync('gcc', ['-shared', '-fPIC', '-Wl,-soname,libdeep.so.1', '-o', library, source])
  const channel = path.join(place, 'channel')
  const { context } = testContext()
  const files = {
    'lib/libdeep.so.1': { text: readFileSync(library) },
    'lib/libdeep.so': { link: 'libdeep.so.1' },
  }
  const deep = await writePackage(
    channel,
    { name: 'libdeep', files, ...(runExports && { runExports }) },
    context,
  )
  const top = await writePackage(channel, { name: 'top', index: { depends: ['libdeep'] } }, context)
  writeIndex(channel, [deep, top])
  const recipe = path.join(place, 'recipe/recipe.yaml')
  const text = `# kept: a comment
package: {name: demo, version: "1.0"}
build:
  script:
    - mkdir -p $PREFIX/bin
    - echo 'int deep(void); int main(void) { return deep(); }' > m.c
    - gcc m.c -o $PREFIX/bin/demo -L$PREFIX/lib -Wl,-rpath,$PREFIX/lib -ldeep
  dynamic_linking:
    overlinking_behavior: error
    missing_dso_allowlist: [libc.so.6]
${requirements}`
  writeFileSync(recipe, text)
  const build = (...flags: string[]) =>
    krait([
      'build',
      recipe,
      '-c',
      channel,
      '--output-dir',
      path.join(place, 'out'),
      '--test',
      'skip',
      ...flags,
    ])
  return { build, recipe, text }
}

const exported = { weak: ['libdeep >=1.0'] }

test.each([
  {
    name: 'a library that exports itself goes into host',
    before: 'requirements:\n  host:\n    - top  # the top\n',
    runExports: exported,
    after: 'requirements:\n  host:\n    - top  # the top\n    - libdeep\n',
    says: 'add `libdeep` to `requirements.host`',
  },
  {
    name: 'one that does not goes into run',
    before: 'requirements:\n  host: [top]\n# the end\n',
    runExports: undefined,
    after: 'requirements:\n  host: [top]\n  run:\n    - libdeep\n# the end\n',
    says: 'add `libdeep` to `requirements.run`',
  },
  {
    name: 'one that is in host and whose run exports are not wanted goes into run',
    before: 'requirements:\n  host: [libdeep]\n  run: []\n  ignore_run_exports: {from_package: [libdeep]}\n',
    runExports: exported,
    after:
      'requirements:\n  host: [libdeep]\n  run: [libdeep]\n  ignore_run_exports: {from_package: [libdeep]}\n',
    says: 'add `libdeep` to `requirements.run`',
  },
])('$name, and the next build passes', async ({ before, runExports, after, says }) => {
  const { build, recipe, text } = await setUp(before, runExports)
  const refused = await build()
  expect([refused.code, refused.stderr]).toEqual([7, expect.stringContaining(says)])
  expect(refused.stderr).toContain('recipe.yaml:')
  expect(readFileSync(recipe, 'utf8')).toBe(text)
  const fixed = await build('--fix')
  expect(fixed.code).toBe(7)
  const line = after
    .split('\n')
    .findIndex((item) => /libdeep\]?$|run: \[libdeep/.test(item) && !/^ {2}host/.test(item))
  const place = `recipe.yaml:${text.slice(0, -before.length).split('\n').length + line}`
  expect(fixed.stderr).toContain(`${place}, for libdeep.so.1; build again`)
  expect(readFileSync(recipe, 'utf8')).toBe(text.replace(before, after))
  const passed = await build('--fix')
  expect([passed.code, passed.code === 0 ? '' : passed.stderr]).toEqual([0, ''])
  expect(readFileSync(recipe, 'utf8')).toBe(text.replace(before, after))
})

test('a warning names the requirement too, and a recipe without requirements gets them', async () => {
  const { build, recipe, text } = await setUp('requirements:\n  host: [top]\n', exported)
  writeFileSync(recipe, text.replace('overlinking_behavior: error', 'overlinking_behavior: ignore'))
  const { code, stderr } = await build('--fix')
  expect(code).toBe(0)
  expect(stderr).toContain('Overlinking against "lib/libdeep.so.1" for "bin/demo"')
  expect(stderr).toMatch(
    /help: add `libdeep` to `requirements.host` \(recipe.yaml:\d+\), which exports itself to run/,
  )
  expect(readFileSync(recipe, 'utf8')).toContain('host: [top, libdeep]')
})
