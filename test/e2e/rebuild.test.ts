/** `krait rebuild`: packages from nothing but packages. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { writeIndex, writePackage } from '../stages/install-prefixes/packages.js'
import { krait } from '../support/krait.js'
import { serveDirectory } from '../support/serve-directory.js'
import { tempDirectory, testContext } from '../support/system.js'
import { unpack } from '../support/unpack.js'

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}

/** A directory with a recipe, and a way to run krait there with its own caches and temporary directory. */
function setUp(recipe: string) {
  const place = tempDirectory()
  for (const name of ['recipe', 'tmp']) mkdirSync(path.join(place, name))
  writeFileSync(path.join(place, 'recipe/recipe.yaml'), recipe)
  const env = { TMPDIR: path.join(place, 'tmp'), KRAIT_CACHE_DIR: path.join(place, 'cache') }
  const run = (...args: string[]) => krait(args, { cwd: place, env })
  const build = async (...args: string[]) => {
    const { code, stderr } = await run('build', 'recipe', '--output-dir', 'out', '--test', 'skip', ...args)
    expect([code, code === 0 ? '' : stderr]).toEqual([0, ''])
    const [file = ''] = readdirSync(path.join(place, 'out'), { recursive: true, encoding: 'utf8' }).filter(
      (name) => /\.(conda|tar\.bz2)$/.test(name),
    )
    return path.join(place, 'out', file)
  }
  const leftovers = () => readdirSync(path.join(place, 'tmp'))
  return { place, run, build, leftovers }
}

const plain = `package: {name: demo, version: "1.0"}
context: {ratio: 1.50, big: 12345678901234567890, list: [1, 2.0]}
extra: {z: 1.0, a: [3.10]}
build:
  noarch: generic
  script: |
    mkdir -p $PREFIX/share
    echo "$PREFIX $SOURCE_DATE_EPOCH" > $PREFIX/share/where
tests:
  - script: grep -q share $PREFIX/share/demo || test -s $PREFIX/share/where
`

test.each(['conda:3', 'tar-bz2'])(
  'a %s package comes out the same, and nothing else is left',
  async (format) => {
    const { place, run, build, leftovers } = setUp(plain)
    const file = await build('--package-format', format, '--extra-meta', 'ticket=12')
    const { code, stdout } = await run('rebuild', file, '--check', '--output-dir', 'again')
    expect([code, stdout]).toEqual([0, expect.stringContaining('bit-for-bit identical!')])
    const [rebuilt = ''] = readdirSync(path.join(place, 'again'))
    expect(rebuilt).toMatch(/^demo-1\.0-h4616a5c_0-rebuilt-\d{8}-\d{6}\.(conda|tar\.bz2)$/)
    expect(sha256(path.join(place, 'again', rebuilt))).toBe(sha256(file))
    expect(leftovers()).toEqual([])
  },
)

test('a package from a server, named with -p, is compared as JSON', async () => {
  const { run, build, leftovers } = setUp(plain)
  const file = await build()
  const { url } = await serveDirectory(path.dirname(file))
  const { code, stdout } = await run('rebuild', '-p', `${url}/${path.basename(file)}`, '--json')
  const sum = sha256(file)
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ sha256: sum, rebuiltSha256: sum, isIdentical: true })
  expect(leftovers()).toEqual([])
})

test('what differs is told; only --check makes it an exit code', async () => {
  const { run, build } = setUp(plain.replace('$SOURCE_DATE_EPOCH', '$(date +%s%N)'))
  const file = await build()
  const told = await run('rebuild', file)
  expect(told.code).toBe(0)
  expect(told.stdout).toContain('~ share/where: other content')
  expect(told.stdout).toContain(`Rebuild produced different output!\n  Original SHA256: ${sha256(file)}\n`)
  const checked = await run('rebuild', file, '--check', '--json')
  expect(checked.code).toBe(9)
  const { difference } = JSON.parse(checked.stdout)
  expect(difference.files.map(({ path: name }: { path: string }) => name)).toEqual(['share/where'])
})

