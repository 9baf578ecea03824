/** What can go wrong when a recipe gets a new version. */
import { stripCredentials } from '../../conda/index.js'
import { BuildError, type Warning } from '../../errors/index.js'

/**
 * The new version holds characters that versions do not have.
 */
export function badVersion(version: string): BuildError {
  return new BuildError(`\`${version}\` is no version`, {
    code: 'usage/bad-version',
    hint: 'write it as in `--version 1.2.3`',
  })
}

/**
 * A new version is given to one recipe at a time, and that recipe is a file.
 */
export function oneRecipe(): BuildError {
  return new BuildError('`krait bump-recipe` changes one recipe file', {
    code: 'usage/one-recipe',
    hint: 'name it: `krait bump-recipe -r recipe.yaml --version X`',
  })
}

/**
 * The recipe has no version that is written out: `context.version` or the version of the package is a template or absent.
 */
export function noVersion(recipe: string): BuildError {
  return new BuildError(`\`${recipe}\` has no version that is written out`, {
    code: 'usage/no-version',
    hint: 'write `version: "1.2.3"` under `context`, and `${{ version }}` everywhere else',
  })
}

/** A checksum belongs to a source that no output uses on the usual platforms (a warning). It is what it was. */
export function sumNotUpdated(place: string): Warning {
  return {
    code: 'source/sum-not-updated',
    message: `the checksum at ${place} is that of the old version: no output uses its source`,
    hint: 'update it by hand, or name the variant or platform that uses it',
  }
}

/**
 * No source of the recipe says where versions of its project are listed: there is none, or its address does not hold the
 * version.
 */
export function noVersionSource(recipe: string): BuildError {
  return new BuildError(`no source of \`${recipe}\` says where new versions are listed`, {
    code: 'usage/no-version-source',
    hint: 'name the version: `--version X`. It is looked up for addresses and tags that hold the version, as `${{ version }}`',
    details: { recipe },
  })
}

/**
 * A server that lists versions did not answer as it should. Name the version with `--version`, or run the command again
 * later; a server that limits requests without credentials (status 403 or 429) takes those of `--auth-file`.
 */
export function versionsNotRead(url: string, reason: string): BuildError {
  const shown = stripCredentials(url)
  return new BuildError(`the versions at \`${shown}\` cannot be read: ${reason}`, {
    code: 'source/versions-not-read',
    hint: 'name the version with `--version X`; a server that limits requests (403, 429) may need a token in `--auth-file`',
    details: { url: shown },
  })
}

/**
 * A list of versions has none that is written like the one of the recipe.
 */
export function noVersionsListed(shown: string): BuildError {
  return new BuildError(`${shown} lists no version that is written like the one of the recipe`, {
    code: 'source/no-versions-listed',
    hint: 'check the address of the source, or name the version with `--version X`',
    details: { listedBy: shown },
  })
}
