/** The environment of a script, out of one table: the engine, `env show`, the docs and the tests read the same rows. */
import { commonRows } from './common-rows.js'
import type { EnvFacts, EnvRow } from './facts.js'
import { languageRows } from './language-rows.js'
import { repositoryRows } from './repository-rows.js'
import { tripleRows } from './triples.js'
import { unixRows } from './unix-rows.js'
import { spellFacts } from './windows-path.js'
import { visualStudioPattern, windowsRows } from './windows-rows.js'

/** Names to values; what a process gets, nothing more. */
export type EnvVars = Readonly<Record<string, string>>

/** Every variable krait can set, in the order docs/environment.md shows them. */
export const envTable: readonly EnvRow[] = [
  ...commonRows,
  ...languageRows,
  ...unixRows,
  ...tripleRows,
  ...windowsRows,
  ...repositoryRows,
]

/** What the caller's environment gives to the process, by isolation mode (spec: build.md 1.1). */
export function callerEnvVars(facts: EnvFacts): EnvVars {
  const entries = Object.entries(facts.caller)
  if (facts.isolation === 'none')
    return Object.fromEntries(entries.filter(([name]) => !startsShellCode.has(name)))
  const names = passthrough(facts.platforms.build.family)
  return Object.fromEntries(entries.filter(([name]) => names.has(name)))
}

/**
 * The variables that describe the build, sorted by name: the table, then the used variant keys. This is what
 * `build_env.sh` exports; `script.env` and secrets are not in it.
 */
export function buildEnvVars(original: EnvFacts): EnvVars {
  const facts = spellFacts(original)
  const values = new Map<string, string>()
  for (const row of envTable) {
    if (!row.stages.includes(facts.stage)) continue
    const value = row.value(facts)
    if (value !== undefined) values.set(row.name, value)
  }
  for (const [name, value] of visualStudioVars(facts)) values.set(name, value)
  for (const [name, value] of variantEnvVars(facts)) values.set(name, value)
  return Object.fromEntries([...values].sort(([left], [right]) => (left < right ? -1 : 1)))
}

/** A bash that is told to run a file before every script is not isolated, whatever the mode. */
const startsShellCode = new Set(['BASH_ENV', 'ENV'])

const everywhere =
  'SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE SSH_AUTH_SOCK DISPLAY http_proxy https_proxy HTTP_PROXY HTTPS_PROXY no_proxy NO_PROXY'
const perFamily: Readonly<Record<string, string>> = {
  win: 'SYSTEMROOT WINDIR COMSPEC TEMP TMP PATHEXT',
  osx: 'TMPDIR __CF_USER_TEXT_ENCODING',
}

function passthrough(family: string): ReadonlySet<string> {
  return new Set(`${everywhere} ${perFamily[family] ?? ''}`.split(' '))
}

function visualStudioVars(facts: EnvFacts): [string, string][] {
  if (facts.targetPlatform.family !== 'win') return []
  return Object.entries(facts.caller).filter(([name]) => visualStudioPattern.test(name))
}

/** Language keys would shadow programs and variables of these languages. */
const languageKeys = new Set(['PERL', 'LUA', 'R', 'NUMPY', 'PYTHON', 'RUBY', 'NODEJS'])

function variantEnvVars(facts: EnvFacts): [string, string][] {
  return Object.entries(facts.variant)
    .filter(([key]) => !languageKeys.has(key.toUpperCase()) && key !== 'target_platform')
    .map(([key, value]) => [key.replaceAll(/[-.]/g, '_'), String(value)])
}
