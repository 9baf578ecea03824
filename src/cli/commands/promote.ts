/** `krait promote`: packages from one label of a channel to another one. */
import { type PromotedPackages, promote } from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import { formatPlural } from '../../report/index.js'
import type { Invocation } from '../command.js'
import { usageError } from '../errors.js'
import { existingChannel } from '../publish-target.js'
import { withReporter } from '../with-reporter.js'

/** The argument with `->` says the labels, the others the packages. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const { settings, positionals, signal, stdout } = invocation
  const { to: given, force, json, outputDir } = settings.values
  const way = positionals.find((text) => text.includes('->'))
  const packages = positionals.filter((text) => text !== way)
  const [from, to, ...more] = (way ?? '').split('->').map((text) => text.trim())
  if (!from || !to || more.length > 0) {
    throw usageError('the labels are missing', "say from where to where: 'dev->main', in quotes")
  }
  if (packages.length === 0) throw usageError('the packages to promote are missing')
  return withReporter(invocation, async ({ system, emit }) => {
    const channel = await existingChannel(given ?? outputDir, system)
    const moved = await promote(packages, { channel, from, to, force }, { system, emit, signal })
    const lines = moved.map((at) => `${at}\n`).join('')
    const text = `${lines}moved ${formatPlural(moved.length, 'package')} from ${from} to ${to} in ${channel}\n`
    const promoted: PromotedPackages = { channel, from, to, packages: moved }
    stdout.write(json ? `${JSON.stringify(promoted, null, 2)}\n` : text)
    return 0
  })
}
