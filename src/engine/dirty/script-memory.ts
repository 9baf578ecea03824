/** What a script is given, in a form that tells whether it changed and tells no values. */
import { createHash, createHmac } from 'node:crypto'
import path from 'node:path'
import {
  buildFacts,
  type EnvFacts,
  findProgram,
  processEnvVars,
  type ResolvedScript,
  resolvePlanScript,
  sectionTexts,
} from '../../stages/run-script/index.js'
import type { SolvedPlan } from '../../stages/solve-environments/index.js'
import type { WalkEntry } from '../../system/index.js'
import { canonicalJson } from '../../text/index.js'
import type { BuildContext } from '../context.js'
import type { PrepareOptions } from '../prepare-build.js'
import { leavesOf, readContents } from './marks.js'
import type { DirtyState, ScriptMemory } from './types.js'

export interface ScriptWork {
  readonly plan: SolvedPlan
  readonly options: Pick<PrepareOptions, 'isolation' | 'colors'>
  readonly isTimestampGiven: boolean
  readonly context: BuildContext
}

/** What the script of a plan would be given now. */
export async function scriptFacts(
  work: ScriptWork,
  state: Pick<DirtyState, 'key' | 'script'>,
): Promise<ScriptMemory> {
  const { plan, options, context } = work
  const records = plan.environments.host?.resolved ?? []
  const facts = await buildFacts(
    { ...plan, prefixes: { host: { records } } },
    { ...options, reused: [] },
    context,
  )
  const script = await resolvePlanScript(plan, facts, context)
  return {
    sections: Object.fromEntries(
      script.sections.map((section, index) => {
        const texts = sectionTexts(section).map(({ text }) => text)
        const { cwd, env, interpreter } = section
        const name = section.label ?? (index === 0 ? 'the script' : `section ${index}`)
        return [name, hash({ texts, cwd, env, interpreter: interpreter.names[0] })]
      }),
    ),
    reusable: reusableSteps(script),
    variables: variableHashes({ facts, script, work }, state.key),
    secrets: [...script.secrets].sort(),
    interpreters: await interpreterMarks(script, facts, context),
    recipe: await recipeFiles(plan, state.script, context),
  }
}

/** Only what begins the script can be skipped, and something is left to run. */
function reusableSteps({ sections }: ResolvedScript): readonly string[] {
  const end = sections.findIndex(({ isReusable }) => isReusable !== true)
  const leading = end === -1 ? sections.length : end
  return sections.slice(0, Math.min(leading, sections.length - 1)).map(({ label = '' }) => label)
}

function hash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex')
}

interface VariableFacts {
  readonly facts: EnvFacts
  readonly script: ResolvedScript
  readonly work: ScriptWork
}

/** Keyed, so that nobody can look a value up in a table of hashes. Activation adds nothing but what packages say. */
function variableHashes({ facts, script, work }: VariableFacts, key: string): Record<string, string> {
  const { env } = work.context.system
  const secrets = script.secrets.flatMap((name) => {
    const value = env.get(name)
    return value === undefined ? [] : [[name, value] as const]
  })
  const variables = processEnvVars(facts, script.env, Object.fromEntries(secrets))
  return Object.fromEntries(
    Object.entries(variables)
      .filter(([name]) => !volatile.test(name) || Object.hasOwn(script.env, name))
      .filter(([name]) => name !== 'SOURCE_DATE_EPOCH' || work.isTimestampGiven)
      .map(([name, value]) => [name, createHmac('sha256', key).update(`${name}\0${value}`).digest('hex')]),
  )
}

/** They differ from call to call or from terminal to terminal, and no result should depend on them. */
const volatile =
  /^(?:CPU_COUNT|DIRTY|KRAIT_DIRTY_REUSED|PIP_CACHE_DIR|PWD|OLDPWD|SHLVL|_|CLICOLOR_FORCE|FORCE_COLOR|AM_COLOR_TESTS|MAKE_TERMOUT|CMAKE_COLOR_DIAGNOSTICS|GCC_COLORS|DISPLAY|SSH_AUTH_SOCK|https?_proxy|HTTPS?_PROXY|no_proxy|NO_PROXY)$/

/** Where the program of each interpreter is, and whether it is the same file; not found is a fact too. */
async function interpreterMarks(
  script: ResolvedScript,
  facts: EnvFacts,
  { system }: BuildContext,
): Promise<Record<string, string>> {
  const marks: Record<string, string> = {}
  for (const section of script.sections) {
    const search = {
      platform: facts.platforms.build,
      buildPrefix: facts.buildPrefix,
      hostPrefix: facts.prefix,
      callerPath: facts.caller.PATH ?? '',
    }
    const found = await findProgram(section, search, system).catch(() => undefined)
    const real = found && (await system.fs.realPath(found))
    // What packages bring is known from the packages.
    const isPackaged = [facts.prefix, facts.buildPrefix].some((prefix) => prefix && real?.startsWith(prefix))
    const info = real && !isPackaged ? await system.fs.stat(real) : undefined
    const name = section.interpreter.names[0]
    marks[name] = isPackaged ? 'packaged' : [real, info?.sizeBytes, info?.mtimeNs].join(' ')
  }
  return marks
}

/** Scripts may read whatever lies beside the recipe; the recipe itself counts by what it renders to. */
async function recipeFiles(plan: SolvedPlan, known: ScriptMemory | undefined, { system }: BuildContext) {
  const { recipe, output } = plan.directories
  const isSkipped = (entry: WalkEntry) =>
    /(?:^|\/)\.git$/.test(entry.path) || path.join(recipe, entry.path) === output || isNoise(entry.path)
  const entries = (await system.fs.walk(recipe, isSkipped)).filter((entry) => !isSkipped(entry))
  const own = path.relative(recipe, plan.recipePath)
  const isText = (name: string) =>
    name === own || /^(?:variants|conda_build_config|recipe\.lock)\.yaml$/.test(name)
  const names = leavesOf(entries).filter((name) => !isText(name))
  return readContents(recipe, names, { known: known?.recipe, system })
}

/** What editors leave while a file is open. */
function isNoise(name: string): boolean {
  return /(?:^|\/)(?:\.#[^/]*|[^/]*~|\.[^/]*\.sw[a-z])$/.test(name)
}

/** What differs, most telling first: `step 2 changed`, `variable CFLAGS changed`. */
export function compareScripts(before: ScriptMemory, after: ScriptMemory): readonly string[] {
  const secrets = new Set([...before.secrets, ...after.secrets])
  const names = differing(before.variables, after.variables)
  return [
    ...differing(before.sections, after.sections).map((name) => `${name} changed`),
    ...names.filter((name) => !secrets.has(name)).map((name) => `variable ${name} changed`),
    ...names.filter((name) => secrets.has(name)).map((name) => `secret ${name} changed`),
    ...differing(before.interpreters, after.interpreters).map((name) => `interpreter ${name} changed`),
    ...differing(before.recipe.contents, after.recipe.contents).map(
      (name) => `${name} beside the recipe changed`,
    ),
  ]
}

/** How many reusable steps, from the first one on, were finished and are given what they were given. */
export function unchangedSteps(before: ScriptMemory, after: ScriptMemory): number {
  const sections = differing(before.sections, after.sections)
  // Everything but the text of a step is given to all of them.
  if (compareScripts(before, after).length > sections.length) return 0
  const { steps = [] } = before
  const changed = after.reusable.findIndex((name, at) => sections.includes(name) || at >= steps.length)
  return changed === -1 ? after.reusable.length : changed
}

function differing(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter((name) => before[name] !== after[name]).sort()
}
