/** Tests that load Perl modules. */
import type { RenderedTest } from '../../../recipe/index.js'
import { findInterpreter } from '../../run-script/index.js'
import type { TestKindContext, TestRun } from '../kind.js'

/** One run with a `use` line for each module. */
export function perlTest(test: RenderedTest, context: TestKindContext): readonly TestRun[] | undefined {
  if (!('perl' in test)) return undefined
  const interpreter = findInterpreter(context.interpreters, 'perl')
  if (interpreter === undefined) return undefined
  const commands = test.perl.uses.map((name) => ({ text: `use ${name};` }))
  return [
    {
      kind: 'perl',
      title: 'Running perl test',
      runSpecs: ['perl'],
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
