/** What can be wrong with going on with a build after something was mended by hand. */
import { BuildError } from '../../errors/index.js'
import type { RetryStep } from './steps.js'

/**
 * No build below the output directory has failed, and none was named.
 * Name the output directory of the build with `--output-dir`, or a build that was kept with `--keep-build`.
 */
export function nothingToRetry(directory: string): BuildError {
  return new BuildError(`nothing to retry: no build in \`${directory}\` has failed`, {
    code: 'usage/nothing-to-retry',
    hint: '`krait builds` lists all of them; name one that was kept, or another output directory with `--output-dir`',
  })
}

/**
 * The directory of the build was removed, or another build has it now: there is nothing to go on with.
 * Directories of failed builds stay unless `--on-failure clean` is given; a package that fails its tests was built
 * without failure, so its directory only stays with `--keep-build`.
 */
export function buildDirectoryGone(id: string): BuildError {
  return new BuildError(`the build directory of \`${id}\` is gone`, {
    code: 'usage/build-directory-gone',
    hint: 'build it again; `--keep-build` keeps the directory whatever happens',
  })
}

/**
 * The build ended before its script began: its environments and sources are not complete.
 * Mend the cause and build again.
 */
export function notBegun(id: string, stage: string | undefined): BuildError {
  const where = stage === undefined ? 'before its first step' : `in \`${stage}\``
  return new BuildError(`\`${id}\` cannot be retried: it ended ${where}, before its script began`, {
    code: 'usage/retry-too-early',
    hint: 'mend the cause and run `krait build` again',
  })
}

/**
 * A step cannot be the first one when an earlier one did not come to its end: it has nothing to work on.
 * Retry from the step that failed.
 */
export function stepNotReady(id: string, wanted: RetryStep, unfinished: RetryStep): BuildError {
  return new BuildError(`\`${id}\` cannot be retried from \`${wanted}\`: \`${unfinished}\` did not finish`, {
    code: 'usage/retry-not-ready',
    hint: `\`krait retry ${id} --from ${unfinished}\``,
    details: { build: id, from: unfinished },
  })
}

/**
 * `krait retry` goes on with a script, a package or tests. Sources and environments are part of what was mended by hand.
 * `krait build --dirty --from sources` brings them anew.
 */
export function stepNotRetried(step: string): BuildError {
  return new BuildError(`\`krait retry\` cannot begin with \`${step}\``, {
    code: 'usage/retry-step',
    hint: `use script, package or test; \`krait build --dirty --from ${step}\` goes back further`,
  })
}

/**
 * The recipe is not what the build was made from any more, so the package would not be what either of them says.
 * Build again; `--dirty` keeps what has not changed.
 */
export function recipeChanged(id: string, recipe: string, changes: readonly string[]): BuildError {
  return new BuildError(`\`${recipe}\` changed since \`${id}\` was built`, {
    code: 'usage/recipe-changed',
    hint: 'run `krait build` again, or `krait build --dirty`, which keeps what has not changed; or undo the change',
    details: { explanation: changes },
  })
}

/**
 * The notes of a build directory cannot be used: they are damaged, of another version, or of another place.
 * Build again.
 */
export function badNotes(build: string, reason: string): BuildError {
  return new BuildError(`\`${build}\` cannot be gone on with: ${reason}`, {
    code: 'usage/retry-notes',
    hint: 'build it again',
  })
}

/**
 * The rendered recipe holds the value of a secret, through a template such as `env.get`. krait does not write secrets to
 * disk, so what the later steps need was not noted.
 * Give the value to the script only, with `script.secrets`.
 */
export function notesWithheld(id: string): BuildError {
  return new BuildError(
    `\`${id}\` cannot be retried: its recipe holds the value of a secret, which is not noted`,
    {
      code: 'usage/retry-withheld',
      hint: 'name the variable in `script.secrets` instead of reading it in a template, and build again',
    },
  )
}

/**
 * The package that the tests failed for is not where the build has left it, or it was changed.
 * Write it again.
 */
export function packageGone(id: string, fileName: string): BuildError {
  return new BuildError(`\`${fileName}\` is not there any more, or is another file`, {
    code: 'usage/retry-package-gone',
    hint: `write it again: \`krait retry ${id} --from package\``,
  })
}

/**
 * Another process works in the build directory: the build itself still runs, or another retry.
 * Two of them cannot share one work directory.
 */
export function buildInUse(id: string, directory: string, pid: number | undefined): BuildError {
  const holder = pid === undefined ? 'another process' : `process ${pid}`
  return new BuildError(`the directory of \`${id}\` is in use by ${holder}: \`${directory}\``, {
    code: 'usage/build-in-use',
    hint: `wait until ${holder} has ended`,
  })
}
