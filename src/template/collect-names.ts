/**
 * Decides which variable names a template mentions, reached or not: they span the build matrix (spec:
 * render.md 7.3).
 */
import type { Argument, Expression, Statement, Template } from './syntax-tree.js'

/** Names of a template, in the order of mention. */
export function collectTemplateNames(template: Template): Set<string> {
  const names = new Set<string>()
  visitBody(template.body, names)
  return names
}

/** Names of a bare expression. */
export function collectExpressionNames(expression: Expression): Set<string> {
  const names = new Set<string>()
  visit(expression, names)
  return names
}

type Names = Set<string>

function visit(expression: Expression, names: Names): void {
  switch (expression.kind) {
    case 'constant':
      return
    case 'name':
      names.add(expression.name)
      return
    case 'list':
      for (const item of expression.items) visit(item, names)
      return
    case 'map':
      for (const [key] of expression.entries) visit(key, names)
      return
    case 'call':
      visitCall(expression, names)
      return
    case 'filter':
    case 'test':
      visit(expression.target, names)
      visitArguments(expression.args, names)
      return
    default:
      for (const part of operandsOf(expression)) if (part) visit(part, names)
  }
}

type Operation = Exclude<
  Expression,
  { kind: 'constant' | 'name' | 'list' | 'map' | 'call' | 'filter' | 'test' }
>

function operandsOf(expression: Operation): readonly (Expression | undefined)[] {
  switch (expression.kind) {
    case 'unary':
      return [expression.operand]
    case 'logic':
    case 'arithmetic':
      return [expression.left, expression.right]
    case 'comparison':
      return [expression.first, ...expression.rest.map(({ operand }) => operand)]
    case 'conditional':
      return [expression.condition, expression.whenTrue, expression.whenFalse]
    case 'attribute':
      return [expression.target]
    case 'item':
      return [expression.target, expression.index]
    case 'slice':
      return [expression.target, expression.from, expression.to, expression.step]
  }
}

function visitArguments(args: readonly Argument[], names: Names): void {
  for (const { value } of args) visit(value, names)
}

function visitCall(expression: Extract<Expression, { kind: 'call' }>, names: Names): void {
  const { callee, args } = expression
  switch (callee.kind === 'name' ? callee.name : '') {
    case 'compiler':
      visitToolchain(args, names, (language) => [`${language}_compiler`, `${language}_compiler_version`])
      return
    case 'stdlib':
      visitToolchain(args, names, (language) => [`${language}_stdlib`, `${language}_stdlib_version`])
      return
    case 'cdt':
      names.add('cdt_name')
      return
    case 'match':
    case 'pin_subpackage':
    case 'pin_compatible':
      visitArguments(args, names)
      return
    default:
      visit(callee, names)
      visitArguments(args, names)
  }
}

function visitToolchain(args: readonly Argument[], names: Names, keys: (language: string) => string[]): void {
  const language = args[0]?.value
  if (language?.kind !== 'constant' || typeof language.value !== 'string') {
    visitArguments(args, names)
    return
  }
  for (const key of keys(language.value)) names.add(key)
  names.add('CONDA_BUILD_SYSROOT')
}

function visitBody(body: readonly Statement[], names: Names): void {
  for (const statement of body) visitStatement(statement, names)
}

/** Bodies of macros, captures and call blocks are not looked into, as in rattler-build. */
function visitStatement(statement: Statement, names: Names): void {
  switch (statement.kind) {
    case 'output':
      visit(statement.expression, names)
      return
    case 'if':
      for (const { condition, body } of statement.branches) {
        visit(condition, names)
        visitBody(body, names)
      }
      visitBody(statement.otherwise, names)
      return
    case 'for':
      visit(statement.iterable, names)
      if (statement.filter) visit(statement.filter, names)
      visitBody(statement.body, names)
      visitBody(statement.otherwise, names)
      return
    case 'set':
      visit(statement.value, names)
      return
    case 'with':
      for (const { value } of statement.assignments) visit(value, names)
      visitBody(statement.body, names)
      return
    case 'filter-block':
    case 'group':
      visitBody(statement.body, names)
      return
    default:
  }
}
