/** What can go wrong around the stages. */
import { stripCredentials } from '../conda/index.js'
import { BuildError, type Warning } from '../errors/index.js'

/**
 * Ctrl-C, or another program, asked krait to stop.
 * The running script and its children were ended; no half-written package is left; directories are kept.
 */
export function interrupted(): BuildError {
  return new BuildError('interrupted', { code: 'interrupted/signal' })
}

/**
 * A file was saved while `--watch` was building: the build was ended as by Ctrl-C, and begins again with what was saved.
 */
export function overtaken(): BuildError {
  return new BuildError('a file was saved: the build begins again', { code: 'interrupted/save' })
}

/**
 * The time of `--time-budget` was over before all outputs were built. Those that were running have been finished.
 * The same call with `--resume` builds the rest; with `--dirty`, which keeps what is built, the same call does.
 */
export function timeBudgetSpent(left: number, count: number, isDirty: boolean): BuildError {
  const were = left === 1 ? 'was' : 'were'
  return new BuildError(`the time budget is spent: ${left} of ${count} outputs ${were} not built`, {
    code: 'unfinished/time-budget',
    hint: `the same call ${isDirty ? '' : 'with `--resume` '}builds the rest`,
  })
}

/**
 * `--dependents` names a package that no recipe of this call gives.
 */
export function unknownDependents(name: string, nearest: string | undefined): BuildError {
  return new BuildError(`no output is called \`${name}\``, {
    code: 'plan/unknown-dependents',
    hint: nearest ? `did you mean \`${nearest}\`?` : '`krait dag` without --dependents shows all outputs',
  })
}

/** There is no recipe below the directory of `--recipe-dir` (a warning); nothing is printed and nothing built. */
export function noRecipes(): Warning {
  return { code: 'load/no-recipes', message: 'No recipes found in recipe directory' }
}

/**
 * There is no recipe at the path that was given.
 * A directory must hold a file called `recipe.yaml`.
 */
export function recipeNotFound(path: string, hint: string | undefined): BuildError {
  return new BuildError(`The file ${path} could not be found.`, {
    code: 'load/recipe-not-found',
    hint: hint ?? 'name a recipe file, or a directory with a recipe.yaml',
  })
}

/**
 * `--locked` was asked for, and there is no lock file.
 * Write one with `--lock`.
 */
export function missingLock(path: string): BuildError {
  return new BuildError(`there is no lock file \`${path}\``, {
    code: 'solve/missing-lock',
    hint: 'write it with `--lock`, without `--locked`',
  })
}

/**
 * The file that `--lock` shall write exists and is no lock file, so it is left alone. `--lock` takes the word behind it
 * for its file, also when that was meant to be the recipe.
 * Write `--lock` behind the recipe, or `--lock=FILE`.
 */
export function notALock(path: string): BuildError {
  return new BuildError(`\`${path}\` exists and is no lock file`, {
    code: 'usage/not-a-lock',
    hint: 'write `--lock` behind the recipe, or `--lock=FILE`',
  })
}

/**
 * A lock file is not what `--lock` writes.
 * Write it again with `--lock`.
 */
export function malformedLock(path: string, reason: string): BuildError {
  return new BuildError(`the lock file \`${path}\` is malformed: ${reason}`, {
    code: 'solve/malformed-lock',
    hint: 'write it again with `--lock`, without `--locked`',
  })
}

/**
 * A variant file that was named on the command line does not exist.
 */
export function variantFileNotFound(path: string): BuildError {
  return new BuildError(`The variant file ${path} could not be found.`, {
    code: 'load/variant-file-not-found',
    hint: 'paths after `-m` are relative to the current directory',
  })
}

/**
 * A recipe or variant file is not encoded as UTF-8.
 * Save it as UTF-8.
 */
export function notUtf8(path: string): BuildError {
  return new BuildError(`stream did not contain valid UTF-8: \`${path}\``, {
    code: 'load/not-utf8',
    hint: 'save the file as UTF-8',
  })
}

/**
 * A channel was named on the command line and another one in the variant.
 * Keep one of the two.
 */
export function channelsTwice(): BuildError {
  return new BuildError('channel_sources and channels cannot both be set at the same time', {
    code: 'render/channels-twice',
    hint: 'leave out `-c`, or `channel_sources` of the variant',
  })
}

