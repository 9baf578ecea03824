/** Questions that have no answer. */
import { BuildError } from '../../errors/index.js'

/**
 * There is no such value in the rendered recipe, and no used variant key of this name.
 * Paths are written as in `requirements.run[0]`; `krait render` shows all of them.
 */
export function unknownPath(path: string, nearest: string | undefined): BuildError {
  return new BuildError(`there is no \`${path}\` in the rendered recipe`, {
    code: 'usage/unknown-path',
    hint: nearest === undefined ? '`krait render` shows every value' : `did you mean \`${nearest}\`?`,
  })
}

/**
 * A variant file has this key, but no output uses it, so there is no value to explain.
 * The hint says why it is left out; `krait explain hash` lists all such keys.
 */
export function unusedKey(key: string, reason: string): BuildError {
  return new BuildError(`no output uses the variant key \`${key}\``, {
    code: 'usage/unused-key',
    hint: `left out of the hash: ${reason}`,
  })
}

/**
 * No output has this name or id.
 * `krait matrix` lists the ids; the beginning of an id is enough when only one output has it.
 */
export function unknownOutput(wanted: string, nearest: string | undefined): BuildError {
  return new BuildError(`no output is called \`${wanted}\``, {
    code: 'usage/unknown-output',
    hint: nearest === undefined ? '`krait matrix` lists all outputs' : `did you mean \`${nearest}\`?`,
  })
}

/**
 * Several outputs fit where one is needed.
 * Name one by its id; `krait matrix` lists them.
 */
export function ambiguousOutput(wanted: string, ids: readonly string[]): BuildError {
  return new BuildError(`\`${wanted}\` is not the name of one output but of ${ids.length}`, {
    code: 'usage/ambiguous-output',
    hint: `name one of ${ids.map((id) => `\`${id}\``).join(', ')}`,
  })
}