test('packages, commits and files beside the recipe are those of the first build', async () => {
  const { place, run, build } = setUp(`package: {name: demo, version: "1.0"}
source:
  - git: ../repository
    branch: main
  - path: beside.txt
build:
  script: cp -r file beside.txt $PREFIX/share/tool/data $PREFIX/ && chmod 755 $PREFIX/file
requirements:
  host: [tool]
`)
  const repository = path.join(place, 'repository')
  mkdirSync(repository)
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
      cwd: repository,
      stdio: 'pipe',
    })
  const commit = (text: string) => {
    writeFileSync(path.join(repository, 'file'), text)
    git('add', '.')
    git('commit', '-qm', text)
  }
  git('init', '-qb', 'main')
  commit('first')
  writeFileSync(path.join(place, 'recipe/beside.txt'), 'beside')
  const channel = path.join(place, 'channel')
  const pack = (version: string) =>
    writePackage(
      channel,
      { name: 'tool', version, files: { 'share/tool/data': version } },
      testContext().context,
    )
  const old = await pack('1.0')
  writeIndex(channel, [old])
  // The address of the repository is relative to the recipe, and packages do not hold repositories.
  const recipe = path.join(place, 'recipe/recipe.yaml')
  writeFileSync(recipe, readFileSync(recipe, 'utf8').replace('../repository', repository))
  const file = await build('-c', channel)
  commit('second')
  writeIndex(channel, [old, await pack('2.0')])
  writeFileSync(path.join(place, 'recipe/beside.txt'), 'changed')
  const moved = path.join(place, 'elsewhere')
  renameSync(channel, moved)
  const lost = await run('rebuild', file)
  expect([lost.code, lost.stderr]).toEqual([
    4,
    expect.stringContaining('`tool-1.0-0.conda`, which it was built with'),
  ])
  const { code, stdout } = await run('rebuild', file, '--check', '-c', moved)
  expect([code, stdout]).toEqual([0, expect.stringContaining('identical')])
})

test('tests run when they are asked for', async () => {
  const { run, build } = setUp(plain.replace('test -s $PREFIX/share/where', 'exit 3'))
  const file = await build()
  expect((await run('rebuild', file, '--check')).code).toBe(0)
  expect((await run('rebuild', file, '--check', '--test', 'native')).code).toBe(8)
})

test('a script that fails ends with 6 and leaves its directory', async () => {
  const { place, run, build, leftovers } = setUp(plain)
  const stop = plain.replace('mkdir', `test ! -e ${path.join(place, 'stop')}\n    mkdir`)
  writeFileSync(path.join(place, 'recipe/recipe.yaml'), stop)
  const file = await build()
  writeFileSync(path.join(place, 'stop'), '')
  const { code, stderr } = await run('rebuild', file)
  expect([code, stderr]).toEqual([6, expect.stringContaining('the build directory is kept')])
  expect(leftovers()).toEqual([expect.stringMatching(/^krait-rebuild-/)])
})

test('a package without its recipe names what is missing', async () => {
  const { run, build, leftovers } = setUp(plain)
  const file = await build('--no-include-recipe')
  const { code, stderr } = await run('rebuild', file)
  expect([code, stderr]).toEqual([7, expect.stringContaining('rendered_recipe.yaml')])
  expect(leftovers()).toEqual([])
})

test.each([
  {
    what: 'a name that leaves the directory',
    from: 'name: demo',
    to: 'name: ../../x',
    says: '`recipe.package.name` is the text `../../x`; it has to be the name of a package',
  },
  {
    what: 'a platform that is none',
    from: 'target_platform: noarch',
    to: 'target_platform: ../x',
    says: 'is no platform',
  },
  {
    what: 'another machine',
    from: 'platform: linux-64',
    to: 'platform: osx-arm64',
    says: 'was built on osx-arm64',
  },
  {
    what: 'a record cut short',
    from: /finalized_dependencies:[\s\S]*/,
    to: '',
    says: '`finalized_dependencies` is missing; it has to be a mapping',
  },
  { what: 'no YAML', from: 'recipe:', to: '"', says: 'cannot be used' },
])('$what is refused before anything is built', async ({ from, to, says }) => {
  const { place, run, build, leftovers } = setUp(plain)
  const content = unpack(await build())
  const record = path.join(content, 'info/recipe/rendered_recipe.yaml')
  chmodSync(record, 0o644)
  const text = readFileSync(record, 'utf8')
  const changed = typeof from === 'string' ? text.replaceAll(from, to) : text.replace(from, to)
  expect(changed).not.toBe(text)
  writeFileSync(record, changed)
  execFileSync('tar', ['-cjf', path.join(place, 'bad.tar.bz2'), '-C', content, '.'])
  const { code, stderr } = await run('rebuild', 'bad.tar.bz2')
  expect([code, stderr]).toEqual([7, expect.stringContaining(says)])
  expect(leftovers()).toEqual([])
})

