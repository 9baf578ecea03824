/** The steps that a build can be gone on with after something was mended by hand. */
import type { Progress } from './notes.js'

export const retrySteps = ['script', 'package', 'test'] as const
export type RetryStep = (typeof retrySteps)[number]

/** The first step that has not finished; `test` when the package is written. */
export function unfinishedStep({ script, archive }: Progress): RetryStep {
  if (script === undefined) return 'script'
  return archive === undefined ? 'package' : 'test'
}

/** Whether everything before the step has finished. */
export function isReady(step: RetryStep, progress: Progress): boolean {
  return retrySteps.indexOf(step) <= retrySteps.indexOf(unfinishedStep(progress))
}
