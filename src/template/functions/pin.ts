/**
 * `pin_subpackage` and `pin_compatible`: a JSON text that the requirement lists turn into a pin (spec:
 * render.md 3.1, 6.8).
 */
import { parsePackageName, SpecError } from '../../conda/index.js'
import { argumentsError, operationError } from '../errors.js'
import { formatValue } from '../format-value.js'
import { type CallArguments, isTruthy } from '../value.js'
import type { TemplateFunction } from './function-context.js'
import { readOnlyText } from './read-arguments.js'

export const pinSubpackage = pinFunction(
  'pin_subpackage',
  'Pins another output of this recipe once its version is known; `exact=True` pins version and build.',
)

export const pinCompatible = pinFunction(
  'pin_compatible',
  'Pins a package to versions compatible with the one that the host environment got.',
)

const keywords = ['lower_bound', 'upper_bound', 'exact', 'build', 'min_pin', 'max_pin']

function pinFunction(name: 'pin_subpackage' | 'pin_compatible', doc: string): TemplateFunction {
  const signature = `${name}('numpy', lower_bound='x.x', upper_bound='x')`
  const call = (args: CallArguments) => JSON.stringify({ [name]: readPin(args) })
  return { name, signature, doc, create: () => ({ kind: 'function', name, call }) }
}

function readPin(args: CallArguments): { readonly [key: string]: string | boolean } {
  const name = checkName(readOnlyText(args, keywords))
  const { keyword } = args
  if (keyword.has('min_pin') || keyword.has('max_pin')) {
    throw argumentsError('`min_pin` and `max_pin` are not supported: use `lower_bound` and `upper_bound`')
  }
  const exact = keyword.get('exact')
  if (exact !== undefined) {
    if (keyword.size > 1) throw argumentsError('too many arguments: `exact` allows no other keyword')
    return isTruthy(exact) ? { name, exact: true } : { name }
  }
  return {
    name,
    ...bound(args, 'lower_bound', 'x.x.x.x.x.x'),
    ...bound(args, 'upper_bound', 'x'),
    ...bound(args, 'build', undefined),
  }
}

/** A bound that is `None` is left out; one that is not given has its default. */
function bound({ keyword }: CallArguments, key: string, fallback: string | undefined) {
  const value = keyword.get(key)
  if (value === null) return {}
  const text = value === undefined ? fallback : formatValue(value)
  return text === undefined ? {} : { [key]: text }
}

function checkName(name: string): string {
  try {
    parsePackageName(name)
    return name
  } catch (error) {
    if (error instanceof SpecError) throw operationError(error.message)
    throw error
  }
}
