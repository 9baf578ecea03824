/** `krait debug`: sets builds up, runs their scripts again, opens shells, makes patches. */
import type { ExitCode } from '../../errors/index.js'
import type { Invocation } from '../command.js'
import { unknownAction } from '../unknown-action.js'

type Action = (invocation: Invocation, words: readonly string[]) => Promise<ExitCode>

const actions: Readonly<Record<string, () => Promise<Action>>> = {
  setup: async () => (await import('../debug/set-up.js')).setUp,
  shell: async () => (await import('../debug/again.js')).shell,
  run: async () => (await import('../debug/again.js')).runScript,
  workdir: async () => (await import('../debug/again.js')).workdir,
  'host-add': async () => (await import('../debug/add-packages.js')).addToHost,
  'build-add': async () => (await import('../debug/add-packages.js')).addToBuild,
  'create-patch': async () => (await import('../debug/create-patch.js')).createPatch,
}

/** `setup [recipe]`, `shell`, `run`, `workdir`, `host-add SPEC...`, `build-add SPEC...`, `create-patch`. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const [name = '', ...words] = invocation.positionals
  const load = Object.hasOwn(actions, name) ? actions[name] : undefined
  if (load === undefined) throw unknownAction('debug', name, Object.keys(actions))
  const action = await load()
  return action(invocation, words)
}
