/** Says what is in a prefix. */
import { inspectPrefix, type PrefixRecord } from '../../stages/install-prefixes/index.js'
import type { StageContext } from '../../system/index.js'
import { notAnEnvironment } from '../errors.js'

export interface ListedEnvironment {
  readonly prefix: string
  /** Subdir; undefined when another tool made the prefix. */
  readonly platform: string | undefined
  /** False when an update broke off; the packages may not be complete. */
  readonly isComplete: boolean
  readonly specs: readonly string[]
  /** Sorted by name. */
  readonly records: readonly PrefixRecord[]
}

/** @throws BuildError `usage/not-an-environment`, `install/not-a-prefix`, `install/malformed-record` */
export async function listEnvironment(
  prefix: string,
  context: Pick<StageContext, 'system'>,
): Promise<ListedEnvironment> {
  const found = await inspectPrefix(prefix, context)
  if (found.kind === 'nothing') throw notAnEnvironment(prefix, 'there is nothing')
  if (found.kind === 'unfinished') throw notAnEnvironment(prefix, 'its creation broke off')
  const { platform, specs = [] } = found.state
  return { prefix, platform, isComplete: found.kind === 'ready', specs, records: found.records }
}
