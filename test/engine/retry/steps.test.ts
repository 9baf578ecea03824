import { expect, test } from 'vitest'
import { isReady, retrySteps, unfinishedStep } from '../../../src/engine/retry/steps.js'

const begun = { id: 'demo-1-0', notedMs: 1 }
const script = { interpreter: 'bash', lines: 1, ms: 1, sha256: 'a', logPath: '' }
const archive = { fileName: 'demo-1-0.conda', sha256: 'b' }

test.each([
  { progress: begun, step: 'script', ready: ['script'] },
  { progress: { ...begun, script }, step: 'package', ready: ['script', 'package'] },
  { progress: { ...begun, script, archive }, step: 'test', ready: ['script', 'package', 'test'] },
])('a build that stands before $step can be gone on with from $ready', ({ progress, step, ready }) => {
  expect(unfinishedStep(progress)).toBe(step)
  expect(retrySteps.filter((name) => isReady(name, progress))).toEqual(ready)
})
