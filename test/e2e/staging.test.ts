/** Staging outputs: built once, and what they made is part of every output that inherits from them. */
import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { krait } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'
import { unpack } from '../support/unpack.js'

function write(file: string, text: string): string {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, text)
  return file
}

function recipeIn(root: string): string {
  write(path.join(root, 'src/f.txt'), 'data\n')
  return write(
    path.join(root, 'recipe/recipe.yaml'),
    `recipe: {name: st, version: "1"}
outputs:
  - staging: {name: built}
    source: {path: ../src}
    build:
      script:
        - echo "ran \${PKG_NAME-for nobody}" >> ${root}/ran
        - mkdir -p $PREFIX/lib $PREFIX/bin $PREFIX/empty
        - echo "prefix=$PREFIX" > $PREFIX/lib/st.pc
        - printf "a\\0$PREFIX/lib\\0b" > $PREFIX/lib/bin.dat
        - echo x > $PREFIX/bin/x
        - ln $PREFIX/bin/x $PREFIX/bin/y
        - ln -s x $PREFIX/bin/z
        - ln -s $PREFIX/bin/x $PREFIX/bin/absolute
        - cp f.txt obj.o
  - package: {name: liba}
    inherit: built
    build:
      files: [lib/**]
      script: [cat f.txt obj.o]
  - package: {name: libb}
    inherit: built
    build:
      files: [bin/**]
      script:
        - test "$(cat $PREFIX/lib/st.pc)" = "prefix=$PREFIX"
        - test "$(readlink $PREFIX/bin/absolute)" = $PREFIX/bin/x
        - test $PREFIX/bin/x -ef $PREFIX/bin/y
        - test -d $PREFIX/empty
        - test $PKG_NAME = libb
`,
  )
}

const runs = (root: string) => fs.readFileSync(path.join(root, 'ran'), 'utf8')

test('a staging output is built once, and each output packages its own share', async () => {
  const root = tempDirectory()
  const recipe = recipeIn(root)
  const flags = ['--output-dir', path.join(root, 'out')]
  const { code, stderr } = await krait(['build', recipe, ...flags])
  expect(stderr).toContain("Restored 6 files from staging cache 'built'")
  expect(code).toBe(0)
  expect(runs(root)).toBe('ran for nobody\n')
  const archives = fs.readdirSync(path.join(root, 'out/linux-64')).filter((name) => name.endsWith('.conda'))
  const [a = '', b = ''] = archives.map((name) => unpack(path.join(root, 'out/linux-64', name)))
  expect(fs.readdirSync(path.join(a, 'lib'))).toEqual(['bin.dat', 'st.pc'])
  expect(fs.readdirSync(path.join(b, 'bin'))).toEqual(['absolute', 'x', 'y', 'z'])
  expect(fs.readlinkSync(path.join(b, 'bin/z'))).toBe('x')
  expect((await krait(['build', recipe, ...flags])).code).toBe(0)
  expect(runs(root)).toBe('ran for nobody\n')
})

test.each([
  { what: 'a source', change: (root: string) => write(path.join(root, 'src/f.txt'), 'other\n') },
  {
    what: 'a file beside the recipe',
    change: (root: string) => write(path.join(root, 'recipe/build.py'), ''),
  },
  {
    what: 'the script',
    change: (root: string) => {
      const file = path.join(root, 'recipe/recipe.yaml')
      fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('echo x >', 'echo y >'))
    },
  },
])('it is built again when $what has changed', async ({ change }) => {
  const root = tempDirectory()
  const recipe = recipeIn(root)
  const flags = ['--output-dir', path.join(root, 'out')]
  await krait(['build', recipe, ...flags])
  change(root)
  expect((await krait(['build', recipe, ...flags])).code).toBe(0)
  expect(runs(root)).toBe('ran for nobody\nran for nobody\n')
})

test('a change of an inheriting output alone does not build the staging output again', async () => {
  const root = tempDirectory()
  const recipe = recipeIn(root)
  const flags = ['--output-dir', path.join(root, 'out')]
  await krait(['build', recipe, ...flags])
  fs.writeFileSync(recipe, fs.readFileSync(recipe, 'utf8').replace('cat f.txt obj.o', 'cat obj.o # less'))
  await krait(['build', recipe, ...flags])
  expect(runs(root)).toBe('ran for nobody\n')
})

test('run exports of what it was built with are inherited, unless they are not wanted', async () => {
  const root = tempDirectory()
  const channel = path.join(root, 'channel')
  const library = write(
    path.join(root, 'z/recipe.yaml'),
    `package: {name: libz, version: "1.2"}
requirements: {run_exports: ["libz >=1.2,<2"]}
`,
  )
  expect((await krait(['build', library, '--output-dir', channel])).code).toBe(0)
  const recipe = write(
    path.join(root, 'recipe/recipe.yaml'),
    `recipe: {name: st, version: "1"}
outputs:
  - staging: {name: built}
    requirements: {host: [libz]}
    build: {script: [echo x > $PREFIX/x]}
  - package: {name: with}
    inherit: built
  - package: {name: without}
    inherit: {from: built, run_exports: false}
  - package: {name: ignoring}
    inherit: built
    requirements: {ignore_run_exports: {from_package: [libz]}}
`,
  )
  const output = path.join(root, 'out')
  const build = await krait(['build', recipe, '-c', channel, '--output-dir', output])
  expect(build.code, build.stderr).toBe(0)
  const { packages, 'packages.conda': conda } = JSON.parse(
    fs.readFileSync(path.join(output, 'linux-64/repodata.json'), 'utf8'),
  ) as Record<string, Record<string, { name: string; depends: string[] }>>
  const depends = Object.values({ ...packages, ...conda }).map((record) => [record.name, record.depends])
  expect(Object.fromEntries(depends)).toEqual({ with: ['libz >=1.2,<2'], without: [], ignoring: [] })
})

test('a staging script that fails is shown, kept, and run again with debug', async () => {
  const root = tempDirectory()
  const recipe = write(
    path.join(root, 'recipe/recipe.yaml'),
    `recipe: {name: st, version: "1"}
outputs:
  - staging: {name: built}
    build: {script: [echo in staging, exit 3]}
  - package: {name: liba}
    inherit: built
`,
  )
  const flags = ['--output-dir', path.join(root, 'out')]
  const { code, stderr } = await krait(['build', recipe, ...flags])
  expect(stderr).toContain('Script failed with status 3')
  expect(code).toBe(6)
  expect(fs.readdirSync(path.join(root, 'out/build_cache'))).toEqual([])
  const again = await krait(['debug', 'run', ...flags])
  expect(again.stdout).toBe('in staging\n')
  expect(again.code).toBe(3)
})