test('a link in place of the recipe is not followed', async () => {
  const { place, run, build } = setUp(plain)
  const content = unpack(await build())
  const aside = path.join(place, 'aside')
  renameSync(path.join(content, 'info/recipe'), aside)
  execFileSync('ln', ['-s', aside, path.join(content, 'info/recipe')])
  execFileSync('tar', ['-cjf', path.join(place, 'bad.tar.bz2'), '-C', content, '.'])
  const { code, stderr } = await run('rebuild', 'bad.tar.bz2')
  expect([code, stderr]).toEqual([7, expect.stringContaining('it has no `info/recipe/rendered_recipe.yaml`')])
})

/** One staging output that installs a dependency and a source, and two outputs that share what it made. */
const staged = (script: string) => `recipe: {name: demo, version: "1.0"}
outputs:
  - staging: {name: built}
    source: {path: made.txt}
    build:
      script:
        - mkdir -p $PREFIX/lib $PREFIX/bin
        - ${script}
        - cat made.txt $PREFIX/share/tool/data > $PREFIX/bin/data
    requirements: {host: [tool]}
  - package: {name: liba}
    inherit: built
    build: {files: [lib/**]}
  - package: {name: demo}
    inherit: built
    build: {files: [bin/**], script: [cp made.txt $PREFIX/bin/made]}
`

async function buildStaged(script: string) {
  const set = setUp(staged(script))
  writeFileSync(path.join(set.place, 'recipe/made.txt'), 'made\n')
  const channel = path.join(set.place, 'channel')
  const spec = { name: 'tool', files: { 'share/tool/data': 'tool' } }
  writeIndex(channel, [await writePackage(channel, spec, testContext().context)])
  await set.build('-c', channel)
  const find = (name: string) => {
    const directory = path.join(set.place, 'out/linux-64')
    return path.join(directory, readdirSync(directory).find((file) => file.startsWith(`${name}-`)) ?? '')
  }
  return { ...set, channel, find }
}

test('an output of a staging output is rebuilt with it, from the package alone', async () => {
  const { place, run, find, leftovers, channel } = await buildStaged('echo "in $PREFIX" > $PREFIX/lib/a.pc')
  // What the first build knows is out of reach.
  renameSync(path.join(place, 'recipe'), path.join(place, 'gone'))
  renameSync(path.join(place, 'out/build_cache'), path.join(place, 'cache-gone'))
  for (const name of ['liba', 'demo']) {
    const { code, stdout, stderr } = await run(
      'rebuild',
      find(name),
      '--check',
      '-c',
      channel,
      '--output-dir',
      'again',
    )
    expect([code, stdout]).toEqual([0, expect.stringContaining('bit-for-bit identical!')])
    expect(stderr).toContain('Building new staging cache: built')
  }
  expect(leftovers()).toEqual([])
})

test('a staging output that gives something else is told', async () => {
  const { run, find, channel, leftovers } = await buildStaged('date +%s%N > $PREFIX/lib/a.pc')
  const { code, stdout } = await run('rebuild', find('liba'), '--check', '-c', channel)
  expect([code, stdout]).toEqual([9, expect.stringContaining('~ lib/a.pc: other content')])
  expect(leftovers()).toEqual([])
})

test('a staging output that fails ends with 6, and one without a record is refused', async () => {
  const { place, run, find, channel } = await buildStaged(
    'test ! -e $RECIPE_DIR/../stop && echo > $PREFIX/lib/a.pc',
  )
  const file = find('liba')
  const content = unpack(file)
  const record = path.join(content, 'info/recipe/rendered_recipe.yaml')
  const pack = (text: string) => {
    chmodSync(record, 0o644)
    writeFileSync(record, text)
    execFileSync('tar', ['-cjf', path.join(place, 'other.tar.bz2'), '-C', content, '.'])
    return run('rebuild', 'other.tar.bz2', '-c', channel, '-c', 'out')
  }
  const text = readFileSync(record, 'utf8')
  const failing = text.replaceAll('test ! -e $RECIPE_DIR/../stop', 'exit 3')
  expect(failing).not.toBe(text)
  expect((await pack(failing)).code).toBe(6)
  const without = await pack(text.replace(/finalized_cache_[\s\S]*?(?=\nsystem_tools)/, 'other: 1'))
  expect([without.code, without.stderr]).toEqual([7, expect.stringContaining('[package/inherits-staging]')])
  const broken = await pack(text.replace('finalized_cache_variant:', 'finalized_cache_variant: 1\nother:'))
  expect([broken.code, broken.stderr]).toEqual([
    7,
    expect.stringContaining('`finalized_cache_variant` is `1`; it has to be a mapping'),
  ])
})
