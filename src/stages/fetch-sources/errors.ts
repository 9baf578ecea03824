/** What can go wrong between a source entry and the work directory. */
import { BuildError, type Warning } from '../../errors/index.js'

/**
 * No address of a source could be fetched; each attempt was reported as a warning before.
 * Check the address, the network and the proxy variables.
 */
export function downloadFailed(url: string, reason: string, cause?: unknown): BuildError {
  return new BuildError(`Failed to download from URL: ${reason}`, {
    code: 'source/download-failed',
    cause,
    hint: `check that \`${url}\` can be reached; more addresses can be listed under \`url\``,
    details: { url },
  })
}

/**
 * A fetched or local file is not the one the recipe was written for.
 * Somebody replaced it, or the checksum in the recipe is wrong, or the server sent a web page in its place. The file was
 * removed from the cache.
 */
export function checksumMismatch(file: string, algorithm: 'sha256' | 'md5', sums: Checksums): BuildError {
  const { expected, actual, page } = sums
  const message = `${algorithm} checksum validation failed for "${file}"\n  expected: ${expected}\n  actual:   ${actual}`
  return new BuildError(message, {
    code: 'source/checksum',
    hint:
      page === undefined
        ? `if the new file can be trusted, set \`${algorithm}: ${actual}\``
        : `what came is a web page (\`${page}\`): the address is wrong, or the server wants a login`,
    details: { file, algorithm, expected, actual },
  })
}

export interface Checksums {
  readonly expected: string
  readonly actual: string
  /** How a web page begins that came in place of a file. */
  readonly page?: string | undefined
}

/**
 * A local source does not exist. Relative paths begin at the directory of the recipe.
 */
export function pathMissing(path: string, resolved: string): BuildError {
  return new BuildError(`source path \`${path}\` (resolved to ${resolved}) does not exist`, {
    code: 'source/path-missing',
    hint: 'paths are relative to the directory of the recipe',
    details: { path, resolved },
  })
}

/**
 * A checksum stands beside a local source that is a directory (a warning): only files have checksums, so nothing is checked.
 */
export function checksumUnused(path: string): Warning {
  return {
    code: 'source/checksum-unused',
    message: `the checksum of \`${path}\` is not checked: it is a directory`,
    hint: 'remove the checksum, or let `path` lead to an archive',
  }
}

/**
 * A `file://` URL leads to nothing.
 */
export function fileMissing(path: string): BuildError {
  return new BuildError(`File not found: ${path}`, {
    code: 'source/file-missing',
    hint: 'check the path; after `file://` it begins with `/`',
    details: { path },
  })
}

/**
 * `target_directory` or `file_name` would leave the work directory.
 */
export function leavesWorkDirectory(field: string, value: string): BuildError {
  return new BuildError(`\`${field}: ${value}\` leaves the work directory`, {
    code: 'source/leaves-work-directory',
    hint: 'use a relative path without `..`',
    details: { field, value },
  })
}

/**
 * Two sources bring a file of the same name, or one of them has a file or link where the other one has a directory.
 * Give one of them a `target_directory`, or leave the file out with `filter`.
 */
export function sourcesConflict(path: string, first: string, second: string): BuildError {
  const message = `File already exists: "${path}" comes from source \`${first}\` and from source \`${second}\``
  return new BuildError(message, {
    code: 'source/conflict',
    hint: 'give one of them a `target_directory`',
    details: { path, first, second },
  })
}

/**
 * Something that krait cannot do yet; the message names it.
 */
export function notSupportedYet(what: string, hint?: string): BuildError {
  return new BuildError(`not supported yet: ${what}`, { code: 'source/not-supported', hint })
}

/**
 * A glob under `filter` cannot be read.
 */
export function badFilter(reason: string): BuildError {
  return new BuildError(reason, {
    code: 'source/filter',
    hint: 'see docs/recipe.md for how globs are written',
  })
}

/**
 * git could not be found or ended with an error; the message carries what it said.
 */
export function gitFailed(url: string, reason: string): BuildError {
  return new BuildError(`Git error: Git fetch failed: ${reason}`, {
    code: 'source/git',
    hint: `try \`git ls-remote ${url}\` by hand`,
    details: { url },
  })
}

/**
 * The repository has no branch, tag or commit of the name that the recipe asks for.
 */
export function gitRefMissing(rev: string, url: string): BuildError {
  const message = `Git error: Git fetch failed: could not find a branch, tag, or commit named \`${rev}\` in \`${url}\``
  return new BuildError(message, {
    code: 'source/git-ref',
    hint: 'check the name; `git ls-remote` lists what the repository has',
    details: { rev, url },
  })
}

/**
 * `--offline` is on, and the clone that earlier runs left does not have what the recipe asks for.
 */
