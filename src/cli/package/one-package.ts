/** The words behind an action of `krait package`. */
import { usageError } from '../errors.js'

/** The one package that an action is about: a word, or what `-p` names. */
export function onePackage(action: string, words: readonly string[], flag?: string): string {
  const given = flag === undefined ? words : [flag, ...words]
  const [file] = given
  if (file === undefined || file === '') {
    throw usageError(`\`krait ${action}\` needs a package: a \`.conda\` or \`.tar.bz2\` file, or its URL`)
  }
  if (given.length > 1) throw usageError(`\`krait ${action}\` takes one package, not ${given.length}`)
  return file
}
