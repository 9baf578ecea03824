/** The tree of a parsed template. Offsets are UTF-16 units into the template text. */
import type { Value } from './value.js'

interface Place {
  readonly start: number
  readonly end: number
}

export type UnaryOperator = 'not' | '-'
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**' | '~'
export type LogicOperator = 'and' | 'or'
export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in'

export interface Argument {
  /** Undefined for a positional argument. */
  readonly name: string | undefined
  readonly value: Expression
}

export type Expression = Place &
  (
    | { readonly kind: 'constant'; readonly value: Value }
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'list'; readonly items: readonly Expression[] }
    | { readonly kind: 'map'; readonly entries: readonly (readonly [Expression, Expression])[] }
    | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression }
    | {
        readonly kind: 'logic'
        readonly operator: LogicOperator
        readonly left: Expression
        readonly right: Expression
      }
    | {
        readonly kind: 'arithmetic'
        readonly operator: ArithmeticOperator
        readonly left: Expression
        readonly right: Expression
      }
    | {
        readonly kind: 'comparison'
        readonly first: Expression
        readonly rest: readonly { readonly operator: ComparisonOperator; readonly operand: Expression }[]
      }
    | {
        readonly kind: 'conditional'
        readonly condition: Expression
        readonly whenTrue: Expression
        readonly whenFalse: Expression | undefined
      }
    | { readonly kind: 'attribute'; readonly target: Expression; readonly name: string }
    | { readonly kind: 'item'; readonly target: Expression; readonly index: Expression }
    | {
        readonly kind: 'slice'
        readonly target: Expression
        readonly from: Expression | undefined
        readonly to: Expression | undefined
        readonly step: Expression | undefined
      }
    | { readonly kind: 'call'; readonly callee: Expression; readonly args: readonly Argument[] }
    | {
        readonly kind: 'filter'
        readonly target: Expression
        readonly name: string
        readonly nameStart: number
        readonly args: readonly Argument[]
      }
    | {
        readonly kind: 'test'
        readonly target: Expression
        readonly name: string
        readonly nameStart: number
        readonly args: readonly Argument[]
        readonly negated: boolean
      }
  )

/** Names a `for`, `set` or `with` assigns to; several for unpacking. */
export type AssignmentTarget = readonly string[]

export interface Parameter {
  readonly name: string
  readonly fallback: Expression | undefined
}

export interface FilterCall {
  readonly name: string
  readonly args: readonly Argument[]
}

export type Statement = Place &
  (
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'output'; readonly expression: Expression }
    | {
        readonly kind: 'if'
        readonly branches: readonly { readonly condition: Expression; readonly body: readonly Statement[] }[]
        readonly otherwise: readonly Statement[]
      }
    | {
        readonly kind: 'for'
        readonly target: AssignmentTarget
        readonly iterable: Expression
        readonly filter: Expression | undefined
        readonly recursive: boolean
        readonly body: readonly Statement[]
        readonly otherwise: readonly Statement[]
      }
    | { readonly kind: 'set'; readonly target: AssignmentTarget; readonly value: Expression }
    | {
        readonly kind: 'capture'
        readonly name: string
        readonly filters: readonly FilterCall[]
        readonly body: readonly Statement[]
      }
    | {
        readonly kind: 'with'
        readonly assignments: readonly { readonly target: AssignmentTarget; readonly value: Expression }[]
        readonly body: readonly Statement[]
      }
    | {
        readonly kind: 'macro'
        readonly name: string
        readonly parameters: readonly Parameter[]
        readonly body: readonly Statement[]
      }
    | {
        readonly kind: 'call-block'
        readonly call: Expression
        readonly parameters: readonly Parameter[]
        readonly body: readonly Statement[]
      }
    | {
        readonly kind: 'filter-block'
        readonly filters: readonly FilterCall[]
        readonly body: readonly Statement[]
      }
    | { readonly kind: 'group'; readonly body: readonly Statement[] }
    | { readonly kind: 'do'; readonly call: Expression }
  )

/** A parsed template. */
export interface Template {
  readonly text: string
  readonly body: readonly Statement[]
}
