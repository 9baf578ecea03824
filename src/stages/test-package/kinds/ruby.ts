/** Tests that load Ruby modules. */
import type { RenderedTest } from '../../../recipe/index.js'
import type { TestKindContext, TestRun } from '../kind.js'
import { loadModules } from './load-modules.js'

/** One run with a `require` line for each module. */
export function rubyTest(test: RenderedTest, context: TestKindContext): readonly TestRun[] | undefined {
  if (!('ruby' in test)) return undefined
  const lines = test.ruby.requires.map((name) => `require '${name}'`)
  const title = 'Running Ruby test'
  return loadModules({ kind: 'ruby', title, package: 'ruby', interpreter: 'ruby', lines }, context)
}
