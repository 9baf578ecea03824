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
export function callerEnvVars(facts: Pick<EnvFacts, 'caller' | 'isolation' | 'platforms'>): EnvVars {
  const entries = Object.entries(facts.caller)
  if (facts.isolation === 'none')
    return Object.fromEntries(entries.filter(([name]) => !startsShellCode.has(name)))
  const names = passthrough(facts.platforms.build.family)
  return Object.fromEntries(entries.filter(([name]) => names.has(name)))
}

/** Where a variable of a script comes from. */
export type EnvOrigin =
  /** A row of the table; `caller` and `variant` name what its value was made of. */
  | { readonly kind: 'table'; readonly caller: readonly string[]; readonly variant: readonly string[] }
  | { readonly kind: 'variant'; readonly key: string }
  | { readonly kind: 'caller' }

export interface TracedEnvVar {
  readonly name: string
  readonly value: string
  readonly origin: EnvOrigin
}

/**
 * The variables that describe the build, sorted by name: the table, then the used variant keys. This is what
 * `build_env.sh` exports; `script.env` and secrets are not in it.
 */
export function buildEnvVars(facts: EnvFacts): EnvVars {
  return Object.fromEntries(traceEnvVars(facts).map(({ name, value }) => [name, value]))
}

/** The same with the origin of every variable. */
export function traceEnvVars(original: EnvFacts): readonly TracedEnvVar[] {
  const facts = spellFacts(original)
  const variables = [...tableVars(facts), ...visualStudioVars(facts), ...variantVars(facts)]
  const byName = new Map(variables.map((variable) => [variable.name, variable]))
  return [...byName.values()].sort((left, right) => (left.name < right.name ? -1 : 1))
}

function tableVars(facts: EnvFacts): TracedEnvVar[] {
  return envTable.flatMap((row) => {
    if (!row.stages.includes(facts.stage)) return []
    if (facts.isStaging && describesPackage.test(row.name)) return []
    const caller = noteReads(facts.caller)
    const variant = noteReads(facts.variant)
    const value = row.value({ ...facts, caller: caller.values, variant: variant.values })
    if (value === undefined) return []
    return [
      { name: row.name, value, origin: { kind: 'table', caller: caller.read(), variant: variant.read() } },
    ]
  })
}

const describesPackage = /^PKG_(?!CONFIG_PATH$)/

/** The values, and which of those that exist were looked at. */
function noteReads<T extends object>(
  values: T,
): { readonly values: T; readonly read: () => readonly string[] } {
  const names = new Set<string>()
  const get = (target: T, name: string | symbol) => {
    if (typeof name === 'string' && Object.hasOwn(target, name)) names.add(name)
    return Object.hasOwn(target, name) ? Reflect.get(target, name) : undefined
  }
  return { values: new Proxy(values, { get }), read: () => [...names] }
}

/**
 * Everything the process of a script is given before activation, sorted: the later ones win, `script.env` over what
 * describes the build, secrets over all (spec: build.md 1.2).
 */
export function processEnvVars(facts: EnvFacts, scriptEnv: EnvVars, secrets: EnvVars): EnvVars {
  const layers = [callerEnvVars(facts), buildEnvVars(facts), scriptEnv, secrets]
  const names = new Map<string, string>()
  const values = new Map<string, string>()
  for (const [name, value] of layers.flatMap((layer) => Object.entries(layer))) {
    // Windows does not tell `Path` from `PATH`; the first spelling stays.
    const key = facts.platforms.build.family === 'win' ? name.toUpperCase() : name
    const spelled = names.get(key) ?? name
    names.set(key, spelled)
    values.set(spelled, value)
  }
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

function visualStudioVars(facts: EnvFacts): TracedEnvVar[] {
  if (facts.targetPlatform.family !== 'win') return []
  return Object.entries(facts.caller)
    .filter(([name]) => visualStudioPattern.test(name))
    .map(([name, value]) => ({ name, value, origin: { kind: 'caller' } }))
}

/** Language keys would shadow programs and variables of these languages. */
const languageKeys = new Set(['PERL', 'LUA', 'R', 'NUMPY', 'PYTHON', 'RUBY', 'NODEJS'])

/** conda-build asks the caller before the variant for these. */
const callerFirst = new Set([
  'PKG_CONFIG_PATH',
  'CMAKE_GENERATOR',
  'LD_RUN_PATH',
  'BUILD',
  'MACOSX_DEPLOYMENT_TARGET',
  'OSX_ARCH',
  'CPU_COUNT',
])

function variantVars(facts: EnvFacts): TracedEnvVar[] {
  return Object.entries(facts.variant)
    .filter(([key]) => !languageKeys.has(key.toUpperCase()) && key !== 'target_platform')
    .map(([key, value]): TracedEnvVar => {
      const name = key.replaceAll(/[-.]/g, '_')
      return { name, value: String(value), origin: { kind: 'variant', key } }
    })
    .filter(({ name }) => !(facts.isolation === 'conda-build' && callerFirst.has(name) && facts.caller[name]))
}
