/** Many recipes in one call: the same packages however many are built at once, and what is left after a failure or a kill. */
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { type KraitOptions, krait, startKrait } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'

interface Recipe {
  readonly host?: readonly string[]
  readonly run?: readonly string[]
  /** Lines of the script, before those that every script has. */
  readonly script?: readonly string[]
}

/** Six outputs: `zlib` and `bz` are needed by others, `viewer` needs all of them but `tool`, which it runs with. */
const six: Readonly<Record<string, Recipe>> = {
  viewer: { host: ['png', 'xz'], run: ['tool'] },
  png: { host: ['zlib'] },
  xz: { host: ['zlib', 'bz'] },
  tool: { run: ['bz'] },
  zlib: {},
  bz: {},
}

/** Each script writes its name to the file `built`, so that a test sees what was built how often. */
function writeRecipes(recipes: Readonly<Record<string, Recipe>>, root = tempDirectory()): string {
  for (const [name, { host = [], run = [], script = [] }] of Object.entries(recipes)) {
    const directory = path.join(root, 'recipes', name)
    mkdirSync(directory, { recursive: true })
    const lines = [
      ...script,
      `echo ${name} >> ${root}/built`,
      `mkdir -p $PREFIX/share/${name}`,
      `echo ${name} > $PREFIX/share/${name}/data`,
    ]
    const text = `package:
  name: ${name}
  version: "1.0"
build:
  noarch: generic
  script:
${lines.map((line) => `    - ${JSON.stringify(line)}`).join('\n')}
requirements:
  host: [${host.join(', ')}]
  run: [${run.join(', ')}]
tests:
  - script: test -f $PREFIX/share/${name}/data
`
    writeFileSync(path.join(directory, 'recipe.yaml'), text)
  }
  return root
}

const call = (...args: readonly string[]) => [
  'build',
  '--recipe-dir',
  'recipes',
  '--output-dir',
  'out',
  '-c',
  './out',
  ...args,
]

const build = (root: string, args: readonly string[], env: KraitOptions['env'] = {}) =>
  krait(call(...args), { cwd: root, env: { SOURCE_DATE_EPOCH: '1700000000', ...env } })

/** Names of what was built, sorted, since the last look. */
function takeBuilt(root: string): readonly string[] {
  const file = path.join(root, 'built')
  const names = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').sort() : []
  rmSync(file, { force: true })
  return names
}

function packages(root: string): Readonly<Record<string, string>> {
  const directory = path.join(root, 'out/noarch')
  const files = readdirSync(directory).filter((name) => name.endsWith('.conda'))
  const hash = (name: string) =>
    createHash('sha256')
      .update(readFileSync(path.join(directory, name)))
      .digest('hex')
  return Object.fromEntries(files.sort().map((name) => [name.split('-')[0] ?? '', hash(name)]))
}

function listed(root: string): readonly string[] {
  const index = JSON.parse(readFileSync(path.join(root, 'out/noarch/repodata.json'), 'utf8'))
  return Object.keys(index['packages.conda'])
    .map((name) => name.split('-')[0] ?? '')
    .sort()
}

interface Event {
  readonly type: string
  readonly output?: string
  readonly cause?: string
}

/** What happened to each output, as a run in JSON tells it: `built`, `failed`, or `skipped`. */
function outcomes(stderr: string): Readonly<Record<string, string>> {
  const events = stderr
    .trim()
    .split('\n')
    .map((line): Event => JSON.parse(line).event)
  const words: Readonly<Record<string, string>> = { 'output-finished': 'built', 'build-failed': 'failed' }
  return Object.fromEntries(
    events.flatMap(({ type, output, cause }) => {
      const name = output?.split('-')[0] ?? ''
      const skipped = cause === undefined ? 'there' : `skipped for ${cause.split('-')[0]}`
      const word = type === 'output-skipped' ? skipped : words[type]
      return word === undefined ? [] : [[name, word]]
    }),
  )
}

async function waitFor(file: string): Promise<void> {
  while (!existsSync(file)) await sleep(20)
}

/** Waits until a process is gone. */
async function waitForEnd(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    await sleep(20)
  }
}

const allNames = Object.keys(six).sort()

