/** `krait package check PKG [--previous PKG | -c DIR]`. */
import path from 'node:path'
import { checkPackage, type PackageReport } from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import { formatPlural, formatSize, stripControls } from '../../report/index.js'
import type { Invocation } from '../command.js'
import { optionsConflict } from '../errors.js'
import { withReporter } from '../with-reporter.js'
import { onePackage } from './one-package.js'

/** What is wrong, on stdout; ends with 8, as failing tests do, when something is an error. */
export async function check(invocation: Invocation, words: readonly string[]): Promise<ExitCode> {
  const { settings, stdout, signal, system: given } = invocation
  const { json, previous, channel } = settings.values
  const file = onePackage('package check', words)
  const [directory] = settings.origins.channel.startsWith('-') ? channel : []
  if (previous !== undefined && directory !== undefined) throw optionsConflict('--previous', '--channel')
  return withReporter(invocation, async ({ system, emit, masker }) => {
    const compared = {
      package: previous,
      channel: directory && path.resolve(given.host.currentDirectory, directory.replace(/^file:\/\//, '')),
    }
    const report = await checkPackage(file, compared, { system, emit, signal })
    const text = json ? `${JSON.stringify(report, null, 2)}\n` : stripControls(describe(report))
    stdout.write(masker.maskText(text))
    return report.problems.some(({ severity }) => severity === 'error') ? 8 : 0
  })
}

function describe(report: PackageReport): string {
  const { problems, files, contentBytes, sizeBytes, previous } = report
  const lines = problems.flatMap(({ severity, path: name, message, advice }) => [
    `${severity}: ${name === undefined ? '' : `${name}: `}${message}`,
    `  help: ${advice}`,
  ])
  const errors = problems.filter(({ severity }) => severity === 'error').length
  const warnings = problems.length - errors
  const found =
    problems.length === 0
      ? 'nothing is wrong'
      : [errors > 0 && formatPlural(errors, 'error'), warnings > 0 && formatPlural(warnings, 'warning')]
          .filter(Boolean)
          .join(', ')
  const size = `${formatPlural(files, 'file')}, ${formatSize(contentBytes)}, packed ${formatSize(sizeBytes)}`
  const compared = previous === undefined ? '' : `, compared with ${previous}`
  return `${[...lines, `${report.id}: ${found} (${size}${compared})`].join('\n')}\n`
}
