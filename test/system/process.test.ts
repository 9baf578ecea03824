import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { tempDirectory, testSystem } from '../support/system.js'

const { process: runner } = testSystem()
const env = { PATH: process.env.PATH ?? '' }

function bash(script: string) {
  return { program: 'bash', args: ['--norc', '-c', script], cwd: '/', env }
}

/** Processes of this machine whose command line holds the text. */
async function processesWith(text: string): Promise<string> {
  const { stdout } = await runner.capture(bash(`ps -eo args | grep -F '${text}' | grep -v grep || true`))
  return stdout
}

describe('a process', () => {
  test('gets exactly the environment it is given', async () => {
    const { stdout } = await runner.capture({
      program: '/usr/bin/env',
      args: [],
      cwd: '/',
      env: { ONLY: 'this' },
    })
    expect(stdout).toBe('ONLY=this\n')
  })

  test('leaves nobody behind in its group', async () => {
    await runner.run(bash('sleep 4711 & exit 0'))
    expect(await processesWith('sleep 4711')).toBe('')
  })

  test('is stopped with its children on abort', async () => {
    const abort = new AbortController()
    const running = runner.run(bash('sleep 4712; echo late'), { signal: abort.signal })
    setTimeout(() => abort.abort(), 100)
    expect(await running).toMatchObject({ aborted: true, signal: 'SIGTERM' })
    expect(await processesWith('sleep 4712')).toBe('')
  })

  test('that ignores the request to end is killed', async () => {
    const options = { timeoutMs: 100 }
    const result = await runner.run(bash("trap '' TERM; while :; do sleep 0.1; done"), options)
    expect(result).toMatchObject({ timedOut: true, signal: 'SIGKILL' })
  })

  test('is stopped at its time limit', async () => {
    expect(await runner.run(bash('sleep 30'), { timeoutMs: 100 })).toMatchObject({ timedOut: true })
  })

  test('that does not exist is named', async () => {
    await expect(runner.run({ program: 'no-such-program', args: [], cwd: '/', env })).rejects.toMatchObject({
      code: 'system/program-not-found',
      message: 'the program `no-such-program` was not found',
    })
    await expect(
      runner.capture({ program: 'no-such-program', args: [], cwd: '/', env }),
    ).rejects.toMatchObject({
      code: 'system/program-not-found',
    })
  })
})

test('a filter that fails says why', async () => {
  const filter = runner.pipe(bash('echo broken >&2; exit 3'))
  filter.stdin.end('x')
  filter.stdout.resume()
  await expect(filter.done).rejects.toMatchObject({
    code: 'system/program-failed',
    message: '`bash` failed with status 3: broken',
  })
})

describe('a filter that writes to a file itself', () => {
  test('appends to it', async () => {
    const file = path.join(tempDirectory(), 'file')
    writeFileSync(file, 'before ')
    const filter = runner.pipeToFile(bash('tr a-z A-Z'), file)
    filter.stdin.end('after')
    await filter.done
    expect(readFileSync(file, 'utf8')).toBe('before AFTER')
  })

  test.each([
    ['a full disk', '/dev/full', 'head -c 10 /dev/zero', { code: 'system/no-space' }],
    [
      'its own reason',
      '/dev/null',
      'echo broken >&2; exit 3',
      { message: '`bash` failed with status 3: broken' },
    ],
  ])('fails with %s', async (_why, file, script, error) => {
    const filter = runner.pipeToFile(bash(script), file)
    filter.stdin.end('x')
    await expect(filter.done).rejects.toMatchObject(error)
  })

  test('is refused a file that cannot be opened', () => {
    expect(() => runner.pipeToFile(bash('cat'), '/no/such')).toThrow('cannot write `/no/such`')
  })

  test('ends when it is stopped', async () => {
    const filter = runner.pipeToFile(bash('exec sleep 4713'), '/dev/null')
    filter.stop()
    await expect(filter.done).rejects.toMatchObject({ code: 'system/program-failed' })
    expect(await processesWith('sleep 4713')).toBe('')
  })
})

test('a program is found in the first directory that has it, if it is executable', async () => {
  expect(await runner.find('bash', ['/nowhere', '/etc', '/bin'])).toBe('/bin/bash')
  expect(await runner.find('passwd', ['/etc'])).toBeUndefined()
})
