/** `krait publish`: finished packages, or what recipes give, into a channel that others read. */
import path from 'node:path'
import {
  labelledChannel,
  localPath,
  type Publication,
  type PublishedPackage,
  publishFiles,
  publishRecipes,
} from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import { formatPlural } from '../../report/index.js'
import { parseBuildNumberChange } from '../../settings/index.js'
import type { Invocation } from '../command.js'
import { optionsConflict, usageError } from '../errors.js'
import { channelDirectory } from '../publish-target.js'
import { withReporter } from '../with-reporter.js'

/** When one of the arguments is a package file, all of them are. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const { settings, positionals, system } = invocation
  const { to, label, force } = settings.values
  if (to === undefined) throw usageError("the channel is missing: '--to <channel>'")
  const target = { channel: await channelDirectory(to, system), label, force }
  const isPackage = (file: string) => /\.(conda|tar\.bz2)$/.test(file)
  if (positionals.some(isPackage)) return publishPackages(invocation, target)
  return buildAndPublish(invocation, target)
}

interface Target {
  readonly channel: string
  readonly label: string
  readonly force: boolean
}

async function publishPackages(invocation: Invocation, target: Target): Promise<ExitCode> {
  const { positionals, signal, settings } = invocation
  if (settings.values.buildNumber !== undefined) throw optionsConflict('--build-number', 'finished packages')
  return withReporter(invocation, async ({ system, emit }) => {
    const files = positionals.map((file) => localPath(file, system.host.currentDirectory))
    tell(await publishFiles(files, target, { system, emit, signal }), target, invocation)
    return 0
  })
}

async function buildAndPublish(invocation: Invocation, target: Target): Promise<ExitCode> {
  const { buildNumber: text } = invocation.settings.values
  const buildNumber = text === undefined ? undefined : parseBuildNumberChange(text)
  const { withBuild } = await import('../with-build.js')
  return withBuild(invocation, async (request, context) => {
    const { exitCode, published } = await publishRecipes(request, { ...target, buildNumber }, context)
    if (exitCode === 0) tell(published, target, invocation)
    return exitCode
  })
}

function tell(
  published: readonly PublishedPackage[],
  target: Target,
  { stdout, settings }: Invocation,
): void {
  const channel = labelledChannel(target.channel, target.label)
  const lines = [
    ...published.map(({ path: at }) => `${path.join(channel, at)}\n`),
    `published ${formatPlural(published.length, 'package')} to ${channel}\n`,
  ]
  const publication: Publication = { channel, published }
  stdout.write(settings.values.json ? `${JSON.stringify(publication, null, 2)}\n` : lines.join(''))
}