export function gitOffline(what: string, url: string): BuildError {
  const message = `network access is disabled by offline mode: \`${what}\` of \`${url}\` is not in the cache`
  return new BuildError(message, {
    code: 'source/git-offline',
    hint: 'run `krait fetch` for the recipe once without `--offline`, with the same --output-dir',
    details: { what, url },
  })
}

/**
 * A branch or tag leads to another commit than `expected_commit`: it was moved.
 */
export function commitMismatch(expected: string, actual: string, rev: string): BuildError {
  const message = `Git commit mismatch: expected commit '${expected}' but got '${actual}' for revision '${rev}'`
  return new BuildError(message, {
    code: 'source/commit-mismatch',
    hint: 'look at what changed, then set `expected_commit` to the new commit',
    details: { expected, actual, rev },
  })
}

/**
 * A patch of the recipe does not exist. Patches are relative to the directory of the recipe.
 */
export function patchMissing(path: string): BuildError {
  return new BuildError(`Patch file not found: ${path}`, {
    code: 'source/patch-missing',
    hint: 'paths of patches are relative to the directory of the recipe',
    details: { path },
  })
}

/**
 * A patch does not fit the source. Nothing of it was applied.
 * The details hold the lines that were expected and those that were found.
 */
export function patchFailed(patch: string, reason: string, details: PatchFailure = {}): BuildError {
  return new BuildError(`Patch application error: \`${patch}\`: ${reason}`, {
    code: 'source/patch-failed',
    hint: 'make the patch again for this version of the source, for example with `create-patch`',
    details: { patch, ...details },
  })
}

export interface PatchFailure {
  readonly file?: string
  readonly hunk?: number
  readonly expected?: readonly string[]
  readonly found?: readonly string[]
}

/**
 * A patch names a file outside of the work directory, or reaches out of it through a link.
 */
export function patchLeavesWork(patch: string, file: string): BuildError {
  return new BuildError(`\`${patch}\` changes \`${file}\`, which is outside of the work directory`, {
    code: 'source/patch-unsafe',
    hint: 'make the patch with paths relative to the top of the sources',
    details: { patch, file },
  })
}

/** One address of a source could not be fetched (a warning); the next one is tried, if there is one. */
export function mirrorFailed(reason: string): Warning {
  return { code: 'source/mirror-failed', message: `Failed to fetch from URL: ${reason}` }
}

/** The clone that git sources are checked out from is damaged (a warning). It is made again. */
export function gitCacheDamaged(path: string): Warning {
  const message = `Detected corrupted git cache at ${path} (not a valid git repository), removing and re-cloning`
  return { code: 'source/git-cache', message }
}

/** `--offline` is on, so nobody looked whether a branch has moved (a warning). */
export function gitNotUpdated(rev: string, url: string): Warning {
  const message = `offline: \`${rev}\` of \`${url}\` is what it was when it was fetched last`
  return { code: 'source/git-not-updated', message }
}

/** A patch file holds no diff (a warning). */
export function patchEmpty(patch: string): Warning {
  return { code: 'source/patch-empty', message: `Patch '${patch}' contains no changes` }
}

/** Everything that a patch changes is in the source already (a warning). The patch is skipped. */
export function patchAlreadyApplied(patch: string): Warning {
  const message = `Patch '${patch}' appears to be already applied; skipping. It may no longer be necessary and can likely be removed from the recipe.`
  return { code: 'source/patch-already-applied', message }
}

/** A hunk only fits when some of its context, or blanks, are left out of the comparison (a warning). Look at the result. */
export function patchFuzz(message: string): Warning {
  return { code: 'source/patch-fuzz', message, hint: 'make the patch again for this version of the source' }
}

/**
 * The recipe wants a source whose attestation is verified, and `--skip-attestation` takes it without (a warning). Only the
 * checksum says that it is the right one.
 */
export function attestationSkipped(source: string): Warning {
  return {
    code: 'source/attestation-skipped',
    message: `the attestation of \`${source}\` was not verified`,
    hint: 'the checksum alone says that it is the right file',
  }
}

/**
 * The recipe wants a source whose attestation is verified, and krait cannot verify attestations.
 * Verify it with the tool of its publisher, and use `--skip-attestation`: then the checksum counts alone.
 */
export function attestationUnverified(source: string): BuildError {
  return new BuildError(`attestation verification is not supported: \`${source}\``, {
    code: 'source/attestation',
    hint: '`--skip-attestation` trusts the checksum alone',
  })
}

/**
 * A source directory holds a fifo, socket or device, which cannot be copied; reading a fifo would wait for ever.
 * Remove it, or leave it out with `filter` or `.gitignore`.
 */
export function specialSourceFile(path: string): BuildError {
  return new BuildError(`\`${path}\` in the source is neither a file, a directory nor a link`, {
    code: 'source/special-file',
    hint: 'remove it, or leave it out with `filter: {exclude: [...]}` of the source',
    details: { path },
  })
}
