/** What can go wrong when finished packages are looked into. */
import { BuildError } from '../../errors/index.js'
import type { Span } from '../../text/index.js'

/**
 * A package could not be downloaded.
 * Open the URL in a browser; a private channel needs credentials (`--auth-file`, or those of netrc).
 */
export function packageNotDownloaded(url: string, status: number): BuildError {
  return new BuildError(`the package \`${url}\` cannot be downloaded: the server answered with ${status}`, {
    code: 'archive/download-failed',
    hint: status === 404 ? 'check the file name and the platform in the URL' : undefined,
    details: { url, status },
  })
}

/**
 * A metadata file of a package cannot be understood, or is missing.
 * The package is damaged, or no tool for conda packages wrote it.
 */
export function badMetadata(archive: string, file: string, reason: string): BuildError {
  return new BuildError(`\`${file}\` of \`${archive}\` cannot be used: ${reason}`, {
    code: 'archive/bad-metadata',
    hint: 'the package is damaged, or was written by hand: fetch or build it again',
    details: { path: archive, file },
  })
}

/**
 * The policy file of `krait package check --expect` cannot be used.
 * It is YAML: a mapping `expect` with `max-size`, `max-archive-size`, `max-growth`, `forbidden` and `must-have`.
 */
export function badExpectation(
  message: string,
  span: Span,
  more: { readonly hint?: string | undefined; readonly label?: string | undefined } = {},
): BuildError {
  return new BuildError(message, { code: 'settings/bad-expectation', span, ...more })
}

/**
 * The policy file that `--expect` names cannot be read.
 */
export function noExpectations(path: string, reason: string): BuildError {
  return new BuildError(`the policy \`${path}\` cannot be read: ${reason}`, {
    code: 'settings/no-expectations',
    hint: 'name a YAML file with a mapping `expect`',
    details: { path },
  })
}

/**
 * What a package is to be unpacked into is a file or a device, not a directory.
 */
export function destinationNotDirectory(destination: string): BuildError {
  return new BuildError(`\`${destination}\` is not a directory`, {
    code: 'usage/destination-not-directory',
    hint: 'name a directory with `-d`; it is made when it does not exist',
    details: { path: destination },
  })
}

/**
 * The directory that a package is to be unpacked into has files in it already, and they would be mixed.
 */
export function destinationNotEmpty(directory: string): BuildError {
  return new BuildError(`\`${directory}\` exists and is not empty`, {
    code: 'usage/destination-not-empty',
    hint: 'name another directory with `-d`, or remove this one',
    details: { path: directory },
  })
}
