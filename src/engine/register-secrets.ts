/** Teaches the masker everything secret that is known before anything runs. */
import { type Masker, urlSecrets } from '../events/index.js'
import type { RenderedOutput, RenderedScript } from '../recipe/index.js'
import type { System } from '../system/index.js'

/** The values of declared secrets, and passwords and tokens in the URLs of sources and channels. */
export function registerSecrets(
  subjects: readonly { readonly output: RenderedOutput; readonly channels?: readonly string[] }[],
  { masker, system }: { readonly masker: Masker; readonly system: Pick<System, 'env'> },
): void {
  for (const { output, channels = [] } of subjects) {
    for (const name of declaredSecrets(output)) {
      const value = system.env.get(name)
      if (value) masker.add(value, { name, kind: 'declared' })
    }
    for (const url of [...channels, ...sourceUrls(output)]) {
      for (const secret of urlSecrets(url)) masker.add(secret)
    }
  }
}

/** Names of the secrets that the build script and the tests of an output ask for. */
export function declaredSecrets({ recipe }: Pick<RenderedOutput, 'recipe'>): readonly string[] {
  const tests = (recipe.tests ?? []).map((test) => ('script' in test ? test.script : undefined))
  return [recipe.build.script, ...tests].flatMap((script) => secretsOf(script))
}

function secretsOf(script: RenderedScript | Record<string, never> | undefined): readonly string[] {
  return typeof script === 'object' && 'secrets' in script ? (script.secrets ?? []) : []
}

function sourceUrls({ recipe }: RenderedOutput): readonly string[] {
  return (recipe.source ?? []).flatMap((source) => {
    const { url, git } = source as { readonly url?: string | readonly string[]; readonly git?: string }
    return [url ?? [], git ?? []].flat()
  })
}
