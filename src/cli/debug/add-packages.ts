/** `krait debug host-add` and `krait debug build-add`. */
import path from 'node:path'
import { type AddedPackages, addPackages, outputChannels } from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import type { Invocation } from '../command.js'
import { usageError } from '../errors.js'
import { defaultCacheDirectory, plainDirectories } from '../locations.js'
import { findBuild, withDebug } from './with-debug.js'

/** Packages for the host prefix. */
export function addToHost(invocation: Invocation, specs: readonly string[]): Promise<ExitCode> {
  return add('host', specs, invocation)
}

/** Packages for the build prefix. */
export function addToBuild(invocation: Invocation, specs: readonly string[]): Promise<ExitCode> {
  return add('build', specs, invocation)
}

function add(which: 'host' | 'build', specs: readonly string[], invocation: Invocation): Promise<ExitCode> {
  if (specs.length === 0)
    throw usageError(`the packages to add are missing: \`krait debug ${which}-add SPEC...\``)
  const { settings, stdout, stderr } = invocation
  return withDebug(invocation, async (context) => {
    const { system } = context
    const { cacheDir } = settings.values
    const { currentDirectory: here } = system.host
    const state = await findBuild(invocation, context)
    const cacheDirectory = cacheDir ? path.resolve(here, cacheDir) : defaultCacheDirectory(system)
    const channels = await channelsOf(invocation)
    const added = await addPackages(state, which, { specs, channels, cacheDirectory }, context)
    const result: AddedPackages = { added }
    if (settings.values.json) stdout.write(`${JSON.stringify(result, null, 2)}\n`)
    else
      stderr.write(added.length === 0 ? 'everything is installed already\n' : `added ${added.join(', ')}\n`)
    return 0
  })
}

/** Those of the command line only: the build knows its own. */
async function channelsOf({ settings, system }: Invocation): Promise<readonly string[]> {
  if (!settings.origins.channel.startsWith('-')) return []
  const given = await plainDirectories(settings.values.channel, system)
  const { currentDirectory: baseDirectory, homeDirectory } = system.host
  return outputChannels({}, { given, defaults: [], baseDirectory, homeDirectory })
}
