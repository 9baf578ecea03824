/** Runs the `package_contents` tests of a recipe on the files a package is going to have. */
import { findPlatform } from '../../conda/index.js'
import type { RenderedOutput } from '../../recipe/index.js'
import { checkPackageContents } from './check-contents.js'

/**
 * Called before the archive is written, so that a package that fails never reaches the channel.
 * These tests run whatever `--test` says. Rejects with `test/package-contents`.
 */
export function checkPlanContents(output: RenderedOutput, paths: readonly string[]): void {
  const { build, tests = [] } = output.recipe
  const target = {
    platform: findPlatform(output.targetPlatform),
    versionIndependent: build.noarch === 'python' || build.python?.version_independent === true,
  }
  for (const test of tests) {
    if ('package_contents' in test) checkPackageContents(test.package_contents, paths, target)
  }
}
