/** What the relocation of all files of a package shares. */
import type { StageContext } from '../../../system/index.js'
import type { ScriptResult } from '../../run-script/index.js'
import type { LinkedFile } from '../linking/linked-file.js'
import { rpathDropped } from '../warnings/errors.js'

export interface RelocatedBuild {
  readonly plan: ScriptResult
  readonly context: StageContext
}

export interface RelocationSession extends RelocatedBuild {
  /** Absolute. */
  readonly stagingDirectory: string
  /** `dynamic_linking.rpaths`, or what holds without it. */
  readonly configured: readonly string[]
  readonly isAllowed: (entry: string) => boolean
  /** Grows while files are relocated. */
  readonly linked: LinkedFile[]
}

/** A warning for run paths that lead out of the prefix, once for a file. */
export function warnAboutDropped(
  path: string,
  dropped: readonly string[],
  { plan, context }: RelocatedBuild,
): void {
  // The directories of the build environment are expected and never wanted.
  const { buildPrefix, work } = plan.directories
  const unexpected = dropped.filter((entry) => !entry.startsWith(buildPrefix) && !entry.startsWith(work))
  if (unexpected.length === 0) return
  context.emit({ type: 'warning', output: plan.id, ...rpathDropped(path, unexpected) })
}
