/** What a kind of package test has to provide; `kinds/index.ts` lists them all. */
import type { Platform } from '../../conda/index.js'
import type { RenderedTest } from '../../recipe/index.js'
import type { InterpreterRegistry, ScriptSection } from '../run-script/index.js'

/** One environment and what is run in it. */
export interface TestRun {
  /** Key of the test in the recipe. */
  readonly kind: string
  /** Shown to people and found by scripts (contract.md 3). */
  readonly title: string
  /** Match specs beside the package itself. */
  readonly runSpecs: readonly string[]
  /** Specs for a second prefix of the build platform; none without entries. */
  readonly buildSpecs: readonly string[]
  readonly script: TestScript
}

export interface TestScript {
  readonly sections: readonly ScriptSection[]
  readonly env: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
  /** Script tests start in a copy of the whole unpacked package, legacy ones in its `info/test`, the others in an empty directory. */
  readonly startsIn: 'package' | 'legacy' | 'empty'
}

export interface TestKindContext {
  readonly interpreters: InterpreterRegistry
  /** The one tests run on. */
  readonly platform: Platform
  readonly packageFileName: string
}

/** Turns a test of its kind into runs; undefined for tests of another kind. */
export type TestKind = (test: RenderedTest, context: TestKindContext) => readonly TestRun[] | undefined
