/** Every registered interpreter goes through the same cases. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { interpreters } from '../../interpreters/index.js'
import { createMasker } from '../../src/events/index.js'
import { executeScript, type Interpreter, type ScriptSection } from '../../src/stages/run-script/index.js'
import { createSystem } from '../../src/system/index.js'
import { envFacts, platform } from '../support/env-facts.js'
import { tempDirectory, testContext } from '../support/system.js'

/** The same small programs in every language. */
interface Dialect {
  readonly exit5: string
  readonly uncaught: readonly string[]
  readonly printEnv: string
  readonly order: readonly string[]
  readonly unicode: string
}

const dialects: Readonly<Record<string, Dialect>> = {
  bash: {
    exit5: 'exit 5',
    uncaught: ['false', 'echo reached'],
    printEnv: 'printf "%s\\n" "$VALUE"',
    order: ['echo a', 'echo b', 'echo c'],
    unicode: 'echo "é ✔"',
  },
  python: {
    exit5: 'import sys; sys.exit(5)',
    uncaught: ['raise ValueError("x")', 'print("reached")'],
    printEnv: 'import os; print(os.environ["VALUE"])',
    order: ['print("a")', 'import subprocess; subprocess.run(["echo", "b"])', 'print("c")'],
    unicode: 'print("é ✔")',
  },
  perl: {
    exit5: 'exit 5;',
    uncaught: ['die "x";', 'print "reached\\n";'],
    printEnv: 'print "$ENV{VALUE}\\n";',
    order: ['print "a\\n";', 'system("echo b");', 'print "c\\n";'],
    unicode: 'print "é ✔\\n";',
  },
  node: {
    exit5: 'process.exit(5)',
    uncaught: ['throw new Error("x")', 'console.log("reached")'],
    printEnv: 'console.log(process.env.VALUE)',
    order: [
      'console.log("a")',
      'require("child_process").execSync("echo b", { stdio: "inherit" })',
      'console.log("c")',
    ],
    unicode: 'console.log("é ✔")',
  },
}

const scratch = mkdtempSync(path.join(os.tmpdir(), 'krait-interpreters-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

async function run(interpreter: Interpreter, commands: readonly string[], value = '') {
  const build = path.join(tempDirectory(), "it's a $dir é")
  const work = path.join(build, 'work')
  mkdirSync(work, { recursive: true })
  const caller = { PATH: process.env.PATH ?? '' }
  const { context, events } = testContext({ env: caller })
  const section: ScriptSection = {
    interpreter,
    body: { kind: 'inline', commands: commands.map((text) => ({ text })) },
    env: {},
  }
  const facts = envFacts({
    prefix: path.join(build, 'p'),
    buildPrefix: path.join(build, 'b'),
    work,
    buildDirectory: build,
    caller,
  })
  const script = { sections: [section], env: value === '' ? {} : { VALUE: value }, secrets: [] }
  const result = executeScript({ output: 'demo', script, facts }, { ...context, masker: createMasker() })
  const outcome = await result.then(
    () => 0,
    (error: { details?: { status?: number } }) => error.details?.status ?? error,
  )
  const lines = events.flatMap((event) =>
    event.type === 'script-line' && !/^\++ /.test(event.text) ? [event.text] : [],
  )
  return { outcome, lines }
}

const listed = interpreters.map((interpreter) => ({ name: interpreter.names[0], interpreter }))

test('every interpreter has its programs written here', () => {
  expect(Object.keys(dialects).sort()).toEqual(listed.map(({ name }) => name).sort())
})

describe.each(listed)('$name', ({ name, interpreter }) => {
  const dialect = dialects[name] as Dialect

  test('is installed on this machine', async () => {
    const directories = (process.env.PATH ?? '').split(':')
    const programs = interpreter.programs(platform('linux-64'))
    const found = await Promise.all(
      programs.map((program) => createSystem().process.find(program, directories)),
    )
    expect(found.filter(Boolean), `install ${interpreter.packageName}`).not.toEqual([])
  })

  test('passes its exit code on', async () => {
    expect(await run(interpreter, [dialect.exit5])).toMatchObject({ outcome: 5 })
  })

  test('ends at the first failure', async () => {
    const { outcome, lines } = await run(interpreter, dialect.uncaught)
    expect(outcome).not.toBe(0)
    expect(lines).not.toContain('reached')
  })

  test('gets values with spaces, quotes, dollars and é as they are', async () => {
    const value = `a b "c" 'd' $5 \`e\` \\ é`
    expect(await run(interpreter, [dialect.printEnv], value)).toEqual({ outcome: 0, lines: [value] })
  })

  test('keeps the order of its own output and that of programs it starts', async () => {
    expect(await run(interpreter, dialect.order)).toEqual({ outcome: 0, lines: ['a', 'b', 'c'] })
  })

  test('writes unicode', async () => {
    expect((await run(interpreter, [dialect.unicode])).lines).toEqual(['é ✔'])
  })

  test('that is nowhere names the package to add', async () => {
    const empty = tempDirectory()
    mkdirSync(path.join(empty, 'bin'))
    symlinkSync('/bin/bash', path.join(empty, 'bin/bash'))
    writeFileSync(path.join(empty, 'x'), '')
    if (name === 'bash') return expect(interpreter.packageName).toBe('bash')
    const facts = envFacts({
      work: empty,
      prefix: empty,
      buildPrefix: empty,
      buildDirectory: empty,
      caller: { PATH: path.join(empty, 'bin') },
    })
    const { context } = testContext()
    const section: ScriptSection = {
      interpreter,
      body: { kind: 'inline', commands: [{ text: '' }] },
      env: {},
    }
    const script = { sections: [section], env: {}, secrets: [] }
    await expect(
      executeScript({ output: 'demo', script, facts }, { ...context, masker: createMasker() }),
    ).rejects.toMatchObject({
      code: 'script/interpreter-not-found',
      hint: expect.stringContaining(`\`${interpreter.packageName}\``),
    })
    return undefined
  })
})
