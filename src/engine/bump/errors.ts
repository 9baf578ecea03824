/** What can go wrong when a recipe gets a new version. */
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
