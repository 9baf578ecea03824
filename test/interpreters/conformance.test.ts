/** Every registered interpreter goes through the same cases. */
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { interpreters } from '../../interpreters/index.js'
import { createMasker } from '../../src/events/index.js'
import { executeScript, type Interpreter, type ScriptSection } from '../../src/stages/run-script/index.js'
import { createSystem } from '../../src/system/index.js'
import { envFacts } from '../support/env-facts.js'
import { interpreterPath, isMissing, realPrograms } from '../support/interpreters.js'
import { tempDirectory, testContext } from '../support/system.js'
import { dialects } from './dialects.js'
import { runCommands } from './run-commands.js'

const listed = interpreters.map((interpreter) => ({ name: interpreter.names[0], interpreter }))
const spoken = listed.flatMap(({ name, interpreter }) => {
  const dialect = dialects[name]
  return dialect ? [{ name, interpreter, dialect }] : []
})

test('every interpreter but PowerShell, which has tests of its own, has its programs written down', () => {
  expect([...Object.keys(dialects), 'powershell'].sort()).toEqual(listed.map(({ name }) => name).sort())
})

test('no two interpreters share a name or an extension', () => {
  const words = interpreters.flatMap(({ names, extensions }) => [
    ...names,
    ...extensions.map((extension) => `.${extension}`),
  ])
  expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([])
})

test.each(Object.entries(realPrograms).filter(([name]) => !isMissing(name)))(
  '%s is run for real, by %s',
  async (_, program) => {
    expect(await createSystem().process.find(program, interpreterPath.split(':'))).toBeDefined()
  },
)

for (const { name, interpreter, dialect } of spoken) {
  describe.skipIf(isMissing(name))(name, () => {
    const value = name === 'cmd' ? `a b "c" 'd' $5 %PATH% ^& \\` : `a b "c" 'd' $5 \`e\` \\ é`

    test('passes its exit code on', async () => {
      expect(await runCommands(interpreter, [dialect.exit5])).toMatchObject({ status: 5 })
    })

    test('ends at the first failure', async () => {
      const { status, lines } = await runCommands(interpreter, dialect.uncaught)
      expect(status).toBeTypeOf('number')
      expect(status).not.toBe(0)
      expect(lines).not.toContain('reached')
    })

    test('gets values with spaces, quotes and dollars as they are', async () => {
      const outcome = await runCommands(interpreter, [dialect.printValue], { env: { VALUE: value } })
      expect(outcome).toMatchObject({ status: 0, lines: [name === 'cmd' ? `VALUE=${value}` : value] })
    })

    test('keeps the order of its own output and that of programs it starts', async () => {
      const outcome = await runCommands(interpreter, dialect.order)
      expect(outcome).toMatchObject({ status: 0, lines: ['a', 'b', 'c'] })
    })

    test('runs a script file where it lies, whatever the directory is called', async () => {
      const directory = path.join(tempDirectory(), 'the recipe $x é')
      mkdirSync(directory)
      const file = path.join(directory, `my build.${interpreter.extensions[0] ?? 'sh'}`)
      const text = `${dialect.exit5}\n`
      writeFileSync(file, text)
      const outcome = await runCommands(interpreter, [], { body: { kind: 'file', path: file, text } })
      expect(outcome.status).toBe(5)
    })

    const { unicode, child, fails } = dialect
    if (unicode !== undefined) {
      test('writes unicode', async () => {
        expect((await runCommands(interpreter, [unicode])).lines).toEqual(['é ✔'])
      })
    }

    if (child !== undefined) {
      test('ends when a program that it starts fails', async () => {
        const { status, lines } = await runCommands(interpreter, child)
        expect({ status, reached: lines.includes('reached') }).toEqual({ status: 7, reached: false })
      })
    }

    if (fails !== undefined) {
      test('names the line of the recipe that failed', async () => {
        const { details } = await runCommands(interpreter, fails)
        expect(details).toMatchObject({
          location: 'recipe.yaml:12',
          command: expect.stringContaining('boom'),
        })
      })

      test('names the line of the script file that failed', async () => {
        const file = path.join(tempDirectory(), `x (y) [z].${interpreter.extensions[0]}`)
        const text = `\n${fails.join('\n')}\n`
        writeFileSync(file, text)
        const { details } = await runCommands(interpreter, [], { body: { kind: 'file', path: file, text } })
        expect(details).toMatchObject({ location: `${file}:4`, command: expect.stringContaining('boom') })
      })
    }
  })
}

