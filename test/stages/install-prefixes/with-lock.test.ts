import { execFileSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { withLock } from '../../../src/stages/install-prefixes/index.js'
import { tempDirectory, testContext } from '../../support/system.js'

test('of many who find the lock of a process that is gone, one at a time gets it', async () => {
  const { context } = testContext()
  const pid = Number(execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }))
  let most = 0
  for (let round = 0; round < 60; round += 1) {
    const directory = tempDirectory()
    const lock = path.join(directory, 'a.lock')
    const holder = { pid, host: context.system.host.hostName, token: 'gone', takenMs: Date.now() }
    writeFileSync(lock, JSON.stringify(holder))
    let inside = 0
    const enter = async () => {
      inside += 1
      most = Math.max(most, inside)
      for (let turn = 0; turn < 20; turn += 1) await nextTurn()
      inside -= 1
    }
    await Promise.all(Array.from({ length: 8 }, () => withLock(lock, context, enter)))
    expect(readdirSync(directory)).toEqual([])
  }
  expect(most).toBe(1)
})

test.runIf(process.platform === 'linux')(
  'a lock of an earlier process that had the same id, as in containers, is no lock of this one',
  async () => {
    const { context } = testContext()
    const lock = path.join(tempDirectory(), 'a.lock')
    const { hostName: host } = context.system.host
    const holder = { pid: process.pid, host, token: 'gone', takenMs: Date.now(), started: '1' }
    writeFileSync(lock, JSON.stringify(holder))
    expect(await withLock(lock, context, async ({ wasAbandoned }) => wasAbandoned)).toBe(true)
  },
)
