/** What can make a plan impossible. */
import { BuildError } from '../../errors/index.js'
import type { Span } from '../../text/index.js'

/**
 * The output directory lies so deep that the 255-byte host prefix does not fit below it.
 * Choose a shorter `--output-dir`.
 */
export function outputPathTooLong(directory: string, limit: number): BuildError {
  const length = Buffer.byteLength(directory)
  return new BuildError(
    `output directory path is too long (${length} bytes, at most ${limit} usable): \`${directory}\``,
    { code: 'plan/output-path-too-long', hint: 'choose a shorter --output-dir' },
  )
}

/**
 * Outputs need each other, so none of them can be built first.
 * Move the shared part into an output of its own, or turn one of the needs into a run dependency.
 */
export function outputCycle(names: readonly string[]): BuildError {
  return new BuildError(`Cycle detected in recipe outputs: ${names.join(', ')}`, {
    code: 'plan/cycle',
    hint: 'turn one of the build or host requirements into a run requirement, or move the shared part into an output of its own',
  })
}

/**
 * `--up-to` names a package that no recipe of this call builds.
 */
export function unknownUpTo(name: string, known: readonly string[]): BuildError {
  return new BuildError(`The package '${name}' was not found in the outputs`, {
    code: 'plan/unknown-up-to',
    hint: `outputs: ${known.join(', ')}`,
  })
}

/**
 * A build string is empty or has a character that it may not have, such as a blank, a `-` or a `/`: it is the last part of
 * the package's file name, and solvers find no package with such a name. It comes from `build.string` or from
 * `--build-string-prefix`.
 */
export function badBuildString(text: string, id: string, span: Span | undefined): BuildError {
  const reason = text === '' ? 'it is empty' : 'only letters, digits, `_`, `.` and `+` can be in it'
  return new BuildError(`the build string \`${text}\` of \`${id}\` names no package: ${reason}`, {
    code: 'plan/build-string',
    hint: 'change `build.string` or `--build-string-prefix`; without both it is made of the hash and the build number',
    span,
  })
}
