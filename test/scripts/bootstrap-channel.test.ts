import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../support/krait.js'

test.each([
  { args: ['--frob'], says: "error: Unknown option '--frob'", code: 2 },
  { args: ['--output'], says: 'error: Option', code: 2 },
  { args: ['zlib'], says: 'Usage: scripts/bootstrap-channel', code: 2 },
  { args: ['--help'], says: 'Usage: scripts/bootstrap-channel', code: 0 },
])('$args ends with $code and says how to call it', ({ args, says, code }) => {
  const { status, stderr } = spawnSync(path.join(root, 'scripts/bootstrap-channel'), args, {
    encoding: 'utf8',
  })
  expect(stderr).toContain(says)
  expect(stderr).toContain('--only NAME')
  expect(stderr).not.toContain('    at ')
  expect(status).toBe(code)
})
