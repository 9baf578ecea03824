/** What is said when the first word behind a command that has actions is missing, or is none of them. */
import type { BuildError } from '../errors/index.js'
import { closest } from '../text/index.js'
import { usageError } from './errors.js'

/** Names the actions there are, and the nearest one. */
export function unknownAction(command: string, action: string, known: readonly string[]): BuildError {
  const what = action === '' ? 'an action is missing' : `unknown action \`${action}\``
  const names = known.map((name) => `\`${name}\``).join(', ')
  const nearest = closest(action, known)
  const hint = nearest === undefined ? undefined : `did you mean \`krait ${command} ${nearest}\`?`
  return usageError(`${what}: \`krait ${command}\` knows ${names}`, hint)
}
