/** The caller's environment variables, frozen at start. */
import type { Environment } from './types.js'

/** Takes a copy, so that nothing that changes later can change a build. */
export function callerEnvironment(variables: Readonly<Record<string, string | undefined>>): Environment {
  const entries = Object.entries(variables).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  const all = Object.freeze(Object.fromEntries(entries))
  const byName = new Map(entries)
  return { get: (name) => byName.get(name), all: () => all }
}
