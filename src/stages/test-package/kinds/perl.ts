/** Tests that load Perl modules. */
import type { RenderedTest } from '../../../recipe/index.js'
import type { TestKindContext, TestRun } from '../kind.js'
import { loadModules } from './load-modules.js'

/** One run with a `use` line for each module. */
export function perlTest(test: RenderedTest, context: TestKindContext): readonly TestRun[] | undefined {
  if (!('perl' in test)) return undefined
  const lines = test.perl.uses.map((name) => `use ${name};`)
  const title = 'Running perl test'
  return loadModules({ kind: 'perl', title, package: 'perl', interpreter: 'perl', lines }, context)
}
