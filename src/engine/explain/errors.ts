/** Questions that have no answer. */
import { BuildError } from '../../errors/index.js'
import type { RunExporter } from './explain-solved.js'

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

/**
 * The package is no run dependency of the output.
 * It may come into its environment through another package (`krait why` says how), or its run export is ignored.
 */
export function noRunDependency(
  name: string,
  id: string,
  { nearest, ignored }: { readonly nearest: string | undefined; readonly ignored: readonly RunExporter[] },
): BuildError {
  const [exporter] = ignored
  const note =
    exporter &&
    `; ${exporter.name} exports it (${exporter.environment}), and that is ignored or does not apply`
  return new BuildError(`\`${name}\` is no run dependency of ${id}${note ?? ''}`, {
    code: 'usage/no-run-dependency',
    hint:
      nearest === undefined ? `\`krait why ${name}\` looks behind them` : `did you mean \`run.${nearest}\`?`,
  })
}

/**
 * The script of the output has no variable of this name in its environment.
 * `krait env show --with-solve` lists all of them.
 */
export function noVariable(name: string, id: string, nearest: string | undefined): BuildError {
  return new BuildError(`nothing sets \`${name}\` for the script of ${id}`, {
    code: 'usage/no-variable',
    hint:
      nearest === undefined
        ? '`krait env show --with-solve` lists all variables'
        : `did you mean \`env.${nearest}\`?`,
  })
}
