/** Says which stage a failure belongs to where that is not the stage that ran last. */
import { ofStage } from '../errors/index.js'
import { asBuildError } from './failure-event.js'

/**
 * Does what belongs to a stage before or after it, such as looking whether it has to run: when the machine fails there,
 * the exit code is that of the stage. `recipe` is what comes before all stages, `notes` what krait remembers of a build.
 */
export async function inStage<T>(
  stage: 'recipe' | 'solve' | 'install' | 'sources' | 'script' | 'package' | 'notes',
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const known = asBuildError(error)
    throw known === undefined ? error : ofStage(known, stage)
  }
}
