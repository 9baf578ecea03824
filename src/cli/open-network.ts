/** Gives the system of a call the network that its settings describe. */
import path from 'node:path'
import type { Bus } from '../events/index.js'
import { type System, withNetwork } from '../system/index.js'
import type { Invocation } from './command.js'

/** Credentials that are found are masked from then on; files that cannot be used are warnings. */
export function openNetwork(
  { system, settings }: Pick<Invocation, 'system' | 'settings'>,
  { masker, emit }: Bus,
): System {
  const { offline, authFile, mirrors } = settings.values
  const file = authFile && path.resolve(system.host.currentDirectory, authFile)
  return withNetwork(
    system,
    { offline, mirrors, authFile: file },
    { addSecret: masker.add, warn: (warning) => emit({ type: 'warning', ...warning }) },
  )
}
