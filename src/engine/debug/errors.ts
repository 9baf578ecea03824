/** What can go wrong when an earlier build is looked into. */
import { BuildError, type Warning } from '../../errors/index.js'

/**
 * No build was kept below the output directory: nothing failed there, and nothing was set up.
 * Builds that succeed are removed unless `--keep-build` is given.
 */
export function noDebugBuild(outputDirectory: string): BuildError {
  return new BuildError(`there is no kept build below \`${outputDirectory}\``, {
    code: 'usage/no-debug-build',
    hint: 'make one with `krait debug setup --recipe DIR`, or name another directory with --output-dir or --work-dir',
  })
}

/**
 * The directory is not the work directory of a build that can be debugged.
 * Set it up again with `krait debug setup`.
 */
export function badDebugState(work: string, reason: string): BuildError {
  return new BuildError(`\`${work}\` is no work directory of a build: ${reason}`, {
    code: 'usage/debug-state',
    hint: 'set it up again with `krait debug setup`; `krait debug workdir` names the newest one',
  })
}

/**
 * The recipe has several outputs, and `krait debug setup` prepares one.
 */
export function severalOutputs(names: readonly string[]): BuildError {
  const message = `Multiple outputs found in recipe (${names.length}). Please specify which output to debug using --output-name. Available outputs: ${names.join(', ')}`
  return new BuildError(message, {
    code: 'usage/several-outputs',
    hint: 'a name, an id, or the beginning of an id of `krait matrix`',
  })
}

/**
 * `--output-name` names no output of the recipe.
 */
export function outputMissing(name: string, available: readonly string[]): BuildError {
  return new BuildError(`Output with name '${name}' not found in recipe.`, {
    code: 'usage/output-not-found',
    hint: available.length === 0 ? 'all of them are skipped' : `available: ${available.join(', ')}`,
  })
}

/**
 * The script needs a secret that is not in the environment, and nobody is there to be asked.
 * `krait debug` does not run scripts with some of their secrets missing: what fails then is something else.
 */
export function secretNeeded(names: readonly string[]): BuildError {
  const list = names.map((name) => `\`${name}\``).join(', ')
  return new BuildError(`the script needs ${list}, which ${names.length === 1 ? 'is' : 'are'} not set`, {
    code: 'script/secret-needed',
    hint: 'export the variable, or run the command on a terminal, where it is asked for',
    details: { secrets: names },
  })
}

/**
 * The script of this build was never written: the build stopped before, or its outputs have none.
 */
export function noScriptYet(work: string): BuildError {
  return new BuildError(`there is no \`conda_build.sh\` in \`${work}\``, {
    code: 'script/not-written',
    hint: 'set the build up again with `krait debug setup`',
  })
}

/** What is written in a shell at a terminal cannot be masked here (a warning). Take care what you print. */
export function shellNotMasked(): Warning {
  return {
    code: 'script/shell-not-masked',
    message:
      'secrets that you print in this shell are shown: the program `script`, which lets krait mask them, was not found',
    hint: 'install it (util-linux), or pipe commands into `krait debug shell`',
  }
}

/**
 * The work directory has no notes about its sources: the recipe has none, or the build stopped before they were there.
 */
export function noSourceInfo(work: string): BuildError {
  const message = `Failed to read source information: Source information file not found in \`${work}\``
  return new BuildError(message, {
    code: 'source/no-info',
    hint: 'name the work directory of a build with sources: `krait debug workdir` shows the newest one',
  })
}

/**
 * A local source is not any more what was copied into the work directory, so nobody can say what was changed there.
 */
export function sourceChanged(source: string, recipePath: string): BuildError {
  return new BuildError(`the source \`${source}\` has changed since it was copied`, {
    code: 'source/changed',
    hint: `set the build up again: krait debug setup --recipe ${recipePath}`,
  })
}

/**
 * It is not clear which source of the recipe a patch belongs to, or the text has a form that krait does not edit.
 * The patch itself was written; add its name by hand.
 */
export function patchNotAdded(patch: string, recipePath: string): BuildError {
  return new BuildError(`\`${patch}\` could not be added to \`${recipePath}\``, {
    code: 'source/patch-not-added',
    hint: 'add it to `patches` of its source by hand; the patch file is written',
  })
}
