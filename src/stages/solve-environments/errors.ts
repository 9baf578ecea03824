/** The mistakes of solving and of reading channels. */
import { BuildError, type Warning } from '../../errors/index.js'
import type { Json, Span } from '../../text/index.js'

/** The report puts `Failed to resolve dependencies` above every error of this area. */
const failed = 'Cannot solve the request because of: '

interface Conflict {
  readonly reason: string
  readonly specs: readonly string[]
  readonly explanation: readonly string[]
  readonly nearMisses: readonly string[]
  readonly steps: readonly { readonly [key: string]: Json }[]
}

/** Where a requested spec is written, and what is said beside it. */
export interface SpecPlace {
  readonly span: Span
  readonly label: string
}

/**
 * No set of packages satisfies the request. The message names a smallest set of requested specs that cannot be satisfied
 * together; the lines below say what they need and where that contradicts itself; `details` has the same for machines
 * (`specs`, `explanation`, `nearMisses`, `steps`).
 * Relax one of the named specs, add a channel that has the missing package, or set `CONDA_OVERRIDE_...` when a virtual
 * package is missing.
 */
export function unsatisfiable(
  { reason, specs, explanation, nearMisses, steps }: Conflict,
  [first, ...related]: readonly SpecPlace[] = [],
): BuildError {
  return new BuildError(failed + reason, {
    code: 'solve/unsatisfiable',
    hint: nearMisses.length > 0 ? nearMisses.join('; ') : 'relax one of the specs, or add a channel',
    span: first?.span,
    label: first?.label,
    related,
    details: { specs, explanation, nearMisses, steps },
  })
}

/**
 * The environment that a lock file holds does not fit any more; `details.changes` lists what changed: specs of the recipe,
 * variant, channels, or records that vanished or have another hash.
 * Look at the changes; when they are wanted, build with `--lock` and without `--locked`, which writes the file again.
 */
export function staleLock(environment: string, changes: readonly string[]): BuildError {
  const [first = ''] = changes
  const more = changes.length > 1 ? ` and ${changes.length - 1} more` : ''
  return new BuildError(`the lock of the ${environment} environment is stale: ${first}${more}`, {
    code: 'solve/stale-lock',
    hint: 'build with `--lock` and without `--locked` to write the lock file again',
    details: { environment, changes, explanation: changes },
  })
}

/**
 * A spec of a requirement, a run export or a variant is not a match spec.
 * Specs are `name`, `name >=1.2,<2` or `name 1.2.* build*`.
 */
export function badSpec(spec: string, reason: string): BuildError {
  return new BuildError(`Invalid match spec '${spec}': ${reason}`, {
    code: 'solve/bad-spec',
    hint: 'write `name`, `name >=1.2,<2` or `name 1.2.* build*`',
  })
}

/**
 * The value that a variant gives to a package is not a version.
 * Values such as `3.11`, `>=3.11` or `3.11.* *_cpython` are; correct it in the variant file.
 */
export function badVariantVersion(key: string, value: string, reason: string): BuildError {
  return new BuildError(`Could not parse version spec for variant key ${key}: ${reason}`, {
    code: 'solve/bad-variant-version',
    hint: `the variant has \`${key}: ${value}\`; write a version such as \`3.11\` or \`>=3.11\``,
  })
}

/**
 * `pin_compatible` names a package that is neither in the host nor in the build environment.
 * Add it to the host requirements, so that there is a version to pin to.
 */
export function pinNotSolved(name: string): BuildError {
  return new BuildError(
    `Could not apply pin_compatible. The following package is not part of the solution: ${name}`,
    { code: 'solve/pin-not-solved', hint: `add \`${name}\` to the host requirements` },
  )
}

/**
 * `pin_subpackage` names something that is not an output of this recipe, or one that was not built before.
 * Write the name of an output of the same recipe; other packages are pinned with `pin_compatible`.
 */
export function pinnedOutputMissing(name: string, known: readonly string[]): BuildError {
  const outputs = known.length > 0 ? `the recipe has ${known.join(', ')}` : 'the recipe has no other output'
  return new BuildError(
    `Could not apply pin_subpackage. The following subpackage is not available: ${name}`,
    {
      code: 'solve/pinned-output-missing',
      hint: `${outputs}; for other packages use pin_compatible`,
    },
  )
}

/**
 * The search for a solution took more steps than allowed; the request is too loose or too contradictory.
 * Pin some of the specs to fewer versions.
 */
export function searchTooLong(conflicts: number): BuildError {
  return new BuildError(`no solution was found within ${conflicts} conflicts`, {
    code: 'solve/too-hard',
    hint: 'narrow the version ranges of some requirements',
    details: { conflicts },
  })
}

/** The search for a solution was stopped from outside. Nothing was installed. */
export function searchInterrupted(): BuildError {
  return new BuildError('the solve was interrupted', { code: 'interrupted/solve' })
}

/**
 * A channel has no `noarch/repodata.json`, so it is not a channel.
 * Check the URL or path; a directory of packages becomes a channel by indexing it.
 */
export function notAChannel(channel: string, reason: string): BuildError {
  return new BuildError(`could not find subdir 'noarch' in channel '${channel}': ${reason}`, {
    code: 'channel/missing-noarch',
    hint: 'check the channel; a channel has a file `noarch/repodata.json`',
  })
}

/**
 * The index of a channel is not what repodata.json has to be.
 * Index the channel again, or ask its owner to.
 */
export function malformedRepodata(url: string, reason: string, cause?: unknown): BuildError {
  return new BuildError(`\`${url}\` is malformed: ${reason}`, {
    code: 'channel/malformed-repodata',
    hint: 'index the channel again',
    cause,
  })
}

/**
 * Some records of a channel lack fields or have fields of a wrong type, and are ignored (a warning).
 * Index the channel again, or ask its owner to.
 */
export function malformedRecords(url: string, name: string, count: number): Warning {
  return {
    code: 'channel/malformed-record',
    message: `${count} malformed records of \`${name}\` in \`${url}\` are ignored`,
    hint: 'index the channel again',
  }
}

/**
 * The server of a channel answered with an error.
 * Check the URL and, for private channels, the credentials.
 */
export function channelRequestFailed(url: string, status: number): BuildError {
  return new BuildError(`the channel answered HTTP ${status} for \`${url}\``, {
    code: 'channel/http-status',
    hint: 'check the URL of the channel and your access to it',
    details: { status },
  })
}

/**
 * A channel has a kind of URL that krait cannot read yet.
 * Mirror the channel to http(s) or to a directory.
 */
export function unsupportedChannel(url: string): BuildError {
  return new BuildError(`not supported yet: channels such as \`${url}\``, {
    code: 'channel/unsupported-scheme',
    hint: 'use an http(s) or file URL, or a directory',
  })
}

/** The text of a channel is neither a name nor a URL nor a path. */
export function badChannel(reason: string): BuildError {
  return new BuildError(reason, { code: 'channel/bad-name', hint: 'write a channel name, a URL or a path' })
}

/**
 * Neither the channel nor the package itself could tell what the package exports to those built with it.
 * Check the channel; a missing archive cannot be installed either.
 */
export function runExportsUnreadable(fn: string, cause: unknown): BuildError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new BuildError(`Could not collect run exports of \`${fn}\`: ${reason}`, {
    code: 'solve/run-exports-unreadable',
    hint: 'check that the channel still has the package',
    cause,
  })
}
