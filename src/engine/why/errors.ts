/** What can go wrong with `krait why`. */
import { BuildError } from '../../errors/index.js'

/**
 * The package that was asked about is in no environment of the recipe, so there is no reason for it to be there.
 * `krait build --render-only --with-solve` lists what the build and host environments have.
 */
export function notInEnvironments(
  name: string,
  environment: string | undefined,
  nearest: string | undefined,
): BuildError {
  const where = environment === undefined ? 'no environment' : `not in the ${environment} environment`
  return new BuildError(`\`${name}\` is ${environment === undefined ? `in ${where}` : where} of the recipe`, {
    code: 'usage/not-in-environments',
    hint: nearest === undefined ? undefined : `did you mean \`${nearest}\`?`,
  })
}
