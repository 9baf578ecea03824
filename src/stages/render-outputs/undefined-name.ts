/** Says of a name without a value what could be meant, and what can be done. */
import type { BuildError } from '../../errors/index.js'
import type { LoadedContextEntry } from '../../recipe/index.js'
import type { Span } from '../../text/index.js'
import { undefinedVariable } from './errors.js'
import { definedNames, describeOwnNames, type Session } from './session.js'

interface UndefinedName {
  readonly name: string
  readonly span: Span
  /** Of an `if:`, which is an expression without `${{ }}`. */
  readonly inCondition?: boolean
}

/** The coded error for a name that has no value. */
export function undefinedAt(session: Session, message: string, undefinedName: UndefinedName): BuildError {
  const { name, span } = undefinedName
  const own = session.recipe.context.find(({ key }) => key === name)
  if (own !== undefined)
    return undefinedVariable(message, name, { span, defined: [], advice: adviceOn(own, span) })
  const written = `${name || 'name'} | default("...")`
  const fallback = undefinedName.inCondition ? written : `\${{ ${written} }}`
  return undefinedVariable(message, name, {
    span,
    defined: longEnough(definedNames(session)),
    advice: `${describeOwnNames(session)}; a default is written \`${fallback}\``,
  })
}

/** An entry of `context` is there, but it has no value yet, or none at all because of a mistake that was told before. */
function adviceOn({ key, keySpan }: LoadedContextEntry, span: Span): string {
  return keySpan.start > span.start
    ? `\`${key}\` stands below; entries of \`context\` can use those above them`
    : `the entry \`${key}\` of \`context\` has no value, because of the mistake in it`
}

/** A name of one or two letters is near to everything short. */
export function longEnough(names: readonly string[]): readonly string[] {
  return names.filter((name) => name.length > 2)
}
