/** What can keep a package from being built again. */
import { BuildError, type Warning } from '../../errors/index.js'

/**
 * A package does not hold what it was built from, so it cannot be built again from itself.
 * It was built with `--no-include-recipe`, or by a tool that does not store `info/recipe/rendered_recipe.yaml`.
 */
export function noRecord(archive: string): BuildError {
  return new BuildError(`\`${archive}\` cannot be rebuilt: it has no \`info/recipe/rendered_recipe.yaml\``, {
    code: 'package/no-record',
    hint: 'build it from its recipe; packages that are built without `--no-include-recipe` can be rebuilt',
    details: { path: archive },
  })
}

/**
 * The record of a build that a package holds cannot be understood.
 */
export function badRecord(archive: string, reason: string): BuildError {
  return new BuildError(`\`info/recipe/rendered_recipe.yaml\` of \`${archive}\` cannot be used: ${reason}`, {
    code: 'package/bad-record',
    hint: 'build the package from its recipe',
    details: { path: archive },
  })
}

/**
 * A package can only be rebuilt on the platform that it was built on.
 */
export function otherPlatform(built: string, here: string): BuildError {
  return new BuildError(`the package was built on ${built}, and this machine is ${here}`, {
    code: 'package/other-platform',
    hint: `rebuild it on ${built}`,
  })
}

/**
 * An output that inherits from a staging output is rebuilt with that one, and the record of this package does not say with
 * which packages the staging output was built. Another tool, or an older version, wrote it.
 */
export function inheritsStaging(archive: string, staging: string): BuildError {
  return new BuildError(
    `\`${archive}\` inherits from the staging output \`${staging}\`, which its record leaves out`,
    {
      code: 'package/inherits-staging',
      hint: 'build it from its recipe, with `--locked` for the same packages',
    },
  )
}

/**
 * A package that was built with comes from a local channel, and none of the named channels has this very file.
 * Name the directory of the channel with `-c`.
 */
export function recordNotFound(name: string, searched: readonly string[]): BuildError {
  return new BuildError(
    `\`${name}\`, which it was built with, is in none of ${searched.length} local channels`,
    {
      code: 'install/record-not-found',
      hint: 'name the channel directory that has this file, with the same content, with `-c DIR`',
      details: { name, searched },
    },
  )
}

/**
 * `--diffoscope` was asked for, and there is no such program.
 */
export function noDiffoscope(): BuildError {
  return new BuildError('there is no `diffoscope` on PATH', {
    code: 'usage/no-diffoscope',
    hint: 'install it, or leave `--diffoscope` out: what differs is told anyway',
  })
}

/** The package was built by another program, or another version (a warning), which may write other bytes. */
export function otherTool(built: string, here: string): Warning {
  return {
    code: 'package/other-tool',
    message: `the package was built with ${built}, and this is ${here}: the bytes may differ for that reason alone`,
  }
}
