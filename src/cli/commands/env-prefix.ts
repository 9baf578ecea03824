/** `krait env create` and `krait env list`: environments that people keep. */
import path from 'node:path'
import {
  type CreatedEnvironment,
  createEnvironment,
  type EnvironmentRequest,
  formatCreated,
  formatListed,
  listEnvironment,
  outputChannels,
  toCreatedJson,
  toListedJson,
} from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import { parseTime } from '../../settings/index.js'
import type { LinkScriptPolicy } from '../../stages/install-prefixes/index.js'
import { machinePlatform, type System } from '../../system/index.js'
import { getPlatform } from '../build-request.js'
import type { Invocation } from '../command.js'
import { usageError } from '../errors.js'
import { cacheDirectoryOf, plainDirectories } from '../locations.js'
import { withReporter } from '../with-reporter.js'

/** `env create -p PREFIX SPEC...`: the environment has these packages and what they need, and nothing else. */
export async function createPrefix(invocation: Invocation, specs: readonly string[]): Promise<ExitCode> {
  const { settings, stdout, signal } = invocation
  const { json, dryRun } = settings.values
  const prefix = prefixOf(invocation, 'create')
  if (specs.length === 0) throw usageError('name the packages that the environment is to have')
  return withReporter(
    invocation,
    async ({ system, emit, masker }) => {
      const request = await toRequest(invocation, { prefix, specs, system })
      const command = masker.maskText(request.command)
      const created = await createEnvironment({ ...request, command }, { system, signal, emit })
      const text = json ? jsonOf(created, request) : dryRun ? formatCreated(created) : ''
      stdout.write(masker.maskText(text))
      return 0
    },
    { stage: 'install' },
  )
}

function jsonOf(created: CreatedEnvironment, { prefix, platform, dryRun }: EnvironmentRequest): string {
  return `${JSON.stringify(toCreatedJson(created, { prefix, platform: platform.subdir, dryRun }), null, 2)}\n`
}

/** `env list -p PREFIX`, or `env list PREFIX`. */
export async function listPrefix(invocation: Invocation, words: readonly string[]): Promise<ExitCode> {
  const { settings, stdout } = invocation
  if (words.length > 1) throw usageError(`\`krait env list\` takes one prefix, not ${words.length}`)
  const prefix = prefixOf(invocation, 'list', words[0])
  return withReporter(invocation, async ({ system, masker }) => {
    const listed = await listEnvironment(prefix, { system })
    const text = settings.values.json
      ? `${JSON.stringify(toListedJson(listed), null, 2)}\n`
      : formatListed(listed)
    stdout.write(masker.maskText(text))
    return 0
  })
}

function prefixOf({ system, settings }: Invocation, action: string, word?: string): string {
  const given = settings.values.prefix ?? word
  if (given === undefined || given === '') {
    throw usageError(`\`krait env ${action}\` needs the directory of the environment: \`-p PREFIX\``)
  }
  return path.resolve(system.host.currentDirectory, given)
}

interface Wish {
  readonly prefix: string
  readonly specs: readonly string[]
  readonly system: System
}

async function toRequest(
  { settings, programName }: Invocation,
  { prefix, specs, system }: Wish,
): Promise<EnvironmentRequest> {
  const { values, origins } = settings
  const isGiven = origins.channel.startsWith('-')
  const channels = await plainDirectories(values.channel, system)
  const { currentDirectory: baseDirectory, homeDirectory } = system.host
  const lists = { given: isGiven ? channels : [], defaults: isGiven ? [] : channels }
  const words = ['env', 'create', '-p', prefix, ...specs, ...values.channel.flatMap((item) => ['-c', item])]
  return {
    prefix,
    specs,
    channels: outputChannels({}, { ...lists, baseDirectory, homeDirectory }),
    platform:
      values.platform === undefined ? machinePlatform(system) : getPlatform(values.platform, '--platform'),
    channelPriority: values.channelPriority as 'strict' | 'disabled',
    excludeNewerMs:
      values.excludeNewer === undefined ? undefined : parseTime(values.excludeNewer, '--exclude-newer'),
    cacheDirectory: cacheDirectoryOf(values, system),
    linkScripts: values.linkScripts as LinkScriptPolicy,
    dryRun: values.dryRun,
    command: [programName, ...words.map(quoteWord)].join(' '),
  }
}

function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
