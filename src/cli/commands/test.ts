/** `krait test`: runs the tests of a finished package. */
import path from 'node:path'
import { interpreters } from '../../../interpreters/index.js'
import { failureEvent, outputChannels } from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import { createBus } from '../../events/index.js'
import type { LinkScriptPolicy } from '../../stages/install-prefixes/index.js'
import type { ChannelPriority } from '../../stages/solve-environments/index.js'
import { testPackage } from '../../stages/test-package/index.js'
import { machinePlatform } from '../../system/index.js'
import { createCallMasker } from '../call-masker.js'
import { chooseReporter } from '../choose-reporter.js'
import type { Invocation } from '../command.js'
import { usageError } from '../errors.js'
import { defaultCacheDirectory, plainDirectories } from '../locations.js'
import { openNetwork } from '../open-network.js'

/** The package is `-p FILE` or the first argument; channels default to conda-forge. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const { signal, settings, stderr, positionals } = invocation
  const { values } = settings
  const file = values.packageFile ?? positionals[0]
  if (file === undefined) throw usageError('the package to test is missing')
  const masker = createCallMasker(invocation)
  const bus = createBus(masker)
  const reporter = chooseReporter(values, stderr, invocation.system)
  bus.subscribe(reporter.emit)
  const system = openNetwork(invocation, bus)
  const context = { system, signal, emit: bus.emit, masker, interpreters }
  const { host } = system
  try {
    const started = system.clock.monotonic()
    const outcomes = await testPackage(path.resolve(host.currentDirectory, file), await options(), context)
    const ms = system.clock.monotonic() - started
    const titles = outcomes.length === 0 ? [] : [`${outcomes.length} run`]
    bus.emit({ type: 'stage-finished', stage: 'test', output: path.basename(file), ms, facts: { titles } })
    return 0
  } catch (error) {
    const event = failureEvent(error, path.basename(file), { sources: new Map(), signal })
    bus.emit(event)
    return event.exitCode as ExitCode
  } finally {
    reporter.close()
  }

  async function options() {
    const given = await plainDirectories(values.channel, system)
    const request = {
      given,
      defaults: [],
      baseDirectory: host.currentDirectory,
      homeDirectory: host.homeDirectory,
    }
    return {
      channels: outputChannels({}, request),
      channelPriority: values.channelPriority as ChannelPriority,
      cacheDirectory: values.cacheDir ? path.resolve(values.cacheDir) : defaultCacheDirectory(system),
      linkScripts: values.linkScripts as LinkScriptPolicy,
      testDirectory: path.join(host.tempDirectory, 'krait-test'),
      keep: values.keepBuild,
      isolation: values.envIsolation as 'strict' | 'conda-build' | 'none',
      buildPlatform: machinePlatform(system),
      index: values.testIndex,
    }
  }
}
