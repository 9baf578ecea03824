import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { interpreters } from '../../../interpreters/index.js'
import { createMasker, mask } from '../../../src/events/index.js'
import {
  type EnvFacts,
  executeScript,
  findInterpreter,
  type ResolvedScript,
  type ScriptSection,
} from '../../../src/stages/run-script/index.js'
import { envFacts } from '../../support/env-facts.js'
import { tempDirectory, testContext } from '../../support/system.js'

interface Setup {
  readonly env?: Record<string, string>
  readonly facts?: Partial<EnvFacts>
  readonly script?: Partial<ResolvedScript>
  readonly commands?: readonly string[]
  readonly interpreter?: string
}

function section(interpreterName: string, commands: readonly string[]): ScriptSection {
  const interpreter = findInterpreter(interpreters, interpreterName)
  if (!interpreter) throw new Error(interpreterName)
  const texts = commands.map((text, index) => ({ text, origin: { file: 'recipe.yaml', line: 10 + index } }))
  return { interpreter, body: { kind: 'inline', commands: texts }, env: {} }
}

/** Runs a script in real directories; gives the lines it wrote and a way to look into its work directory. */
function prepare(setup: Setup) {
  const build = path.join(tempDirectory(), 'with space', 'b')
  const directories = {
    prefix: path.join(build, 'host'),
    buildPrefix: path.join(build, 'env'),
    work: path.join(build, 'work'),
  }
  for (const directory of Object.values(directories)) mkdirSync(directory, { recursive: true })
  const caller = { PATH: process.env.PATH ?? '', ...setup.env }
  const facts = envFacts({ ...directories, buildDirectory: build, caller, ...setup.facts })
  const { context, events } = testContext({ env: caller })
  const masker = createMasker()
  const script: ResolvedScript = {
    sections: [section(setup.interpreter ?? 'bash', setup.commands ?? [])],
    env: {},
    secrets: [],
    ...setup.script,
  }
  const run = () => executeScript({ output: 'demo', script, facts }, { ...context, masker })
  const lines = () => events.flatMap((event) => (event.type === 'script-line' ? [event.text] : []))
  const read = (name: string) => readFileSync(path.join(directories.work, name), 'utf8')
  return { run, lines, events, read, directories, masker }
}

/** Lines of bash's own trace start with plus signs. */
function withoutTrace(lines: readonly string[]): string[] {
  return lines.filter((line) => !/^\++ /.test(line))
}

