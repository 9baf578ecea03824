/** `krait package inspect FILE [--paths] [--run-exports] [--about] [--binaries] [--all]`. */
import {
  type InspectedPackage,
  type InspectionReport,
  inspectPackage,
  listPaths,
} from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import { stripControls } from '../../report/index.js'
import type { Invocation } from '../command.js'
import { withReporter } from '../with-reporter.js'
import { binariesToJson, formatBinaries } from './format-binaries.js'
import { formatMetadata, type Sections } from './format-metadata.js'
import { onePackage } from './one-package.js'

/** A table, or JSON with the same sections. */
export async function inspect(invocation: Invocation, words: readonly string[]): Promise<ExitCode> {
  const { settings, stdout, signal } = invocation
  const { json, allPackages: all, showPaths, showRunExports, showAbout, showBinaries } = settings.values
  const sections = {
    paths: all || showPaths,
    runExports: all || showRunExports,
    about: all || showAbout,
  }
  const given = onePackage('package inspect', words)
  return withReporter(invocation, async ({ system, emit, masker }) => {
    const options = { isWithBinaries: showBinaries }
    const { metadata, binaries } = await inspectPackage(given, options, { system, emit, signal })
    // Malformed lists are told in both forms.
    const paths = sections.paths ? listPaths(metadata) : []
    const text = json
      ? `${JSON.stringify(toJson({ metadata, ...(binaries && { binaries }) }, sections), null, 2)}\n`
      : stripControls(formatMetadata(metadata, paths, sections) + formatBinaries(binaries))
    stdout.write(masker.maskText(text))
    return 0
  })
}

function toJson({ metadata, binaries }: InspectedPackage, sections: Sections): InspectionReport {
  const { index, about, paths, runExports } = metadata
  return {
    index,
    ...(sections.about && about && { about }),
    ...(sections.paths && paths && { paths }),
    ...(sections.runExports && runExports && { run_exports: runExports }),
    ...(binaries && { binaries: binariesToJson(binaries) }),
  }
}
