/** `krait channel`: the index of a channel directory, whether it is true, and packages that shall go. */
import { labelledChannel, type RemovedPackages, removeFromChannel } from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import { formatPlural } from '../../report/index.js'
import {
  type ChannelIndexing,
  type ChannelProblem,
  type CheckedChannel,
  checkChannel,
  indexChannel,
} from '../../stages/index-channel/index.js'
import type { StageContext } from '../../system/index.js'
import type { Invocation } from '../command.js'
import { channelMissing, usageError } from '../errors.js'
import { channelDirectory, existingChannel } from '../publish-target.js'
import { unknownAction } from '../unknown-action.js'
import { withReporter } from '../with-reporter.js'

/** `index`, `check` or `remove`; the channel is the argument behind it, or the output directory. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const [action = '', directory, ...packages] = invocation.positionals
  const work = Object.hasOwn(actions, action) ? actions[action] : undefined
  if (!work) throw unknownAction('channel', action, Object.keys(actions))
  const [extra] = action === 'remove' ? [] : packages
  if (extra !== undefined) throw usageError(`\`${extra}\` is one channel too many`, 'name one at a time')
  const { settings, signal, stdout } = invocation
  return withReporter(invocation, async ({ system, emit }) => {
    const { outputDir, label } = settings.values
    const given = directory ?? outputDir
    const root =
      action === 'index'
        ? await channelDirectory(given, system, channelMissing)
        : await existingChannel(given, system)
    const channel = labelledChannel(root, label)
    const result = await work({ channel, packages, invocation }, { system, emit, signal })
    stdout.write(settings.values.json ? `${JSON.stringify(result.json, null, 2)}\n` : result.text)
    return result.code
  })
}

interface Call {
  /** Absolute. */
  readonly channel: string
  readonly packages: readonly string[]
  readonly invocation: Invocation
}

interface Result {
  readonly json: ChannelIndexing | CheckedChannel | RemovedPackages
  readonly text: string
  readonly code: ExitCode
}

const actions: Readonly<Record<string, (call: Call, context: StageContext) => Promise<Result>>> = {
  index,
  check,
  remove,
}

async function index({ channel, invocation }: Call, context: StageContext): Promise<Result> {
  const { force } = invocation.settings.values
  const { subdirs } = await indexChannel(channel, { complete: true, force }, context)
  const lines = subdirs.map(
    ({ subdir, records, isChanged }) =>
      `${subdir}: ${formatPlural(records, 'package')}${isChanged ? '' : ', unchanged'}\n`,
  )
  const left = subdirs.reduce((sum, { quarantined }) => sum + quarantined.length, 0)
  const note = left === 0 ? '' : `, ${formatPlural(left, 'file')} left out`
  return {
    json: { channel, subdirs },
    text: `${lines.join('')}indexed ${channel}${note}\n`,
    code: left === 0 ? 0 : 7,
  }
}

async function check({ channel }: Call, context: StageContext): Promise<Result> {
  if (!(await context.system.fs.stat(channel))) throw channelMissing(channel)
  const result = await checkChannel(channel, context)
  const { packages, problems } = result
  const verdict = problems.length === 0 ? 'all as the index says' : formatPlural(problems.length, 'problem')
  return {
    json: { channel, ...result },
    text: `${problems.map(describe).join('')}${formatPlural(packages, 'package')} in ${channel}: ${verdict}\n`,
    code: problems.length === 0 ? 0 : 7,
  }
}

function describe({ subdir, fn, problem }: ChannelProblem): string {
  return `${fn === undefined ? subdir : `${subdir}/${fn}`}: ${problem}\n`
}

async function remove({ channel, packages }: Call, context: StageContext): Promise<Result> {
  if (packages.length === 0) throw usageError('the packages to remove are missing')
  const removed = await removeFromChannel(channel, packages, context)
  const lines = removed.map((at) => `${at}\n`).join('')
  return {
    json: { channel, removed },
    text: `${lines}removed ${formatPlural(removed.length, 'package')} from ${channel}\n`,
    code: 0,
  }
}
