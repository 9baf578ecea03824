/** `env.get('NAME')` and `env.exists('NAME')`: the environment of the caller (spec: render.md 3.1). */
import { environmentError } from '../errors.js'
import type { CallArguments, Value } from '../value.js'
import type { FunctionContext, TemplateFunction } from './function-context.js'
import { readOnlyText } from './read-arguments.js'

export const env: TemplateFunction = {
  name: 'env',
  signature: "env.get('HOME', default='')",
  doc: 'Variables of the environment that krait was started in; `env.exists(NAME)` asks whether one is set.',
  create: (context) => ({
    kind: 'object',
    name: 'env',
    attributes: new Map(),
    methods: new Map([
      ['get', (args: CallArguments): Value => readVariable(context, args)],
      ['exists', (args: CallArguments): Value => lookUp(context, readOnlyText(args)) !== undefined],
    ]),
  }),
}

function readVariable(context: FunctionContext, args: CallArguments): Value {
  const name = readOnlyText(args, ['default'])
  const value = lookUp(context, name) ?? args.keyword.get('default')
  if (value !== undefined) return value
  throw environmentError(
    `Environment variable ${name} not found`,
    `set it, or give a default: \`env.get("${name}", default="")\``,
  )
}

function lookUp(context: FunctionContext, name: string): string | undefined {
  const value = context.effects.env?.(name)
  context.onEffect?.({ kind: 'env', name, value })
  return value
}