/**
 * A channel is neither a name nor a URL nor a directory.
 */
export function badChannel(channel: string, reason: string): BuildError {
  return new BuildError(`\`${channel}\` is no channel: ${reason}`, {
    code: 'channel/malformed',
    hint: 'write `file:///absolute/path`, a URL, or the name of a channel',
  })
}

/**
 * There is no environment to list at the path that was given.
 * Create it with `krait env create -p PREFIX SPEC...`.
 */
export function notAnEnvironment(path: string, reason: string): BuildError {
  return new BuildError(`\`${path}\` is no environment: ${reason}`, {
    code: 'usage/not-an-environment',
    hint: 'create it with `krait env create`',
  })
}

/** A package file that was named does not exist. */
export function packageFileMissing(file: string): BuildError {
  return new BuildError(`Package file does not exist: ${file}`, {
    code: 'usage/no-package-file',
    hint: 'name a `.conda` or `.tar.bz2` file; built packages lie in `output/<platform>/`',
    details: { file },
  })
}

/**
 * A URL was given where a file of this machine is wanted. Of URLs only `file://` with an absolute path behind it names one.
 */
export function urlNotFile(url: string): BuildError {
  const shown = stripCredentials(url)
  const hint = /^file:/i.test(url)
    ? 'write the path alone, or `file://` with an absolute path behind it: `file:///srv/file`'
    : 'download it first, and name the file'
  return new BuildError(`\`${shown}\` is a URL that names no file of this machine, and a file is wanted`, {
    code: 'usage/url-not-file',
    hint,
    details: { url: shown },
  })
}

/**
 * The directory exists and is no channel: it has no noarch/repodata.json. Nothing was written.
 * Make it one with `krait channel index`, or name a directory that does not exist yet.
 */
export function channelNotInitialized(channel: string): BuildError {
  const message = `The specified local channel at ${channel} is not initialized (missing ${channel}/noarch/repodata.json). Please initialize the channel first.`
  return new BuildError(message, {
    code: 'usage/no-channel',
    hint: `\`krait channel index ${channel}\` makes it a channel`,
  })
}

/**
 * The package was made by `build --dirty`: what is in it depends on what earlier runs left in a work directory, so nobody
 * could make it again. Build it without `--dirty` and publish that.
 */
export function dirtyPackage(file: string): BuildError {
  return new BuildError(`\`${file}\` is a dirty package and is not published`, {
    code: 'index/dirty-package',
    hint: 'build it again without `--dirty`',
  })
}

/** A label becomes the name of a directory, so it has only letters, digits, `_`, `.` and `-`. */
export function badLabel(label: string): BuildError {
  return new BuildError(`\`${label}\` is not a label`, {
    code: 'usage/label',
    hint: 'use letters, digits, `_`, `.` and `-`; `main` is the channel itself',
  })
}

/** A package was to be moved from a label to the same label, which would leave it nowhere. Name two different labels. */
export function sameLabel(label: string): BuildError {
  return new BuildError(`\`${label}->${label}\` moves nothing: both labels are the same`, {
    code: 'usage/same-label',
    hint: "say from where to where, for example 'dev->main'",
  })
}

/** No package of the channel is meant by what was given. */
export function notInChannel(text: string, channel: string): BuildError {
  return new BuildError(`no package \`${text}\` is in ${channel}`, {
    code: 'index/not-in-channel',
    hint: 'name a file, `name-version-build`, or a match spec such as `name =1.2`',
  })
}

/**
 * A channel has builds of this version with this build number, and the recipe gives none of them any more: its
 * variants, requirements or files changed, but its number did not. Raise the build number; with
 * `--fail-on-divergence` nothing is built before that (otherwise it is a warning).
 */
export function divergingBuild(
  id: string,
  { channel, builds }: { readonly channel: string; readonly builds: readonly string[] },
): BuildError {
  const others = builds.map((build) => `\`${build}\``).join(', ')
  return new BuildError(`\`${id}\` diverges: ${channel} has the same version and build number as ${others}`, {
    code: 'plan/diverges',
    hint: 'raise the build number of the recipe; `krait explain hash` says what is in the hash',
    details: { id, channel, builds },
  })
}
