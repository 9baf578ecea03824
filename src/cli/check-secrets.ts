/** `krait build --check-secrets`: finished packages are searched for secrets. */
import path from 'node:path'
import { type BuildContext, checkPackageSecrets, failureEvent } from '../engine/index.js'
import type { ExitCode } from '../errors/index.js'
import type { Invocation } from './command.js'
import { usageError } from './errors.js'

/** All packages are searched; the exit code is that of the first failure. */
export async function checkSecrets(invocation: Invocation, context: BuildContext): Promise<ExitCode> {
  const { positionals, system } = invocation
  if (positionals.length === 0) throw usageError('the packages to search are missing')
  let exitCode: ExitCode = 0
  for (const given of positionals) {
    const output = path.basename(given)
    try {
      const found = await checkPackageSecrets(path.resolve(system.host.currentDirectory, given), context)
      context.emit({ type: 'note', output, text: `${given}: ${describe(found)}` })
    } catch (error) {
      const event = failureEvent(error, output, { sources: new Map(), signal: context.signal })
      context.emit(event)
      if (exitCode === 0) exitCode = event.exitCode as ExitCode
    }
  }
  return exitCode
}

function describe({ searched, unknown }: Awaited<ReturnType<typeof checkPackageSecrets>>): string {
  const what =
    searched.length === 0 ? 'nothing to look for' : `no value of ${searched.join(', ')} is in the package`
  return unknown.length === 0 ? what : `${what}; not set here: ${unknown.join(', ')}`
}
