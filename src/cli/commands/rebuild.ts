/** `krait rebuild`: whether a package can be built again, byte by byte. */
import path from 'node:path'
import { interpreters } from '../../../interpreters/index.js'
import {
  type BuildContext,
  outputChannels,
  type RebuildReport,
  type RebuildRequest,
  type Rebuilt,
  rebuildPackage,
} from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import type { Masker } from '../../events/index.js'
import { stripControls } from '../../report/index.js'
import { parseDuration } from '../../settings/index.js'
import type { ChannelPriority } from '../../stages/solve-environments/index.js'
import type { Invocation } from '../command.js'
import { cacheDirectoryOf, plainDirectories } from '../locations.js'
import { formatPackageDiff } from '../package/format-diff.js'
import { onePackage } from '../package/one-package.js'
import { findDiffoscope, runDiffoscope } from '../package/run-diffoscope.js'
import { withReporter } from '../with-reporter.js'

/** The comparison goes to stdout; ends with 9 when the packages differ and `--check` is given. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const { settings, positionals } = invocation
  const file = onePackage('rebuild', positionals, settings.values.packageFile)
  return withReporter(invocation, async (reported) => {
    const context = { ...reported, interpreters }
    const { system, masker, style } = reported
    const program = settings.values.diffoscope ? await findDiffoscope(system) : undefined
    const request = await toRequest(file, invocation, { context, colors: style.colors })
    return rebuildPackage(request, context, (rebuilt) =>
      tell(rebuilt, invocation, { context, masker, program }),
    )
  })
}

interface Call {
  readonly context: BuildContext
  readonly colors: boolean
}

async function toRequest(
  file: string,
  { settings }: Invocation,
  { context: { system }, colors }: Call,
): Promise<RebuildRequest> {
  const { values, origins } = settings
  const { currentDirectory: baseDirectory, homeDirectory, cpuCount } = system.host
  const channels = await plainDirectories(values.channel, system)
  const given = origins.channel.startsWith('-') ? channels : []
  const directories = given
    .map((channel) => channel.replace(/^file:\/\//, ''))
    .filter((text) => !text.includes('://'))
  const isolation = values.envIsolation as 'strict' | 'conda-build' | 'none'
  const cacheDirectory = cacheDirectoryOf(values, system)
  const isTested = origins.test.startsWith('-') && values.test !== 'skip' && !values.noTest
  const channelPriority = values.channelPriority as ChannelPriority
  return {
    package: file,
    outputDirectory: path.resolve(baseDirectory, values.outputDir),
    channelDirectories: directories.map((directory) => path.resolve(baseDirectory, directory)),
    threads: values.compressionThreads ?? cpuCount,
    build: {
      cacheDirectory,
      isolation,
      colors,
      timeoutMs:
        values.buildTimeout === undefined
          ? undefined
          : parseDuration(values.buildTimeout, origins.buildTimeout),
      requireSecrets: values.requireSecrets,
      strictPatches: values.strictPatches,
    },
    test: isTested
      ? {
          channels: outputChannels({}, { given: channels, defaults: [], baseDirectory, homeDirectory }),
          channelPriority,
          cacheDirectory,
          isolation,
          keep: false,
        }
      : undefined,
  }
}

interface Told {
  readonly context: BuildContext
  readonly masker: Masker
  /** diffoscope, when it was asked for. */
  readonly program: string | undefined
}

async function tell(
  rebuilt: Rebuilt,
  { settings, stdout }: Invocation,
  { context, masker, program }: Told,
): Promise<ExitCode> {
  const { json, checkRebuild } = settings.values
  const { original, rebuilt: file, isIdentical } = rebuilt
  const deep =
    program === undefined || isIdentical ? undefined : await runDiffoscope(program, [original, file], context)
  const { original: _original, ...shown } = rebuilt
  const report: RebuildReport = { ...shown, ...(deep !== undefined && { diffoscope: deep }) }
  const text = json ? `${JSON.stringify(report, null, 2)}\n` : stripControls(describe(rebuilt) + (deep ?? ''))
  stdout.write(masker.maskText(text))
  return checkRebuild && !isIdentical ? 9 : 0
}

function describe({ difference, sha256, rebuiltSha256, rebuilt }: Rebuilt): string {
  if (difference === undefined)
    return `Rebuild successful! SHA256 hashes match. Packages are bit-for-bit identical!\n  ${rebuilt}\n`
  return [
    formatPackageDiff(difference),
    'Rebuild produced different output!',
    `  Original SHA256: ${sha256}`,
    `  Rebuilt SHA256:  ${rebuiltSha256}`,
    `  Rebuilt package: ${rebuilt}\n`,
  ].join('\n')
}
