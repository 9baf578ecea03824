/** Looks for the values of secrets in finished packages. */
import path from 'node:path'
import type { Json } from '../text/index.js'
import type { BuildContext } from './context.js'
import { readYamlData } from './read-yaml-data.js'

/** What a package without a finding was searched for. */
export interface SecretCheck {
  /** Variables whose values were looked for. */
  readonly searched: readonly string[]
  /** Declared by the recipe, but without a value in the caller's environment. */
  readonly unknown: readonly string[]
}

/**
 * Searches a package, and archives inside of its files, for the secrets that its recipe and tests declare and for all
 * variables of the caller that sound like secrets.
 * @throws BuildError `package/secret-found`, `archive/...`
 */
export async function checkPackageSecrets(
  archivePath: string,
  context: Pick<BuildContext, 'system' | 'signal' | 'emit' | 'masker'>,
): Promise<SecretCheck> {
  const { scanPackage } = await import('../archive/index.js')
  const { refuseFindings } = await import('../stages/write-package/index.js')
  const { system, masker } = context
  const unknown: string[] = []
  for (const name of await declaredNames(archivePath, context)) {
    const value = system.env.get(name)
    if (value) masker.add(value, { name, kind: 'declared' })
    else unknown.push(name)
  }
  const scan = masker.scan()
  const report = await scanPackage(archivePath, scan, context)
  refuseFindings(report, { output: path.basename(archivePath), emit: context.emit })
  return { searched: scan.names, unknown }
}

/** Everything in a list under `secrets:`, in the recipe and in the tests that the package carries. */
async function declaredNames(
  archivePath: string,
  context: Pick<BuildContext, 'system'>,
): Promise<ReadonlySet<string>> {
  const { readPackageInfo } = await import('../archive/index.js')
  const names = ['info/recipe/rendered_recipe.yaml', 'info/tests/tests.yaml']
  const files = await readPackageInfo(archivePath, names, context)
  const texts = [...files].map(([file, bytes]) => ({ file, text: Buffer.from(bytes).toString('utf8') }))
  return new Set(texts.flatMap((source) => namesUnderSecrets(readYamlData(source))))
}

function namesUnderSecrets(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(namesUnderSecrets)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, member]) =>
    key === 'secrets' && Array.isArray(member) ? member.map(String) : namesUnderSecrets(member),
  )
}
