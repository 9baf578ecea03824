/** Mistakes on the command line. */
import { BuildError, type Warning } from '../errors/index.js'

/**
 * The command line can't be understood: an unknown command or option, or a missing value.
 * The message names the nearest one; `krait COMMAND --help` lists all of them.
 */
export function usageError(message: string, hint = "try '--help'"): BuildError {
  return new BuildError(message, { code: 'usage/invalid', hint })
}

/**
 * Two options exclude each other.
 */
export function optionsConflict(first: string, second: string): BuildError {
  return new BuildError(`the argument '${first}' cannot be used with '${second}'`, {
    code: 'usage/conflict',
    hint: 'leave one of them out',
  })
}

/**
 * A platform name is not known, or is `noarch`, which no machine has.
 */
export function unknownPlatform(name: string, option: string, nearest: string | undefined): BuildError {
  if (name === 'noarch') {
    return new BuildError(
      'target-platform / build-platform cannot be `noarch` - that should be defined in the recipe',
      { code: 'usage/noarch-platform' },
    )
  }
  return new BuildError(`unknown platform \`${name}\` for ${option}`, {
    code: 'usage/unknown-platform',
    hint: nearest ? `did you mean \`${nearest}\`?` : undefined,
  })
}

/** There is no recipe below the directory of `--recipe-dir` (a warning); nothing is printed and nothing built. */
export function noRecipes(): Warning {
  return { code: 'load/no-recipes', message: 'No recipes found in recipe directory' }
}
