/** Tests that only load modules: one interpreter, one line for each module. */
import { requireInterpreter } from '../../run-script/index.js'
import type { TestKindContext, TestRun } from '../kind.js'

export interface ModuleTest {
  /** Key of the test in the recipe. */
  readonly kind: string
  readonly title: string
  /** The package that brings the interpreter. */
  readonly package: string
  /** Its name in the registry. */
  readonly interpreter: string
  readonly lines: readonly string[]
}

/** One run in an empty directory. */
export function loadModules(test: ModuleTest, context: TestKindContext): readonly TestRun[] {
  const interpreter = requireInterpreter(test.interpreter, context.interpreters, `tests[].${test.kind}`)
  const commands = test.lines.map((text) => ({ text }))
  return [
    {
      kind: test.kind,
      title: test.title,
      runSpecs: [test.package],
      buildSpecs: [],
      script: {
        sections: [{ interpreter, body: { kind: 'inline', commands }, env: {} }],
        env: {},
        secrets: [],
        startsIn: 'empty',
      },
    },
  ]
}
