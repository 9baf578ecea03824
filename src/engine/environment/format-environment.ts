/** Decides how environments look to people. */

import { alignColumns, showText } from '../explain/show-text.js'
import type { ValueSource } from '../explain/types.js'
import type { DescribedVariable, EnvironmentDescription, VariableSource } from './types.js'

/** A table of all variables; with `explain`, what each of them is for. */
export function formatEnvironment(
  description: EnvironmentDescription,
  { explain }: { readonly explain: boolean },
): string {
  const { id, stage, isolation, unknown } = description
  const shorten = createShortener(description.variables)
  const lines = alignColumns(
    description.variables.map(({ name, value, from }) => [
      showText(name),
      showText(shorten(name, value)),
      describeSource(from),
    ]),
  )
  const rows = description.variables.flatMap(({ from }, index) => {
    const line = lines[index] ?? ''
    return explain && from.kind === 'table' ? [line, `    ${from.doc}`] : [line]
  })
  const missing = unknown.map((text) => `not known yet: ${text}`)
  return [`# ${showText(id)}  ${stage} script, ${isolation} isolation`, ...rows, ...missing, ''].join('\n')
}

/** Directories of the build stand once in full, then by the names scripts know them by. */
function createShortener(variables: readonly DescribedVariable[]): (name: string, value: string) => string {
  const names = ['BUILD_PREFIX', 'PREFIX', 'SRC_DIR', 'BUILD_DIR']
  const known = names.flatMap((name) => {
    const value = variables.find((variable) => variable.name === name)?.value
    return value ? [[name, value] as const] : []
  })
  return (name, value) =>
    names.includes(name)
      ? value
      : known.reduce((text, [key, path]) => text.replaceAll(path, `$${key}`), value)
}

/** Who set a variable, in a few words. */
export function describeSource(from: VariableSource): string {
  switch (from.kind) {
    case 'table': {
      const inputs = [
        ...from.caller.map((name) => `your ${name}`),
        ...from.variant.map((key) => `variant ${key}`),
      ]
      return inputs.length === 0 ? 'krait' : `krait, from ${inputs.join(', ')}`
    }
    case 'variant':
      return `variant ${from.key} (${describeValueSource(from.from)})`
    case 'recipe':
      return `recipe (${from.at})`
    case 'secret':
      return from.isSet ? 'secret, from your environment' : 'secret, not set in your environment'
    case 'caller':
      return 'your environment'
    case 'activation': {
      if (from.script === undefined) return `activation of the ${from.environment} environment`
      return `${from.package ?? 'activation'}: ${from.script} (${from.environment} environment)`
    }
  }
}

function describeValueSource(source: ValueSource): string {
  switch (source.kind) {
    case 'context':
    case 'variant-file':
    case 'recipe':
      return source.at
    case 'command-line':
      return source.option
    case 'platform':
      return 'the platform'
    case 'environment':
      return 'your environment'
    case 'file':
      return source.path
    case 'function':
      return 'a function'
  }
}
