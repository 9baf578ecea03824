/** What is told about the environment of a script: plain data, printed by the formatter or as JSON. */
import type { EnvStage, Isolation } from '../../stages/run-script/index.js'
import type { ValueSource } from '../explain/types.js'

/** Who gave a variable its value. */
export type VariableSource =
  /** A row of the table in docs/environment.md; the names are those of what went into the value. */
  | {
      readonly kind: 'table'
      readonly doc: string
      readonly caller: readonly string[]
      readonly variant: readonly string[]
    }
  | { readonly kind: 'variant'; readonly key: string; readonly from: ValueSource }
  /** `script.env` of the recipe. */
  | { readonly kind: 'recipe'; readonly at: string }
  | { readonly kind: 'secret'; readonly isSet: boolean }
  | { readonly kind: 'caller' }
  | {
      readonly kind: 'activation'
      readonly environment: 'build' | 'host'
      /** The script, relative to the prefix, and the package it belongs to. */
      readonly script?: string
      readonly package?: string
    }

/** A variable that a script will have. */
export interface DescribedVariable {
  readonly name: string
  /** Secrets are masked. */
  readonly value: string
  readonly from: VariableSource
}

/** `krait env show --json` of one output. */
export interface EnvironmentDescription {
  /** The output: `name-version-build`. */
  readonly id: string
  /** Whose environment it is. */
  readonly stage: EnvStage
  readonly isolation: Isolation
  /** Sorted by name. */
  readonly variables: readonly DescribedVariable[]
  /** What cannot be said yet, one sentence each. */
  readonly unknown: readonly string[]
}
