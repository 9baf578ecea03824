/** `krait package extract FILE|URL [-d DIR]`. */
import { type ExtractedPackage, type ExtractionReport, extractPackageFile } from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import { formatPlural, formatSize } from '../../report/index.js'
import type { Invocation } from '../command.js'
import { withReporter } from '../with-reporter.js'
import { onePackage } from './one-package.js'

/** Where it went, with checksums, on stdout. */
export async function extract(invocation: Invocation, words: readonly string[]): Promise<ExitCode> {
  const { settings, stdout, signal } = invocation
  const { destination, json } = settings.values
  const given = onePackage('package extract', words)
  return withReporter(invocation, async ({ system, emit, masker }) => {
    const extracted = await extractPackageFile(given, destination, { system, emit, signal })
    stdout.write(
      masker.maskText(json ? `${JSON.stringify(toJson(extracted), null, 2)}\n` : describe(extracted)),
    )
    return 0
  })
}

function toJson({ sizeBytes, ...rest }: ExtractedPackage): ExtractionReport {
  return { ...rest, size: sizeBytes }
}

function describe({ package: given, directory, files, sha256, md5, sizeBytes }: ExtractedPackage): string {
  return [
    `Destination: ${directory}`,
    `SHA256: ${sha256}`,
    `MD5: ${md5}`,
    `Size: ${formatSize(sizeBytes)} (${sizeBytes} bytes)`,
    `Extracted ${formatPlural(files, 'file')} of ${given}\n`,
  ].join('\n')
}
