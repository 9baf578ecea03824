/** `krait log` and `krait builds`: what builds told, also those that run or were killed. */
import { mkdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { krait, startKrait } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'

function makeRecipe(directory: string, name: string, script: readonly string[]): void {
  mkdirSync(path.join(directory, name), { recursive: true })
  const recipe = { package: { name, version: '1' }, build: { script, noarch: 'generic' } }
  writeFileSync(path.join(directory, name, 'recipe.yaml'), JSON.stringify(recipe))
}

const good = 'good-1-h4616a5c_0'
const bad = 'bad-1-h4616a5c_0'

async function twoBuilds() {
  const cwd = tempDirectory()
  makeRecipe(cwd, 'good', ['echo first line', 'mkdir -p $PREFIX/share', 'echo x > $PREFIX/share/good'])
  makeRecipe(cwd, 'bad', ['echo before', 'exit 3'])
  expect((await krait(['build', 'good'], { cwd })).code).toBe(0)
  expect((await krait(['build', 'bad'], { cwd })).code).toBe(6)
  return { cwd, log: (...words: string[]) => krait(['log', ...words], { cwd }) }
}

test('builds are listed, the newest first, with how they ended', async () => {
  const { cwd } = await twoBuilds()
  const { stdout, code } = await krait(['builds'], { cwd })
  expect(stdout).toMatch(/ failed .* bad-1-\w+ +script\/[^\n]*\n.* built .* good-1-\w+\n2 builds\n$/)
  expect(code).toBe(0)
  const json = await krait(['builds', '--failed', '--json'], { cwd })
  expect(JSON.parse(json.stdout)).toEqual([
    expect.objectContaining({ id: bad, status: 'failed', stage: 'script', code: 'script/failed' }),
  ])
})

test('the log of the newest build is shown, or of one by the beginning of its id, whole or in part', async () => {
  const { log } = await twoBuilds()
  expect((await log()).stdout).toMatch(/\d\d:\d\d:\d\d {2}.*before\n[\s\S]*script failed/)
  expect((await log('good')).stdout).toContain('first line')
  expect((await log(good)).stdout).not.toContain('before')
  const script = (await log('good', '--step', 'script')).stdout
  expect(script).toContain('first line')
  expect(script).not.toContain('package ')
  const json = (await log('good', '--step', 'package', '--json')).stdout
  const events = json
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(events[0]).toMatchObject({ type: 'stage-started', stage: 'package', at: expect.any(Number) })
  expect(events.at(-1)).toMatchObject({ type: 'stage-finished', stage: 'package' })
  const at = (await log('good', '--at', '00:59:00')).stdout
  expect(at).toMatch(/first line[\s\S]*\nat 00:59:00: the build had ended\n$/)
  expect((await log('--since', '2100-01-01T00:00:00Z')).stdout).toBe('')
  expect((await log('--since', '1d')).stdout).toContain('before')
})

const mistakes = [
  { words: ['nope'], says: '`krait builds` lists all' },
  { words: ['--output-dir', 'missing'], says: 'there is no build in' },
  { words: ['--at', 'noon'], says: 'expected a time after the start' },
  { words: ['--since', 'noon'], says: 'expected how long ago, such as 10m' },
  { words: ['--step', 'scrip'], says: 'did you mean `script`?' },
  { words: ['-f', '--at', '1'], says: "cannot be used with '--at'" },
  { words: ['good', 'bad'], says: 'argument' },
]

test('what cannot be shown is refused in one message', async () => {
  const { log } = await twoBuilds()
  for (const { words, says } of mistakes) {
    const { code, stdout, stderr } = await log(...words)
    expect(stderr).toContain(says)
    expect({ words, code, stdout }).toEqual({ words, code: 2, stdout: '' })
  }
})

test('a log whose last line was cut off is shown up to there, and its build is unfinished', async () => {
  const cwd = tempDirectory()
  makeRecipe(cwd, 'good', ['echo first line'])
  expect((await krait(['build', 'good'], { cwd })).code).toBe(0)
  const file = path.join(cwd, `output/logs/${good}.events.jsonl`)
  const text = readFileSync(file, 'utf8')
  truncateSync(file, text.indexOf('"type":"stage-finished","stage":"script"') + 20)
  const { stdout, code } = await krait(['log'], { cwd })
  expect({ code, last: stdout.trimEnd().split('\n').at(-1) }).toEqual({
    code: 0,
    last: expect.stringMatching(/first line$/),
  })
  expect((await krait(['builds'], { cwd })).stdout).toMatch(/ unfinished .*in script\n1 build\n$/)
})

test('lines that are no events, or those of another version, are left out', async () => {
  const cwd = tempDirectory()
  mkdirSync(path.join(cwd, 'output/logs'), { recursive: true })
  const lines = ['null', '{}', '{"at":1,"type":"invented"}', '{"at":2,"type":"output-started"}', 'x', '']
  const note = '{"at":3,"type":"note","output":"a-1-0","text":"\\u001b[2Jseen"}'
  writeFileSync(path.join(cwd, 'output/logs/a-1-0.events.jsonl'), [...lines, note, ''].join('\n'))
  const { stdout, code } = await krait(['log'], { cwd })
  expect({ code, stdout }).toEqual({ code: 0, stdout: '00:00:00    seen\n' })
})

test('`-f` follows a build until it ends', async () => {
  const cwd = tempDirectory()
  makeRecipe(cwd, 'slow', ['echo begun', 'while [ ! -e $RECIPE_DIR/go ]; do sleep 0.1; done', 'echo gone on'])
  const build = startKrait(['build', 'slow'], { cwd })
  const ended = new Promise((resolve) => build.once('close', resolve))
  await expect
    .poll(async () => (await krait(['log'], { cwd })).stdout, { timeout: 60_000 })
    .toContain('begun')
  const follower = startKrait(['log', '-f'], { cwd })
  let seen = ''
  follower.stdout?.on('data', (chunk: Buffer) => (seen += chunk.toString('utf8')))
  const followed = new Promise((resolve) => follower.once('close', resolve))
  await expect.poll(() => seen, { timeout: 60_000 }).toContain('begun')
  expect(seen).not.toContain('gone on')
  writeFileSync(path.join(cwd, 'slow/go'), '')
  expect(await followed).toBe(0)
  expect(seen).toContain('gone on')
  expect(await ended).toBe(0)
})

test('`-f` goes on with a new build of the same id from its start, however much that has told', async () => {
  const cwd = tempDirectory()
  makeRecipe(cwd, 'good', ['echo first line'])
  expect((await krait(['build', 'good'], { cwd })).code).toBe(0)
  const file = path.join(cwd, `output/logs/${good}.events.jsonl`)
  const whole = readFileSync(file, 'utf8')
  truncateSync(file, whole.indexOf('{', whole.indexOf('first line')))
  const follower = startKrait(['log', '-f'], { cwd })
  let seen = ''
  follower.stdout?.on('data', (chunk: Buffer) => (seen += chunk.toString('utf8')))
  await expect.poll(() => seen, { timeout: 60_000 }).toContain('first line')
  const followed = new Promise((resolve) => follower.once('close', resolve))
  writeFileSync(path.join(cwd, 'new'), whole.replaceAll('first line', 'line of the second build'))
  renameSync(path.join(cwd, 'new'), file)
  expect(await followed).toBe(0)
  expect(seen).toMatch(/first line[\s\S]*good 1 [\s\S]*line of the second build/)
})

test('Ctrl-C ends `-f` with 130', async () => {
  const cwd = tempDirectory()
  makeRecipe(cwd, 'good', ['echo first line'])
  expect((await krait(['build', 'good'], { cwd })).code).toBe(0)
  const file = path.join(cwd, `output/logs/${good}.events.jsonl`)
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  rmSync(file)
  writeFileSync(file, `${lines.filter((line) => !/"type":"(output|run)-finished"/.test(line)).join('\n')}\n`)
  const follower = startKrait(['log', '-f'], { cwd })
  let seen = ''
  follower.stdout?.on('data', (chunk: Buffer) => (seen += chunk.toString('utf8')))
  await expect.poll(() => seen, { timeout: 60_000 }).toContain('first line')
  const followed = new Promise((resolve) => follower.once('close', resolve))
  follower.kill('SIGINT')
  expect(await followed).toBe(130)
})

test('a dirty build that is refused leaves the log of the one that runs as it is', async () => {
  const cwd = tempDirectory()
  makeRecipe(cwd, 'slow', ['echo begun', 'while [ ! -e $RECIPE_DIR/go ]; do sleep 0.1; done', 'echo gone on'])
  const build = startKrait(['build', 'slow', '--dirty'], { cwd })
  const ended = new Promise((resolve) => build.once('close', resolve))
  const log = async () => (await krait(['log', '--step', 'script'], { cwd })).stdout
  await expect.poll(log, { timeout: 60_000 }).toContain('begun')
  const refused = await krait(['build', 'slow', '--dirty'], { cwd })
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('usage/directory-in-use') })
  expect((await krait(['builds'], { cwd })).stdout).toMatch(/ unfinished .*in script\n1 build\n$/)
  // Other outputs of the refused call have logs, where the refusal may stand.
  makeRecipe(cwd, 'good', [])
  const both = ['build', '-r', 'slow', '-r', 'good', '--dirty', '--continue-on-failure']
  expect((await krait(both, { cwd })).stderr).toContain('1 output failed, 1 built')
  expect((await krait(['builds'], { cwd })).stdout).toMatch(
    / built .*\n.* unfinished .*in script\n2 builds\n$/,
  )
  writeFileSync(path.join(cwd, 'slow/go'), '')
  expect(await ended).toBe(0)
  const whole = (await krait(['log', 'slow'], { cwd })).stdout
  expect(whole).toMatch(/begun[\s\S]*gone on/)
  expect(whole).not.toContain('directory-in-use')
})

