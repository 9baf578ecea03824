/** Asks diffoscope what differs between two packages, for those who want to see every byte. */
import { noDiffoscope } from '../../engine/index.js'
import type { StageContext, System } from '../../system/index.js'

/** Absolute path of the program. @throws BuildError `usage/no-diffoscope` */
export async function findDiffoscope({ env, process }: System): Promise<string> {
  const places = (env.get('PATH') ?? '').split(':').filter((entry) => entry !== '')
  const program = await process.find('diffoscope', places)
  if (program === undefined) throw noDiffoscope()
  return program
}

/** Its report as text. */
export async function runDiffoscope(
  program: string,
  args: readonly [string, string],
  { system, signal }: Pick<StageContext, 'system' | 'signal'>,
): Promise<string> {
  const env = { PATH: system.env.get('PATH') ?? '', LC_ALL: 'C.UTF-8' }
  const command = { program, args, cwd: system.host.currentDirectory, env }
  const { stdout, stderr } = await system.process.capture(command, { signal })
  return stdout === '' ? stderr : stdout
}