describe('a bash script', () => {
  test('sees exactly the strict environment', async () => {
    const { run, lines } = prepare({
      env: { FOO: 'leak', HOME: '/home/me' },
      commands: ['echo "[$FOO] [$HOME]"', 'echo $PKG_NAME'],
    })
    await run()
    expect(withoutTrace(lines())).toEqual(['[] [$SRC_DIR]', 'demo'])
  })

  test('stops at the first command that fails and says which line it was', async () => {
    const { run, lines } = prepare({ commands: ['echo one', 'ls /no/such/place', 'echo three'] })
    await expect(run()).rejects.toMatchObject({
      code: 'script/failed',
      message: 'Script failed with status 2',
      details: { location: 'recipe.yaml:11', command: 'ls /no/such/place' },
    })
    expect(lines()).not.toContain('three')
  })

  test('of a single line says where that line is', async () => {
    const { run } = prepare({ commands: ['no-such-program --now'] })
    await expect(run()).rejects.toMatchObject({
      details: { status: 127, location: 'recipe.yaml:10', command: 'no-such-program --now' },
    })
  })

  test('keeps `false | true` and unset variables as bash has them', async () => {
    const { run, lines } = prepare({ commands: ['false | true', 'echo "<$NOT_SET>"'] })
    await run()
    expect(withoutTrace(lines())).toEqual(['<>'])
  })

  test.each([
    { fault: 'echo "never closed', told: /^unexpected EOF while looking for matching `"'$/ },
    { fault: 'for i in 1; do; done', told: /^syntax error near unexpected token `;'$/ },
    { fault: 'set -u; echo $NO_SUCH_VARIABLE', told: /^NO_SUCH_VARIABLE: unbound variable$/ },
  ])('says which line has what bash itself gives up on: $fault', async ({ fault, told }) => {
    const { run } = prepare({ commands: ['echo one', fault, 'echo three'] })
    await expect(run()).rejects.toMatchObject({
      details: { location: 'recipe.yaml:11', command: expect.stringMatching(told) },
    })
  })

  test('what bash complained about before the command that failed is not the failure', async () => {
    const { run } = prepare({ commands: ['[ a b ] || true', 'echo two', 'exit 3'] })
    await expect(run()).rejects.toMatchObject({ details: { location: 'recipe.yaml:12', command: 'exit 3' } })
  })

  test('reports a signal as 128 plus its number', async () => {
    const { run } = prepare({ commands: ['kill -KILL $$'] })
    await expect(run()).rejects.toMatchObject({ details: { status: 137, signal: 'SIGKILL' } })
  })

  test('names variables that isolation withheld, without their values', async () => {
    const { run } = prepare({
      env: { MY_FLAGS: 'private-value', OTHER: 'x' },
      commands: ['echo $MY_FLAGS $SELF; SELF=1', 'exit 3'],
    })
    const error = await run().catch((caught: unknown) => caught)
    expect(error).toMatchObject({
      details: { status: 3, withheld: [{ name: 'MY_FLAGS', location: 'recipe.yaml:10' }] },
    })
    expect(JSON.stringify(error)).not.toContain('private-value')
  })

  test('can be run again by hand from its work directory', async () => {
    const { run, directories, read } = prepare({ commands: ['echo "hello from $PKG_NAME"'] })
    await run()
    const { context } = testContext()
    const again = await context.system.process.capture({
      program: path.join(directories.work, 'conda_build.sh'),
      args: [],
      cwd: directories.work,
      env: { PATH: process.env.PATH ?? '' },
    })
    expect(again.stdout).toBe('hello from demo\n')
    expect(read('conda_build.log')).toContain('hello from demo')
  })
})

describe('script.env', () => {
  test.each([
    { title: 'plain text', value: 'it\'s $5 `date` "x" \\ é', seen: 'it\'s $5 `date` "x" \\ é' },
    { title: 'a variable of the build', value: '${PKG_NAME}-$PKG_VERSION', seen: 'demo-1.0' },
    { title: 'an unset variable', value: 'a${NOT_SET}b', seen: 'ab' },
    { title: 'a command substitution, as text', value: '$(echo no)', seen: '$(echo no)' },
  ])('passes $title', async ({ value, seen }) => {
    const { run, read } = prepare({
      commands: ['printf %s "$VALUE" > seen.txt'],
      script: { env: { VALUE: value } },
    })
    await run()
    expect(read('seen.txt')).toBe(seen)
  })

  test('is applied after activation', async () => {
    const { run, lines, directories } = prepare({
      commands: ['echo $CFLAGS'],
      script: { env: { CFLAGS: 'mine $CFLAGS' } },
    })
    const activate = path.join(directories.buildPrefix, 'etc/conda/activate.d')
    mkdirSync(activate, { recursive: true })
    writeFileSync(path.join(activate, 'cc.sh'), 'export CFLAGS=-O2\n')
    await run()
    expect(withoutTrace(lines())).toEqual(['mine -O2'])
  })
})

describe('activation', () => {
  test('puts build programs before host programs, and host before the caller', async () => {
    const { run, lines, directories } = prepare({ commands: ['tool', 'echo $CONDA_PREFIX'] })
    for (const [prefix, name] of [
      [directories.prefix, 'host'],
      [directories.buildPrefix, 'build'],
    ] as const) {
      mkdirSync(path.join(prefix, 'bin'))
      writeFileSync(path.join(prefix, 'bin/tool'), `#!/bin/sh\necho ${name}\n`)
      chmodSync(path.join(prefix, 'bin/tool'), 0o755)
    }
    await run()
    expect(withoutTrace(lines())).toEqual(['build', '$BUILD_PREFIX'])
  })

  test('reads env_vars.d before activate.d and warns about values that are not text', async () => {
    const { run, lines, events, directories } = prepare({ commands: ['echo "$A $B"'] })
    const conda = path.join(directories.prefix, 'etc/conda')
    mkdirSync(path.join(conda, 'env_vars.d'), { recursive: true })
    mkdirSync(path.join(conda, 'activate.d'))
    writeFileSync(path.join(conda, 'env_vars.d/x.json'), '{"A": "$PKG_NAME", "N": 1}')
    writeFileSync(path.join(conda, 'activate.d/x.sh'), 'export B="after $A"\n')
    await run()
    expect(withoutTrace(lines())).toEqual(['demo after demo'])
    expect(events).toContainEqual(expect.objectContaining({ type: 'warning', code: 'script/odd-env-var' }))
  })

  test('names the script that failed and the package that owns it', async () => {
    const { run, directories } = prepare({ commands: ['echo never'] })
    const activate = path.join(directories.prefix, 'etc/conda/activate.d')
    mkdirSync(activate, { recursive: true })
    mkdirSync(path.join(directories.prefix, 'conda-meta'))
    writeFileSync(path.join(activate, 'broken.sh'), 'false\n')
    const record = { name: 'broken-package', files: ['etc/conda/activate.d/broken.sh'] }
    writeFileSync(path.join(directories.prefix, 'conda-meta/broken.json'), JSON.stringify(record))
    await expect(run()).rejects.toMatchObject({
      code: 'script/activation-failed',
      message: expect.stringContaining('of package broken-package failed (exit 1)'),
    })
  })
})

describe('secrets', () => {
  test('reach the process and no line, file or event', async () => {
    const { run, lines, read } = prepare({
      env: { TOKEN: 'tok-hunter2' },
      commands: ['echo "$TOKEN"', '[ "${#TOKEN}" = 11 ]'],
      script: { secrets: ['TOKEN'] },
    })
    await run()
    expect(withoutTrace(lines())).toEqual([mask])
    for (const file of ['conda_build.log', 'build_env.sh', 'conda_build.sh'])
      expect(read(file)).not.toContain('hunter2')
  })

  test('that are missing give a warning, empty ones an error', async () => {
    const missing = prepare({ commands: ['true'], script: { secrets: ['TOKEN'] } })
    await missing.run()
    expect(missing.events).toContainEqual(
      expect.objectContaining({ type: 'warning', message: 'Secret TOKEN not found in environment' }),
    )
    const empty = prepare({ env: { TOKEN: '' }, commands: ['true'], script: { secrets: ['TOKEN'] } })
    await expect(empty.run()).rejects.toMatchObject({ code: 'script/empty-secret' })
  })
})

test('a background process that keeps the output open does not hold the build', async () => {
  const { run, lines } = prepare({ commands: ['sleep 60 &', 'echo done'] })
  await run()
  expect(withoutTrace(lines())).toEqual(['done'])
})

describe('the directory of a script', () => {
  const inDirectory = (cwd: string) => ({ sections: [{ ...section('bash', ['pwd']), cwd }] })

  test('is relative to the host prefix', async () => {
    const { run, lines, directories } = prepare({ script: inDirectory('share/x') })
    mkdirSync(path.join(directories.prefix, 'share/x'), { recursive: true })
    await run()
    expect(withoutTrace(lines())).toEqual(['$PREFIX/share/x'])
  })

  test('that does not exist is named as it was resolved', async () => {
    const { run, directories } = prepare({ script: inDirectory('nowhere') })
    await expect(run()).rejects.toMatchObject({
      code: 'script/cwd-not-found',
      message: `script.cwd \`nowhere\` resolved to ${directories.prefix}/nowhere which does not exist`,
    })
  })
})
