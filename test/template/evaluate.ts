/** Evaluates templates and expressions against a plain table of variables. */
import {
  createFunctions,
  evaluate,
  type FunctionContext,
  fromJson,
  parseBareExpression,
  parseTemplate,
  renderTemplate,
  type TemplateScope,
  toJson,
  type Value,
} from '../../src/template/index.js'
import type { Json } from '../../src/text/index.js'

export interface TestScope {
  readonly variables?: Readonly<Record<string, Json>>
  readonly functions?: Partial<FunctionContext>
  readonly undefinedValues?: 'strict' | 'lenient'
}

/** A scope of plain variables and all template functions. */
export function testScope({
  variables = {},
  functions = {},
  undefinedValues = 'strict',
}: TestScope = {}): TemplateScope {
  const registry = createFunctions({
    readVariant: (key) => asValue(variables, key.replaceAll('-', '_')),
    targetPlatform: 'linux-64',
    hostPlatform: 'linux-64',
    experimental: true,
    effects: {},
    ...functions,
  })
  return {
    lookup: (name) => asValue(variables, name) ?? registry.get(name),
    names: () => [...Object.keys(variables), ...registry.keys()],
    undefinedValues,
  }
}

/** The text of a template. */
export function render(text: string, scope: TestScope = {}): string {
  return renderTemplate(parseTemplate(text), testScope(scope))
}

/** The value of an expression. */
export function resultOf(expression: string, scope: TestScope = {}): Value {
  return evaluate(parseBareExpression(expression), testScope(scope))
}

/** The value of an expression as JSON. */
export function jsonOf(expression: string, scope: TestScope = {}): Json {
  return toJson(resultOf(expression, scope))
}

function asValue(variables: Readonly<Record<string, Json>>, name: string): Value | undefined {
  const value = Object.hasOwn(variables, name) ? variables[name] : undefined
  return value === undefined ? undefined : fromJson(value)
}
