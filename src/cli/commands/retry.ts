/** `krait retry`: goes on with a build after something was mended by hand in its directory. */
import { outputChannels, retryBuild } from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import type { Invocation } from '../command.js'
import { plainDirectories } from '../locations.js'

/** Ends like `krait build`. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const { positionals, settings } = invocation
  const [build] = positionals
  const channels = await channelsOf(invocation)
  const { withBuild } = await import('../with-build.js')
  return withBuild(invocation, ({ plan, build: building, finish }, context) => {
    const { outputDirectory } = plan
    const { cacheDirectory, colors, timeoutMs } = building
    const { fromStep: from } = settings.values
    const request = { build, from, outputDirectory, cacheDirectory, colors, timeoutMs, finish, channels }
    return retryBuild(request, context)
  })
}

/** Those of the command line only: the build knows its own. */
async function channelsOf({ settings, system }: Invocation): Promise<readonly string[] | undefined> {
  if (!settings.origins.channel.startsWith('-')) return undefined
  const given = await plainDirectories(settings.values.channel, system)
  const { currentDirectory: baseDirectory, homeDirectory } = system.host
  return outputChannels({}, { given, defaults: [], baseDirectory, homeDirectory })
}
