/** What all actions of `krait debug` begin with: a masked context, and failures that are told. */
import path from 'node:path'
import { interpreters } from '../../../interpreters/index.js'
import { type BuildContext, type DebugState, findDebugState } from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import type { Invocation } from '../command.js'
import { withReporter } from '../with-reporter.js'

/** @param action its status, which passes through when it is that of a script */
export async function withDebug(
  invocation: Invocation,
  action: (context: BuildContext) => Promise<number>,
): Promise<ExitCode> {
  return withReporter(
    invocation,
    async (reported) => (await action({ ...reported, interpreters })) as ExitCode,
  )
}

/** The build that `--work-dir` names, or the newest one. @param work absolute or relative, instead of the flag */
export function findBuild(
  { system, settings }: Invocation,
  context: BuildContext,
  work: string | undefined = settings.values.workDir,
): Promise<DebugState> {
  const here = system.host.currentDirectory
  const outputDirectory = path.resolve(here, settings.values.outputDir)
  return findDebugState({ outputDirectory, work: work && path.resolve(here, work) }, context)
}
