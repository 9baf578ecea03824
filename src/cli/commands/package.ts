/** `krait package`: looks into finished packages. */
import type { ExitCode } from '../../errors/index.js'
import type { Invocation } from '../command.js'
import { unknownAction } from '../unknown-action.js'

type Action = (invocation: Invocation, words: readonly string[]) => Promise<ExitCode>

const actions: Readonly<Record<string, () => Promise<Action>>> = {
  inspect: async () => (await import('../package/inspect.js')).inspect,
  check: async () => (await import('../package/check.js')).check,
  diff: async () => (await import('../package/diff.js')).diff,
  extract: async () => (await import('../package/extract.js')).extract,
}

/** `inspect FILE`, `extract FILE`, `diff A B`, `check FILE`. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const [name = '', ...words] = invocation.positionals
  const load = Object.hasOwn(actions, name) ? actions[name] : undefined
  if (load === undefined) throw unknownAction('package', name, Object.keys(actions))
  const action = await load()
  return action(invocation, words)
}
