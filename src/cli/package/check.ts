/** `krait package check PKG [--previous PKG | -c DIR] [--expect FILE]`. */
import path from 'node:path'
import { checkPackage, noExpectations, type PackageReport, parseExpectations } from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import { formatPlural, formatSize, stripControls } from '../../report/index.js'
import type { System } from '../../system/index.js'
import type { Invocation } from '../command.js'
import { optionsConflict } from '../errors.js'
import { type Reported, withReporter } from '../with-reporter.js'
import { onePackage } from './one-package.js'

/** What is wrong, on stdout; ends with 8, as failing tests do, when something is an error. */
export async function check(invocation: Invocation, words: readonly string[]): Promise<ExitCode> {
  const { settings, stdout, signal, system: given } = invocation
  const { json, previous, channel, expect } = settings.values
  const file = onePackage('package check', words)
  const [directory] = settings.origins.channel.startsWith('-') ? channel : []
  if (previous !== undefined && directory !== undefined) throw optionsConflict('--previous', '--channel')
  const sources = new Map<string, string>()
  const work = async ({ system, emit, masker }: Reported) => {
    const expectations = expect === undefined ? undefined : await readExpectations(expect, sources, system)
    const compared = {
      package: previous,
      channel: directory && path.resolve(given.host.currentDirectory, directory.replace(/^file:\/\//, '')),
    }
    const report = await checkPackage(file, { previous: compared, expectations }, { system, emit, signal })
    const text = json ? `${JSON.stringify(report, null, 2)}\n` : stripControls(describe(report))
    stdout.write(masker.maskText(text))
    return report.problems.some(({ severity }) => severity === 'error') ? 8 : 0
  }
  return withReporter<ExitCode>(invocation, work, { sources })
}

/** Mistakes are shown with the lines of the file. */
async function readExpectations(file: string, sources: Map<string, string>, { fs, host }: System) {
  const place = path.resolve(host.currentDirectory, file)
  const info = await fs.stat(place)
  if (info?.type !== 'file') throw noExpectations(file, info ? 'it is no file' : 'there is no such file')
  const text = await fs.readText(place)
  sources.set(file, text)
  return parseExpectations({ file, text })
}

function describe(report: PackageReport): string {
  const { problems, files, contentBytes, sizeBytes, previous } = report
  const lines = problems.flatMap(({ severity, path: name, message, advice, location }) => [
    `${severity}: ${name === undefined ? '' : `${name}: `}${message}${location === undefined ? '' : ` (${location})`}`,
    `  help: ${advice}`,
  ])
  lines.push(...describeChanges(report))
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

/** More files than this are counted. */
const mostChanges = 20

/** Files that came, went or have another size since the build before. */
function describeChanges({ changes, contentBytes, previous }: PackageReport): readonly string[] {
  if (changes === undefined || changes.files.length === 0) return []
  const shown = changes.files.slice(0, mostChanges).map(({ path: name, before, after }) => {
    if (before === undefined) return `  + ${name} (${formatSize(after ?? 0)})`
    return after === undefined
      ? `  - ${name} (${formatSize(before)})`
      : `  ~ ${name} (${before} -> ${after} bytes)`
  })
  const left = changes.files.length - shown.length
  const sizes = `${formatSize(changes.contentBytes)} -> ${formatSize(contentBytes)}`
  const more = left > 0 ? [`  ... ${formatPlural(left, 'more file')} (--json lists them)`] : []
  return [`since ${previous} (${sizes}):`, ...shown, ...more]
}
