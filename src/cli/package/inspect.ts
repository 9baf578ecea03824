/** `krait package inspect FILE [--paths] [--run-exports] [--about] [--all]`. */
import { inspectPackage, listPaths, type PackageMetadata } from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import { stripControls } from '../../report/index.js'
import type { Invocation } from '../command.js'
import { withReporter } from '../with-reporter.js'
import { formatMetadata, type Sections } from './format-metadata.js'
import { onePackage } from './one-package.js'

/** A table, or JSON with the same sections. */
export async function inspect(invocation: Invocation, words: readonly string[]): Promise<ExitCode> {
  const { settings, stdout, signal } = invocation
  const { json, allPackages: all, showPaths, showRunExports, showAbout } = settings.values
  const sections = {
    paths: all || showPaths,
    runExports: all || showRunExports,
    about: all || showAbout,
  }
  const given = onePackage('package inspect', words)
  return withReporter(invocation, async ({ system, emit, masker }) => {
    const metadata = await inspectPackage(given, { system, emit, signal })
    // Malformed lists are told in both forms.
    const paths = sections.paths ? listPaths(metadata) : []
    const text = json
      ? `${JSON.stringify(toJson(metadata, sections), null, 2)}\n`
      : stripControls(formatMetadata(metadata, paths, sections))
    stdout.write(masker.maskText(text))
    return 0
  })
}

function toJson({ index, about, paths, runExports }: PackageMetadata, sections: Sections): object {
  return {
    index,
    ...(sections.about && about && { about }),
    ...(sections.paths && paths && { paths }),
    ...(sections.runExports && runExports && { run_exports: runExports }),
  }
}
