/** `match(python, '>=3.10')`: compares a variant value with a version spec (spec: render.md 3.1). */
import { parseVersion, parseVersionSpec, SpecError, versionMatches } from '../../conda/index.js'
import { operationError } from '../errors.js'
import { formatValue } from '../format-value.js'
import { isUndefined } from '../value.js'
import type { TemplateFunction } from './function-context.js'
import { readPositional, textOf } from './read-arguments.js'

export const match: TemplateFunction = {
  name: 'match',
  signature: "match(python, '>=3.10')",
  doc: 'Whether a version satisfies a version spec; true when the value is undefined, so that a recipe also renders without that variant.',
  create: () => ({
    kind: 'function',
    name: 'match',
    call: (args) => {
      const [value = null, spec] = readPositional(args, 2)
      if (value === null || isUndefined(value)) return true
      return matches(formatValue(value), textOf(spec))
    },
  }),
}

function matches(value: string, spec: string): boolean {
  const version = withoutStars(value.split(' ')[0] ?? '')
  try {
    return versionMatches(parseVersionSpec(spec, { mode: 'strict' }), parseVersion(version))
  } catch (error) {
    if (error instanceof SpecError)
      throw operationError(`cannot match \`${value}\` with \`${spec}\`: ${error.message}`)
    throw error
  }
}

/** `3.12.*` names the version 3.12. */
function withoutStars(text: string): string {
  let end = text.length
  while (text.endsWith('.*', end) && end >= 2) end -= 2
  while (text.endsWith('*', end) && end >= 1) end -= 1
  return text.slice(0, end)
}
