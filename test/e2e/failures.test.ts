/** Scripts that fail: where, why, what next. And processes: what is started, ends. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { krait, startKrait } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'

const head = 'package: {name: demo, version: "1"}\n'

function recipe(build: string, files: Readonly<Record<string, string>> = {}): string {
  const directory = tempDirectory()
  writeFileSync(path.join(directory, 'recipe.yaml'), `${head}build:\n${build}`)
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(directory, name), text)
  return directory
}

async function failure(directory: string, env: Readonly<Record<string, string>> = {}) {
  const args = ['build', '--output-dir', 'out', '--log-style', 'json', '--no-build-id']
  const { stderr, code } = await krait(args, { cwd: directory, env })
  const events = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const failed = events.find(({ event }) => event?.type === 'build-failed')
  return { code, details: failed?.event.details, message: failed?.event.message }
}

describe('the line of the recipe that failed is known', () => {
  const body = (lines: readonly string[]) => lines.map((line) => `      ${line}\n`).join('')

  test.each([
    { interpreter: 'bash', lines: ['echo 1', 'echo 2', 'false', 'echo 4', 'echo 5'] },
    {
      interpreter: 'python',
      lines: ['import os', 'def f():', '    raise ValueError("no")', 'print(1)', 'f()'],
    },
    { interpreter: 'perl', lines: ['my $x = 1;', 'print "2\\n";', 'die "no";', 'print 4;', 'print 5;'] },
    { interpreter: 'node', lines: ['const x = 1', 'console.log(2)', 'throw new Error("no")', 'x', 'x'] },
  ])('for $interpreter', async ({ interpreter, lines }) => {
    const directory = recipe(`  script:\n    interpreter: ${interpreter}\n    content: |\n${body(lines)}`)
    const { details, code } = await failure(directory)
    // The script begins in line 6; its third line fails.
    expect(details).toMatchObject({ location: 'recipe.yaml:8', phase: 'build' })
    expect(details.status).toBeGreaterThan(0)
    expect(code).toBe(6)
  })

  test.each([
    { file: 'build.sh', text: 'echo 1\nls /no/such/place\n' },
    { file: 'build.py', text: 'print(1)\nraise SystemError("no")\n' },
  ])('and of $file', async ({ file, text }) => {
    const directory = recipe('  number: 0\n', { [file]: text })
    expect((await failure(directory)).details.location).toBe(`${path.join(directory, file)}:2`)
  })

  test('with its step', async () => {
    const directory = recipe('  steps:\n    - run: "true"\n    - run:\n        - echo a\n        - exit 7\n')
    const { stderr } = await krait(['build', '--experimental', '--output-dir', 'out'], { cwd: directory })
    expect(stderr).toMatch(/^ {2}step +step 1$/m)
    expect(stderr).toMatch(/^ {2}recipe\.yaml:7 +exit 7$/m)
  })
})

test('the card shows the first error, what it usually means, and commands that work', async () => {
  const noise = "seq -f 'line %g' 200"
  const directory = recipe(
    `  script:\n    - echo '#include <zlibxyz.h>' > a.c\n    - cc -c a.c || { ${noise}; exit 2; }\n`,
  )
  const { stderr, code } = await krait(['build', '--output-dir', 'out'], { cwd: directory })
  const card = stderr.slice(stderr.indexOf('✖ script failed'))
  expect(card).toContain('Script failed with status 2')
  expect(card).toMatch(/^ {2}first error +a\.c:1:10: fatal error: zlibxyz\.h/m)
  expect(card).toMatch(/^ {2}likely +a header of a library .*`zlibxyz\.h` to requirements\.host$/m)
  expect(card).toMatch(/^ {2}\| line 200$/m)
  expect(card).not.toMatch(/^ {2}\| line 100$/m)
  expect(code).toBe(6)
  const log = readFileSync(path.join(directory, /log +(\S+)/.exec(card)?.[1] ?? ''), 'utf8')
  expect(log).toContain('line 100\n')
  const [again = '', enter = ''] = card
    .split('\n')
    .filter((line) => line.startsWith('  cd "'))
    .map((line) => line.trim())
  const sh = (command: string) =>
    execFileSync('bash', ['--norc', '-c', `(${command}) 2>&1 || echo "exit $?"`], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  expect(sh(again)).toContain('exit 2')
  expect(sh(`${enter} && echo $PKG_NAME in $PREFIX`)).toContain('demo in /')
  const explain = card.split('\n').find((line) => line.startsWith('  krait env show')) ?? ''
  const shown = await krait(explain.trim().split(' ').slice(1), { cwd: directory })
  expect(shown.stdout).toContain('PKG_NAME')
})

test.each([
  { script: 'kill -SEGV $BASHPID', says: 'Script failed with status 139: a command was killed by SIGSEGV' },
  { script: 'kill -KILL $$', says: 'the script was killed by SIGKILL (137)' },
  { script: 'exit 42', says: 'Script failed with status 42' },
])('$script: the end is told by name', async ({ script, says }) => {
  expect((await failure(recipe(`  script: "${script}"\n`))).message).toBe(says)
})

test('variables that isolation withheld are named with the line that uses them, never their value', async () => {
  const directory = recipe('  script:\n    - echo one\n    - test -n "$MY_FLAGS"\n')
  const { stderr } = await krait(['build', '--output-dir', 'out'], {
    cwd: directory,
    env: { MY_FLAGS: 'private' },
  })
  expect(stderr).toMatch(/withheld +MY_FLAGS \(recipe\.yaml:5\) is set in your shell/)
  expect(stderr).not.toContain('private')
})

test('GitHub gets the file and line', async () => {
  const directory = recipe('  script:\n    - echo one\n    - exit 3\n')
  const { stderr } = await krait(['build', '--output-dir', 'out'], {
    cwd: directory,
    env: { GITHUB_ACTIONS: 'true' },
  })
  expect(stderr).toMatch(/^::error file=recipe\.yaml,line=5::Script failed with status 3$/m)
})

describe('processes', () => {
  const running = () => execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })

  test('--build-timeout stops the script and its children, and shows its last lines', async () => {
    const directory = recipe('  script: "echo working; sleep 4731 & sleep 4731"\n')
    const { stderr, code } = await krait(['build', '--output-dir', 'out', '--build-timeout', '1s'], {
      cwd: directory,
    })
    expect(stderr).toContain('the script did not end within 1 s and was stopped')
    expect(stderr).toContain('| working')
    expect(code).toBe(6)
    expect(running()).not.toContain('sleep 4731')
  })

  test.each(['soon', '0', '5x', '40d'])('--build-timeout %s is wrong usage', async (value) => {
    const { stderr, code } = await krait(['build', '--build-timeout', value, 'recipes/greeter'])
    expect(stderr).toContain('expected a duration such as 90s, 20m or 2h')
    expect(code).toBe(2)
  })

  test('a daemon in a session of its own is ended too', async () => {
    const directory = recipe('  script: "setsid sleep 4732 < /dev/null > /dev/null 2>&1 & sleep 0.2"\n')
    const { code } = await krait(['build', '--output-dir', 'out'], { cwd: directory })
    expect(code).toBe(0)
    expect(running()).not.toContain('sleep 4732')
  })

  test('Ctrl-C keeps the directory and says where it is', async () => {
    const directory = recipe('  script: "touch here; trap \'\' TERM; sleep 4733 & wait"\n')
    const child = startKrait(['build', '--output-dir', 'out'], { cwd: directory })
    let stderr = ''
    await new Promise<void>((resolve) => {
      child.stderr?.on('data', (chunk: Buffer) => {
        stderr += chunk.toString('utf8')
        if (stderr.includes('sleep 4733')) resolve()
      })
    })
    child.kill('SIGINT')
    const code = await new Promise((resolve) => child.once('close', resolve))
    expect(code).toBe(130)
    const kept = /the build directory is kept: (\S+)/.exec(stderr)?.[1] ?? ''
    expect(existsSync(path.join(kept, 'work/here'))).toBe(true)
    expect(running()).not.toContain('sleep 4733')
  })

  test('when nobody reads the progress any more, the build ends like after Ctrl-C, and its log says so', async () => {
    const directory = recipe('  script: "echo started; sleep 2; echo more; sleep 4734"\n')
    const child = startKrait(['build', '--output-dir', 'out'], { cwd: directory })
    await new Promise<void>((resolve) => {
      child.stderr?.on('data', (chunk: Buffer) => {
        if (chunk.toString('utf8').includes('sleep 2')) resolve()
      })
    })
    child.stderr?.destroy()
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(130)
    expect(running()).not.toContain('sleep 4734')
    const { stdout } = await krait(['builds', '--output-dir', 'out'], { cwd: directory })
    expect(stdout).toMatch(/interrupted/)
  })

  test('redrawn lines keep their last state, and the log has every line', async () => {
    const directory = recipe(
      '  script: |\n    for i in 1 2 3; do printf "\\r%s %%" $i; sleep 0.05; done; echo\n    seq 5000\n',
    )
    const { stderr } = await krait(['build', '--output-dir', 'out', '--keep-build', '--no-build-id'], {
      cwd: directory,
    })
    expect(stderr).toContain('│ 3 %')
    expect(stderr).not.toContain('1 %')
    const log = readFileSync(path.join(directory, 'out/bld/rattler-build_demo/work/conda_build.log'), 'utf8')
    expect(log.split('\n').filter((line) => /^\d+$/.test(line))).toHaveLength(5000)
  })
})

test('a failing activation script is named with its package', async () => {
  const channel = path.join(tempDirectory(), 'channel')
  const tool = recipe(
    '  script: mkdir -p $PREFIX/etc/conda/activate.d && echo "ls /no/such" > $PREFIX/etc/conda/activate.d/t.sh\n',
  )
  mkdirSync(channel)
  await krait(['build', tool, '--output-dir', channel, '--test', 'skip'])
  const user = tempDirectory()
  writeFileSync(
    path.join(user, 'recipe.yaml'),
    'package: {name: user, version: "1"}\nbuild: {script: "true"}\nrequirements: {host: [demo]}\n',
  )
  const { stderr, code } = await krait(['build', user, '-c', channel, '--output-dir', path.join(user, 'out')])
  expect(stderr).toMatch(/activation script `.*activate\.d\/t\.sh` of package demo failed \(exit 2\)/)
  expect(code).toBe(6)
})
