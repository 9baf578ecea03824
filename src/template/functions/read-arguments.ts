/** Decides whether the arguments of a call fit what a function takes. */
import { argumentsError, undefinedError } from '../errors.js'
import { formatValue } from '../format-value.js'
import { type CallArguments, isUndefined, type Value } from '../value.js'

/** Exactly one positional argument as text, and only these keywords. @throws TemplateError otherwise */
export function readOnlyText(args: CallArguments, keywords: readonly string[] = []): string {
  return textOf(readPositional(args, 1, keywords)[0])
}

/** Exactly `count` positional arguments. @throws TemplateError otherwise */
export function readPositional(
  args: CallArguments,
  count: number,
  keywords: readonly string[] = [],
): readonly Value[] {
  const unknown = [...args.keyword.keys()].find((name) => !keywords.includes(name))
  if (unknown !== undefined)
    throw argumentsError(`too many arguments: unknown keyword argument \`${unknown}\``)
  if (args.positional.length < count) throw argumentsError('missing argument')
  if (args.positional.length > count) throw argumentsError('too many arguments')
  return args.positional
}

/** The text of an argument. @throws TemplateError when it is undefined */
export function textOf(value: Value | undefined): string {
  if (value === undefined) throw argumentsError('missing argument')
  if (isUndefined(value)) throw undefinedError(value.name)
  return formatValue(value)
}
