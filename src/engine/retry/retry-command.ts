/** Tells, with the failure of a build, the command that goes on with it after something was mended by hand. */
import path from 'node:path'
import { addDetails, isBuildError } from '../../errors/index.js'
import type { BuildPlan } from '../../stages/plan-builds/index.js'
import type { BuildContext } from '../context.js'
import { readProgress } from './notes.js'
import { unfinishedStep } from './steps.js'

/** The error with `details.retry`, when the directory of the build is there and its script had begun. */
export async function withRetryCommand(
  error: unknown,
  { id, directories }: BuildPlan,
  context: Pick<BuildContext, 'system' | 'signal'>,
): Promise<unknown> {
  // What is wrong with the call itself says what to do instead.
  if (!isBuildError(error) || error.code.startsWith('usage/') || context.signal.aborted) return error
  const { fs, host } = context.system
  if ((await fs.stat(directories.build)) === undefined) return error
  const progress = await readProgress(directories.build, context)
  if (progress?.id !== id) return error
  const isDefault = path.join(host.currentDirectory, 'output') === directories.output
  const place = isDefault ? '' : ` --output-dir ${quote(directories.output)}`
  return addDetails(error, { retry: `krait retry ${id} --from ${unfinishedStep(progress)}${place}` })
}

function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
