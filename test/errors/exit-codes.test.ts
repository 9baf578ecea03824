import { describe, expect, test } from 'vitest'
import {
  addDetails,
  BuildError,
  exitCodeInStage,
  exitCodeOf,
  isBuildError,
  ofStage,
  throwIfErrors,
} from '../../src/errors/index.js'

describe('the exit code', () => {
  test.each([
    ['usage/invalid', 2],
    ['load/unknown-key', 3],
    ['render/template', 3],
    ['solve/unsatisfiable', 4],
    ['source/checksum', 5],
    ['script/failed', 6],
    ['package/secret-found', 7],
    ['test/script-failed', 8],
    ['compare/different', 9],
    ['unfinished/time-budget', 10],
    ['interrupted/signal', 130],
  ] as const)('of %s is %i', (code, expected) => {
    expect(exitCodeOf(code)).toBe(expected)
  })

  test('of a failure of the machine is that of the stage it happened in', () => {
    expect(exitCodeInStage('system/no-space', 'sources')).toBe(5)
    expect(exitCodeInStage('archive/corrupt', 'install')).toBe(4)
    expect(exitCodeInStage('load/unknown-key', 'sources')).toBe(3)
    expect(exitCodeInStage('system/no-space', undefined)).toBe(7)
    expect(exitCodeInStage('system/permission', 'recipe')).toBe(3)
    expect(exitCodeInStage('system/permission', 'notes')).toBe(7)
  })

  test('of an error that belongs to a stage stays, whoever adds to it', () => {
    const error = new BuildError('x', { code: 'system/io', hint: 'h', details: { path: 'p' } })
    const ours = addDetails(ofStage(ofStage(error, 'sources'), 'package'), { retry: 'r' })
    expect(ours).toMatchObject({ stage: 'sources', hint: 'h', details: { path: 'p', retry: 'r' } })
    expect(error.stage).toBeUndefined()
  })
})

test('an error is known by its mark, whichever copy of the class made it', () => {
  expect(isBuildError(new BuildError('x', { code: 'usage/invalid' }))).toBe(true)
  expect(isBuildError(new Error('x'))).toBe(false)
  expect(isBuildError(undefined)).toBe(false)
})

test('all mistakes are thrown together, and warnings alone are not thrown', () => {
  const warning = { severity: 'warning', code: 'load/x', message: 'doubt' } as const
  const error = { severity: 'error', code: 'load/y', message: 'mistake' } as const
  expect(() => throwIfErrors([warning])).not.toThrow()
  try {
    throwIfErrors([warning, error])
    expect.unreachable()
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: 'load/y', message: 'mistake', diagnostics: [warning, error] })
  }
})