test('two or four at a time give the same packages as one after the other, byte for byte', async () => {
  const root = writeRecipes(six)
  const found: Readonly<Record<string, string>>[] = []
  for (const jobs of ['1', '2', '4']) {
    const { code, stderr } = await build(root, ['-j', jobs])
    expect(stderr).toContain('6 packages in out')
    expect(code).toBe(0)
    expect(takeBuilt(root)).toEqual(allNames)
    found.push(packages(root))
    expect(listed(root)).toEqual(allNames)
    rmSync(path.join(root, 'out'), { recursive: true })
  }
  expect(Object.keys(found[0] ?? {})).toEqual(allNames)
  expect(found[1]).toEqual(found[0])
  expect(found[2]).toEqual(found[0])
})

test('two outputs that do not need each other really run at the same time', async () => {
  const root = tempDirectory()
  const meet = (own: string, other: string) => [
    `touch ${root}/${own}`,
    `while [ ! -e ${root}/${other} ]; do sleep 0.05; done`,
  ]
  writeRecipes({ left: { script: meet('l', 'r') }, right: { script: meet('r', 'l') } }, root)
  const { code, stderr } = await build(root, ['-j', '2', '--build-timeout', '2m'])
  expect(code).toBe(0)
  // Mixed lines say whose they are.
  expect(stderr).toMatch(/^left-1\.0-\S+ \| {3}│ \+ touch /m)
  expect(stderr).toMatch(/^right-1\.0-\S+ \| {3}│ \+ touch /m)
  const log = (name: string) =>
    readdirSync(path.join(root, 'out/logs')).find((file) =>
      new RegExp(`^${name}-.*\\.events\\.jsonl$`).test(file),
    )
  for (const name of ['left', 'right']) {
    const lines = readFileSync(path.join(root, 'out/logs', log(name) ?? ''), 'utf8')
      .trim()
      .split('\n')
    const outputs = new Set(lines.map((line) => JSON.parse(line).output?.split('-')[0]))
    expect([...outputs].filter((output) => output !== undefined)).toEqual([name])
  }
})

