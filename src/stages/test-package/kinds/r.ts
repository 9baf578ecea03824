/** Tests that load R libraries. */
import type { RenderedTest } from '../../../recipe/index.js'
import type { TestKindContext, TestRun } from '../kind.js'
import { loadModules } from './load-modules.js'

/** One run with a `library` line for each library. */
export function rTest(test: RenderedTest, context: TestKindContext): readonly TestRun[] | undefined {
  if (!('r' in test)) return undefined
  const lines = test.r.libraries.map((name) => `library(${name})`)
  const title = 'Running R test'
  return loadModules({ kind: 'r', title, package: 'r-base', interpreter: 'rscript', lines }, context)
}
