/** Fetches declared secrets and teaches the masker everything that must not be shown (spec: build.md 6.3). */
import { type Masker, Secret, shortestForm, suspectVariables } from '../../events/index.js'
import type { StageContext } from '../../system/index.js'
import { emptySecret, missingSecret, shortSecret } from './errors.js'

export interface CollectedSecrets {
  readonly secrets: readonly Secret[]
  /** Declared, but not in the caller's environment. */
  readonly missing: readonly string[]
}

/** Reads the declared secrets from the caller and registers their values with the masker. */
export function collectSecrets(
  names: readonly string[],
  context: Pick<StageContext, 'system' | 'emit'> & { readonly masker: Masker },
): CollectedSecrets {
  const secrets: Secret[] = []
  const missing: string[] = []
  for (const name of names) {
    const value = context.system.env.get(name)
    if (value === '') throw emptySecret(name)
    if (value === undefined) {
      missing.push(name)
      context.emit({ type: 'warning', ...missingSecret(name) })
      continue
    }
    if (value.length < shortestForm) context.emit({ type: 'warning', ...shortSecret(name) })
    context.masker.add(value, { name, kind: 'declared' })
    secrets.push(new Secret(name, value))
  }
  return { secrets, missing }
}

/** Masks values that look secret by their name and reach the script anyway, for example from `script.env`. */
export function maskSuspectVariables(variables: Readonly<Record<string, string>>, masker: Masker): void {
  for (const { value } of suspectVariables(variables)) masker.add(value)
}
