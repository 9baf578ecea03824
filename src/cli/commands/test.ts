/** `krait test`: runs the tests of a finished package. */
import path from 'node:path'
import { interpreters } from '../../../interpreters/index.js'
import { localPath, outputChannels, packageFileMissing } from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import type { LinkScriptPolicy } from '../../stages/install-prefixes/index.js'
import type { ChannelPriority } from '../../stages/solve-environments/index.js'
import { type TestOptions, testPackage } from '../../stages/test-package/index.js'
import { machinePlatform, type System } from '../../system/index.js'
import type { Invocation } from '../command.js'
import { optionsConflict, usageError } from '../errors.js'
import { cacheDirectoryOf, plainDirectories } from '../locations.js'
import { type Reported, withReporter } from '../with-reporter.js'

/** The package is `-p FILE` or the first argument; channels default to conda-forge. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const { settings, positionals } = invocation
  const [word] = positionals
  const { packageFile } = settings.values
  // Which of them was meant nobody can know, and the other one would count as tested.
  if (packageFile !== undefined && word !== undefined) throw optionsConflict('--package-file', word)
  const file = packageFile ?? word
  if (file === undefined) throw usageError('the package to test is missing')
  const output = path.basename(file)
  const runTests = async (reported: Reported): Promise<ExitCode> => {
    const { system, emit } = reported
    const started = system.clock.monotonic()
    const archive = localPath(file, system.host.currentDirectory)
    const { fs, host } = system
    if ((await fs.stat(archive))?.type !== 'file') throw packageFileMissing(file)
    // Private and new: nobody else can have put anything there, and two runs do not meet.
    const testDirectory = await fs.makeTempDirectory(host.tempDirectory, 'krait-test-')
    const options = { ...(await testOptions(invocation, system)), testDirectory }
    const outcomes = await testPackage(archive, options, { ...reported, interpreters }).finally(() =>
      // What failed or is to be kept is still in it.
      fs.removeEmptyDirectory(testDirectory),
    )
    const ms = system.clock.monotonic() - started
    const titles = outcomes.length === 0 ? [] : [`${outcomes.length} run`]
    emit({ type: 'stage-finished', stage: 'test', output, ms, facts: { titles } })
    return 0
  }
  return withReporter(invocation, runTests, { output })
}

async function testOptions(
  { settings: { values } }: Invocation,
  system: System,
): Promise<Omit<TestOptions, 'testDirectory'>> {
  const { currentDirectory: baseDirectory, homeDirectory } = system.host
  const given = await plainDirectories(values.channel, system)
  return {
    channels: outputChannels({}, { given, defaults: [], baseDirectory, homeDirectory }),
    channelPriority: values.channelPriority as ChannelPriority,
    cacheDirectory: cacheDirectoryOf(values, system),
    linkScripts: values.linkScripts as LinkScriptPolicy,
    keep: values.keepBuild,
    isolation: values.envIsolation as 'strict' | 'conda-build' | 'none',
    buildPlatform: machinePlatform(system),
    index: values.testIndex,
  }
}