describe('after kill -9', () => {
  test('--resume builds only the rest', async () => {
    const root = tempDirectory()
    const wait = [
      `echo $$ > ${root}/pid; mv ${root}/pid ${root}/started`,
      `while [ ! -e ${root}/go ]; do sleep 0.05; done`,
    ]
    writeRecipes({ ...six, png: { ...six.png, script: wait }, xz: { host: ['png', 'bz'] } }, root)
    const child = startKrait(call('-j', '2'), { cwd: root })
    const journal = path.join(root, 'out/logs/journal.jsonl')
    await waitFor(path.join(root, 'started'))
    const finished = () => (existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').length - 1 : 0)
    while (finished() < 3) await sleep(20)
    const ended = new Promise((resolve) => child.once('close', resolve))
    child.kill('SIGKILL')
    child.stderr?.destroy()
    child.stdout?.destroy()
    await ended
    const before = takeBuilt(root)
    expect(before).toEqual(['bz', 'tool', 'zlib'])
    // Nothing is half written, and the scripts that were running do not matter.
    expect(listed(root)).toEqual(['bz', 'tool', 'zlib'])
    writeFileSync(path.join(root, 'go'), '')
    await waitForEnd(Number(readFileSync(path.join(root, 'started'), 'utf8')))
    takeBuilt(root)
    // What a kill in the middle of a write leaves.
    appendFileSync(journal, '{"version":1,"file":"noarch/png')
    const { code, stderr } = await build(root, ['-j', '2', '--resume', '--log-style', 'json'])
    expect(code).toBe(0)
    expect(takeBuilt(root)).toEqual(['png', 'viewer', 'xz'])
    expect(outcomes(stderr)).toEqual({
      bz: 'there',
      tool: 'there',
      zlib: 'there',
      png: 'built',
      xz: 'built',
      viewer: 'built',
    })
    expect(listed(root)).toEqual(allNames)
    const again = await build(root, ['--resume'])
    expect(again.code).toBe(0)
    expect(again.stderr).toContain('6 there already')
    expect(takeBuilt(root)).toEqual([])
  })
})

test('--resume builds again what has changed, what is built from it, and what is not in the channel any more', async () => {
  const root = writeRecipes(six)
  await build(root, ['-j', '2'])
  takeBuilt(root)
  writeFileSync(path.join(root, 'recipes/xz/notes.txt'), 'a file that a script could read')
  rmSync(
    path.join(
      root,
      'out/noarch',
      readdirSync(path.join(root, 'out/noarch')).find((n) => n.startsWith('tool-')) ?? '',
    ),
  )
  const { code } = await build(root, ['-j', '2', '--resume'])
  expect(code).toBe(0)
  expect(takeBuilt(root)).toEqual(['tool', 'viewer', 'xz'])
  expect(listed(root)).toEqual(allNames)
  // Other tests, and values of the caller's environment in a template, make it another output too.
  expect((await build(root, ['--resume', '--test', 'skip'])).code).toBe(0)
  expect(takeBuilt(root)).toEqual(allNames)
  const text = readFileSync(path.join(root, 'recipes/bz/recipe.yaml'), 'utf8')
  const about = 'about:\n  summary: ${{ env.get("MOOD", default="calm") }}\n'
  writeFileSync(path.join(root, 'recipes/bz/recipe.yaml'), text + about)
  await build(root, ['-j', '2', '--resume'])
  takeBuilt(root)
  await build(root, ['--resume'])
  expect(takeBuilt(root)).toEqual([])
  await build(root, ['-j', '2', '--resume'], { MOOD: 'loud' })
  expect(takeBuilt(root)).toEqual(['bz', 'viewer', 'xz'])
})

describe('sources beside the directories of recipes', () => {
  const shared = `source:
  - path: ../../shared
    filter: ["*.txt"]
    patches: [../../fix.patch]
`
  const patch = `--- a/greeting.txt
+++ b/greeting.txt
@@ -1 +1 @@
-hello
+good day
`
  const write = () => {
    const root = writeRecipes({ greeter: {}, visitor: { host: ['greeter'] }, hermit: {} })
    const recipe = path.join(root, 'recipes/greeter/recipe.yaml')
    writeFileSync(recipe, `${readFileSync(recipe, 'utf8')}${shared}`)
    mkdirSync(path.join(root, 'shared'))
    writeFileSync(path.join(root, 'shared/greeting.txt'), 'hello\n')
    writeFileSync(path.join(root, 'shared/notes.md'), 'nobody takes these\n')
    writeFileSync(path.join(root, 'fix.patch'), patch)
    return root
  }

  test.each([
    { what: 'a file that is taken', file: 'shared/greeting.txt', text: 'hello\nagain\n', built: true },
    { what: 'a new file that is taken', file: 'shared/more.txt', text: 'more\n', built: true },
    { what: 'a patch', file: 'fix.patch', text: patch.replace('good day', 'good night'), built: true },
    { what: 'a file that nobody takes', file: 'shared/notes.md', text: 'other notes\n', built: false },
  ])('--resume looks at $what', async ({ file, text, built }) => {
    const root = write()
    const first = await build(root, [])
    expect(first.code).toBe(0)
    expect(takeBuilt(root)).toEqual(['greeter', 'hermit', 'visitor'])
    writeFileSync(path.join(root, file), text)
    expect((await build(root, ['--resume'])).code).toBe(0)
    expect(takeBuilt(root)).toEqual(built ? ['greeter', 'visitor'] : [])
  })

  test('one that is gone is the failure of its output alone', async () => {
    const root = write()
    rmSync(path.join(root, 'shared'), { recursive: true })
    const { code, stderr } = await build(root, ['--keep-going'])
    expect(stderr).toContain('source/path-missing')
    expect(code).not.toBe(0)
    expect(takeBuilt(root)).toEqual(['hermit'])
  })
})

describe('CPU_COUNT', () => {
  const all = os.availableParallelism()
  test.each([
    { jobs: '1', given: {}, expected: all },
    { jobs: '2', given: {}, expected: Math.max(1, Math.floor(all / 2)) },
    // Three outputs cannot be more than three at the same time.
    { jobs: '100', given: {}, expected: Math.max(1, Math.floor(all / 3)) },
    { jobs: '2', given: { CPU_COUNT: '7' }, expected: 7 },
  ])('is $expected with -j $jobs and $given', async ({ jobs, given, expected }) => {
    const root = tempDirectory()
    const script = [`echo $CPU_COUNT >> ${root}/counts`]
    writeRecipes({ a: { script }, b: { script }, c: { script } }, root)
    expect((await build(root, ['-j', jobs], given)).code).toBe(0)
    const counts = readFileSync(path.join(root, 'counts'), 'utf8').trim().split('\n')
    expect(counts).toEqual([expected, expected, expected].map(String))
  })
})

test('recipes in the output directory, which unfinished builds leave there, are none of the call', async () => {
  const root = writeRecipes({ one: {} })
  mkdirSync(path.join(root, 'recipes/out/bld/left/work'), { recursive: true })
  writeFileSync(path.join(root, 'recipes/out/bld/left/work/recipe.yaml'), 'no recipe at all')
  const { code, stderr } = await build(root, ['--output-dir', 'recipes/out'])
  expect(stderr).toContain('1 package in recipes/out')
  expect(code).toBe(0)
})

describe('a failure', () => {
  test('of an output that nothing needs leaves the others, and decides the exit code', async () => {
    const root = writeRecipes({ ...six, viewer: { ...six.viewer, script: ['exit 3'] } })
    const { code, stderr } = await build(root, ['-j', '2', '--keep-going', '--log-style', 'json'])
    expect(code).toBe(6)
    expect(outcomes(stderr)).toEqual({
      viewer: 'failed',
      ...Object.fromEntries(allNames.filter((name) => name !== 'viewer').map((name) => [name, 'built'])),
    })
  })

  test.each(['1', '3'])('names what it skips, with %s at a time', async (jobs) => {
    const root = writeRecipes({ ...six, bz: { script: ['exit 3'] } })
    const { code, stderr } = await build(root, ['-j', jobs, '--keep-going'])
    expect(code).toBe(6)
    for (const name of ['xz', 'tool', 'viewer'])
      expect(stderr).toMatch(new RegExp(`^${name}-1\\.0-\\S+ skipped: bz-1\\.0-\\S+ failed`, 'm'))
    expect(stderr).toMatch(/✖ 1 output failed, 2 built, 3 skipped · /)
    // A script of `tool` may run before it is known that its tests cannot.
    expect(takeBuilt(root).filter((name) => name !== 'tool')).toEqual(['png', 'zlib'])
    expect(listed(root)).toEqual(['png', 'zlib'])
    expect(stderr).toMatch(/\n {2}✖ bz-1\.0-\S+\n(?: {4}(?:xz|tool|viewer)-1\.0-\S+ skipped\n){3}✖ 1 output/)
  })

  test('ends the run without --keep-going, and what runs is finished', async () => {
    const root = tempDirectory()
    const wait = (file: string) => `while [ ! -e ${root}/${file} ]; do sleep 0.05; done`
    writeRecipes(
      {
        aaa: { script: [wait('slow'), `touch ${root}/failing`, 'exit 3'] },
        bbb: { script: [`touch ${root}/slow`, wait('failing'), 'sleep 0.3'] },
        ccc: { host: ['bbb'] },
        ddd: {},
      },
      root,
    )
    const { code, stderr } = await build(root, ['-j', '2'])
    expect(code).toBe(6)
    expect(listed(root)).toEqual(['bbb'])
    expect(stderr).toMatch(/✖ 1 output failed, 1 built, 2 left · /)
  })

  test('takes untested packages out of the channel whose tests cannot run any more', async () => {
    const root = writeRecipes({ early: { run: ['late'] }, late: { script: ['exit 3'] } })
    const { code, stderr } = await build(root, ['-j', '2', '--keep-going'])
    expect(code).toBe(6)
    expect(stderr).toMatch(/early-1\.0-\S+ skipped: late-1\.0-\S+ failed/)
    expect(listed(root)).toEqual([])
  })
})

test('Ctrl-C ends all scripts, and nothing half-written is left', async () => {
  const root = tempDirectory()
  const hang = (name: string) => [`echo $$ > ${root}/${name}.pid`, 'sleep 1000']
  writeRecipes({ one: { script: hang('one') }, two: { script: hang('two') }, three: { host: ['one'] } }, root)
  const child = startKrait(call('-j', '2'), { cwd: root })
  const ended = new Promise((resolve) => child.once('close', resolve))
  await Promise.all(['one', 'two'].map((name) => waitFor(path.join(root, `${name}.pid`))))
  child.kill('SIGINT')
  expect(await ended).toBe(130)
  for (const name of ['one', 'two']) {
    const pid = Number(readFileSync(path.join(root, `${name}.pid`), 'utf8'))
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  }
  expect(listed(root)).toEqual([])
  expect(existsSync(path.join(root, 'out/.untested'))).toBe(false)
})

test('after Ctrl-C in a dirty build the same call builds the rest, and the advice says so', async () => {
  const root = tempDirectory()
  const one = { script: [`echo $$ > ${root}/one.pid`, `[ -e ${root}/go ] || sleep 1000`] }
  writeRecipes({ one, two: { host: ['one'] } }, root)
  const child = startKrait(call('--dirty'), { cwd: root })
  let told = ''
  child.stderr?.on('data', (chunk: Buffer) => (told += chunk.toString('utf8')))
  const ended = new Promise((resolve) => child.once('close', resolve))
  await waitFor(path.join(root, 'one.pid'))
  child.kill('SIGINT')
  expect(await ended).toBe(130)
  expect(told).toContain('the same call builds the rest')
  expect(told).not.toContain('--resume')
  writeFileSync(path.join(root, 'go'), '')
  const rest = await krait(call('--dirty'), { cwd: root })
  expect({ code: rest.code, stderr: rest.stderr }).toEqual({
    code: 0,
    stderr: expect.stringContaining('2 packages in'),
  })
})

test('a time budget starts nothing new, says how many are left, and --resume builds them', async () => {
  const root = writeRecipes({ ...six, bz: { script: ['sleep 1.2'] } })
  const { code, stderr } = await build(root, ['--time-budget', '1s'])
  expect(code).toBe(10)
  expect(stderr).toContain('error[unfinished/time-budget]')
  expect(stderr.trim()).toMatch(/\d left: the same call with --resume builds the rest$/)
  const before = takeBuilt(root)
  const rest = await build(root, ['--resume', '--time-budget', '2h'])
  expect(rest.code).toBe(0)
  expect([...before, ...takeBuilt(root)].sort()).toEqual(allNames)
  expect(listed(root)).toEqual(allNames)
})

test.each([
  { args: ['-j', '0'], message: '`--jobs`' },
  { args: ['-j', 'many'], message: "invalid value 'many'" },
  { args: ['--time-budget', 'soon'], message: "invalid value 'soon' for '--time-budget'" },
  { args: ['--resume', '--dirty'], message: "'--resume' cannot be used with '--dirty'" },
])('$args is refused before anything is built', async ({ args, message }) => {
  const root = writeRecipes({ one: {} })
  const { code, stderr } = await build(root, args)
  expect(code).toBe(2)
  expect(stderr).toContain(message)
  expect(existsSync(path.join(root, 'out'))).toBe(false)
})

describe('krait dag', () => {
  const dag = (root: string, ...args: readonly string[]) =>
    krait(['dag', '--recipe-dir', 'recipes', ...args], { cwd: root })

  test('shows a tree, what depends on a package, and the graph for other programs', async () => {
    const root = writeRecipes(six)
    const tree = await dag(root)
    expect(tree.code).toBe(0)
    expect(tree.stdout.replaceAll(/-1\.0-\S+/g, '')).toBe(`viewer
|-- tool (run)
|   \`-- bz (run)
|-- png (host)
|   \`-- zlib (host)
\`-- xz (host)
    |-- bz (host)
    \`-- zlib (host)
6 outputs, 7 needs
`)
    const { stdout } = await dag(root, '--dependents', 'bz', '--json')
    const { outputs } = JSON.parse(stdout)
    expect(outputs.map(({ name }: { name: string }) => name).sort()).toEqual(['bz', 'tool', 'viewer', 'xz'])
    const dot = await dag(root, '--dot')
    expect(dot.stdout).toMatch(
      /^digraph outputs \{[\s\S]* {2}"png-1\.0-\w+" -> "zlib-1\.0-\w+" \[label="host"\];[\s\S]*\}\n$/,
    )
    const mermaid = await dag(root, '--mermaid')
    expect(mermaid.stdout).toMatch(/^flowchart LR\n[\s\S]* -\.->\|run\| n0\n/)
  })

  test('names the outputs of a cycle, and only those', async () => {
    const root = writeRecipes({ a: { host: ['b'] }, b: { host: ['a'] }, c: { host: ['b'] }, d: {} })
    const { code, stderr } = await dag(root)
    expect(code).toBe(3)
    expect(stderr).toContain('Cycle detected in recipe outputs: a, b\n')
  })

  test('says which name is nearest to an unknown one', async () => {
    const { code, stderr } = await dag(writeRecipes(six), '--dependents', 'zlb')
    expect(code).toBe(3)
    expect(stderr).toContain('did you mean `zlib`?')
  })
})
