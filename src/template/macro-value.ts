/** Decides how the arguments of a macro call meet its parameters. */
import { argumentsError } from './errors.js'
import type { Expression, Parameter } from './syntax-tree.js'
import { type CallArguments, orUndefined, type Value } from './value.js'

export interface MacroParts {
  readonly name: string
  readonly parameters: readonly Parameter[]
  /** The value of a parameter's default, which sees the parameters before it. */
  readonly fallback: (expression: Expression, variables: Map<string, Value>) => Value
  readonly body: (variables: Map<string, Value>) => string
}

/** A macro as a function value; parameters that get nothing are undefined. */
export function createMacro(parts: MacroParts): Value {
  return {
    kind: 'function',
    name: parts.name,
    call: (args) => parts.body(bindParameters(parts, args)),
  }
}

function bindParameters(parts: MacroParts, { positional, keyword }: CallArguments): Map<string, Value> {
  if (positional.length > parts.parameters.length) throw argumentsError('too many arguments')
  const variables = new Map<string, Value>()
  const caller = keyword.get('caller')
  if (caller !== undefined) variables.set('caller', caller)
  for (const [index, { name, fallback }] of parts.parameters.entries()) {
    const isPositional = positional[index] !== undefined
    if (isPositional && keyword.has(name)) throw argumentsError(`duplicate argument \`${name}\``)
    const given = isPositional ? positional[index] : keyword.get(name)
    const value = given === undefined && fallback ? parts.fallback(fallback, variables) : given
    variables.set(name, orUndefined(value, name))
  }
  const unknown = [...keyword.keys()].find((name) => name !== 'caller' && !variables.has(name))
  if (unknown !== undefined) throw argumentsError(`unknown keyword argument \`${unknown}\``)
  return variables
}