test('of a step that a dirty build reused, the log shows what it told when it ran, and says so', async () => {
  const cwd = tempDirectory()
  makeRecipe(cwd, 'good', ['echo first line'])
  const log = (...words: string[]) => krait(['log', '--step', ...words], { cwd })
  for (let count = 0; count < 3; count += 1) {
    expect((await krait(['build', 'good', '--dirty'], { cwd })).code).toBe(0)
  }
  const script = await log('script')
  expect(script).toMatchObject({ code: 0, stdout: expect.stringContaining('first line') })
  expect(script.stderr).toMatch(
    /`script` did not run in good-\S+: it was reused \(unchanged\); this is from the build of 20/,
  )
  const json = await log('script', '--json')
  expect(json.stderr).toContain('did not run')
  expect(
    json.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).type),
  ).toContain('script-line')
  expect((await log('solve')).stderr).toBe('')
})

test('a step that no build has run is named', async () => {
  const { log } = await twoBuilds()
  const { code, stdout, stderr } = await log('bad', '--step', 'package')
  expect({ code, stdout, stderr }).toEqual({
    code: 0,
    stdout: '',
    stderr: `  \`package\` did not run in ${bad}\n`,
  })
})

test('builds of which none failed are not called none', async () => {
  const cwd = tempDirectory()
  makeRecipe(cwd, 'good', [])
  expect((await krait(['build', 'good'], { cwd })).code).toBe(0)
  expect((await krait(['builds', '--failed'], { cwd })).stdout).toBe('none of 1 build in ./output failed\n')
  expect((await krait(['builds', '--output-dir', 'x'], { cwd })).stdout).toBe('no builds in x\n')
})