/** Runs where no program is but bash. */
function runNowhere(interpreter: Interpreter, calledAs?: string) {
  const empty = tempDirectory()
  mkdirSync(path.join(empty, 'bin'))
  symlinkSync('/bin/bash', path.join(empty, 'bin/bash'))
  const caller = { PATH: path.join(empty, 'bin') }
  const facts = envFacts({ work: empty, prefix: empty, buildPrefix: empty, buildDirectory: empty, caller })
  const section: ScriptSection = { interpreter, body: { kind: 'inline', commands: [{ text: '' }] }, env: {} }
  const sections = [{ ...section, ...(calledAs !== undefined && { calledAs }) }]
  const script = { sections, env: {}, secrets: [] }
  const { context } = testContext()
  return executeScript({ output: 'demo', script, facts }, { ...context, masker: createMasker() })
}

const foreign = listed.filter(({ name }) => name !== 'bash')

test.each(foreign)('$name that is nowhere says what to do', async ({ interpreter }) => {
  const [, second = interpreter.names[0]] = interpreter.names
  await expect(runNowhere(interpreter, second)).rejects.toMatchObject({
    code: 'script/interpreter-not-found',
    message: `interpreter \`${second}\` was not found in the build environment`,
    hint: interpreter.advice ?? expect.stringContaining(`Add \`${interpreter.packageName}\` to the`),
  })
})

test('a script for Windows needs wine on another machine', async () => {
  const [interpreter] = interpreters.filter(({ names }) => names.includes('cmd'))
  if (!interpreter) throw new Error('no cmd')
  const outcome = await runCommands(interpreter, ['echo x'], { facts: { caller: { PATH: tempDirectory() } } })
  expect(outcome.status).toMatchObject({
    code: 'script/shell-not-found',
    message: '`wine` was not found on PATH',
  })
})

describe('PowerShell', () => {
  const powershell = interpreters.find(({ names }) => names.includes('powershell')) as Interpreter

  /** A program in place of pwsh that writes down how it was called. */
  function standIn(status: number) {
    const directory = tempDirectory()
    const program = path.join(directory, 'b/bin/pwsh')
    mkdirSync(path.dirname(program), { recursive: true })
    writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$@" > "$SRC_DIR/argv"\necho said\nexit ${status}\n`)
    chmodSync(program, 0o755)
    const read = (name: string) => readFileSync(path.join(directory, 'work', name), 'utf8')
    return { directory, read }
  }

  test('is given a launcher that makes errors end the script', async () => {
    const { directory, read } = standIn(0)
    const outcome = await runCommands(powershell, ['Write-Output x', 'exit 0'], { directory })
    expect(outcome).toMatchObject({ status: 0, lines: ['said'] })
    const launcher = path.join(directory, 'work/conda_build_launcher.ps1')
    const flags = ['-NoLogo', '-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass']
    expect(read('argv').trim().split('\n')).toEqual([...flags, '-File', launcher])
    expect(read('conda_build_launcher.ps1')).toMatch(/^\$ErrorActionPreference = 'Stop'\n/)
    expect(read('conda_build_launcher.ps1')).toContain('$PSNativeCommandUseErrorActionPreference = $true')
    expect(read('conda_build_launcher.ps1')).toMatch(/\n\. '.*\/work\/conda_build_script\.ps1'\n$/)
    expect(read('conda_build_script.ps1')).toBe('Write-Output x\nexit 0\n')
  })

  test('runs a file of the recipe with the same launcher', async () => {
    const { directory, read } = standIn(7)
    const body = { kind: 'file', path: "/r/it's.ps1", text: '' } as const
    expect(await runCommands(powershell, [], { directory, body })).toMatchObject({ status: 7 })
    expect(read('conda_build_launcher.ps1')).toMatch(/\n\. '\/r\/it''s\.ps1'\n$/)
  })
})

describe('cmd', () => {
  const cmd = interpreters.find(({ names }) => names.includes('cmd')) as Interpreter

  test('looks at the exit code after each command of a list, never inside one', () => {
    const guard = '@if %errorlevel% neq 0 exit /b %errorlevel%'
    expect(cmd.join(['a', 'b\nc'])).toBe(`a\r\n${guard}\r\nb\r\nc\r\n${guard}\r\n`)
    expect(cmd.join(['a\r\nb'])).toBe('a\r\nb\r\n')
  })
})
