/** Works out the environment a script will have, variable by variable, without running the script. */
import { mask } from '../../events/index.js'
import type { BuildPlan } from '../../stages/plan-builds/index.js'
import {
  captureActivation,
  type EnvFacts,
  type EnvStage,
  envTable,
  expandVariables,
  type Isolation,
  platformTriple,
  processEnvVars,
  readActivations,
  shellLevel,
  type TracedEnvVar,
  traceEnvVars,
} from '../../stages/run-script/index.js'
import type { BuildContext } from '../context.js'
import { usedKey } from '../explain/key-reasons.js'
import type { ExplainSubject } from '../explain/types.js'
import { collectFacts } from './collect-facts.js'
import { installForLook, type LookOptions, type PlacedPlan } from './install-for-look.js'
import { type ScriptWishes, scriptWishes } from './script-wishes.js'
import type { DescribedVariable, EnvironmentDescription, VariableSource } from './types.js'

export interface DescribeRequest {
  readonly stage: EnvStage
  readonly isolation: Isolation
  /** Which script test, from 0; the first one when absent. */
  readonly testIndex: number | undefined
  /** Solve and install, so that what packages set is known. */
  readonly install: LookOptions | undefined
}

/** An output, and everything that it was rendered from. */
export interface DescribedTarget {
  readonly plan: BuildPlan
  readonly subject: ExplainSubject
}

/** The environment of one output's script. @throws BuildError `solve/...`, `install/...`, `script/activation-failed` */
export async function describePlan(
  { plan, subject }: DescribedTarget,
  request: DescribeRequest,
  context: BuildContext,
): Promise<EnvironmentDescription> {
  const placed = await installForLook(plan, request.install, context)
  try {
    const facts = await collectFacts(placed, request, context)
    const variables = await describeVariables({ facts, placed, subject, request }, context)
    const { stage, isolation } = request
    const shown = variables.map((variable) => ({ ...variable, value: placed.toPlanned(variable.value) }))
    return { id: plan.id, stage, isolation, variables: shown, unknown: unknowns(placed, request) }
  } finally {
    await placed.remove()
  }
}

interface Described {
  readonly facts: EnvFacts
  readonly placed: PlacedPlan
  readonly subject: ExplainSubject
  readonly request: DescribeRequest
}

/** In the order in which they are set: the later ones win. */
async function describeVariables(described: Described, context: BuildContext): Promise<DescribedVariable[]> {
  const { facts, subject, request } = described
  const wishes = scriptWishes(subject, request)
  const variables = new Map<string, DescribedVariable>()
  const set = (name: string, value: string, from: VariableSource) =>
    variables.set(name, { name, value, from })
  const before = processEnvVars(facts, {}, {})
  for (const [name, value] of Object.entries(before)) set(name, value, { kind: 'caller' })
  for (const traced of traceEnvVars(facts)) set(traced.name, traced.value, sourceOf(traced, subject))
  const after = await describeActivation(before, described, { set, context })
  for (const { name, value, at } of wishes.env) {
    set(name, expandVariables(value, after), { kind: 'recipe', at })
  }
  describeSecrets(wishes, { set, context })
  return [...variables.values()].sort((left, right) => (left.name < right.name ? -1 : 1))
}

function sourceOf({ name, origin, value }: TracedEnvVar, subject: ExplainSubject): VariableSource {
  if (origin.kind === 'table') {
    const doc = envTable.find((row) => row.name === name)?.doc ?? ''
    return { kind: 'table', doc, caller: origin.caller, variant: origin.variant }
  }
  if (origin.kind === 'caller') return { kind: 'caller' }
  const { key } = origin
  return { kind: 'variant', key, from: usedKey(key, subject.output.variant[key] ?? value, subject).from }
}

interface Setting {
  readonly set: (name: string, value: string, from: VariableSource) => void
  readonly context: BuildContext
}

/** Tells what activation changes; gives the environment behind it. */
async function describeActivation(
  env: Readonly<Record<string, string>>,
  { facts, placed }: Described,
  { set, context }: Setting,
): Promise<Readonly<Record<string, string>>> {
  const activations = await readActivations(facts, context)
  const steps = await captureActivation({ activations, env, level: shellLevel(facts) }, context)
  let before = env
  for (const step of steps) {
    const environment = step.prefix === facts.prefix ? 'host' : 'build'
    const owner = step.script === undefined ? {} : placed.ownerOf(environment, step.script)
    for (const [name, value] of Object.entries(step.env)) {
      if (before[name] !== value) set(name, value, { kind: 'activation', environment, ...owner })
    }
    before = step.env
  }
  const host = platformTriple(facts.platforms.host)
  if (host === undefined || before.HOST) return before
  const doc = envTable.find(({ name }) => name === 'HOST')?.doc ?? ''
  set('HOST', host, { kind: 'table', doc, caller: [], variant: [] })
  return { ...before, HOST: host }
}

/** `env` of the same name wins, because generated scripts export it. */
function describeSecrets({ env, secrets }: ScriptWishes, { set, context }: Setting): void {
  const own = new Set(env.map(({ name }) => name))
  for (const name of secrets.filter((secret) => !own.has(secret))) {
    const isSet = Boolean(context.system.env.get(name))
    set(name, isSet ? mask : '', { kind: 'secret', isSet })
  }
}

function unknowns({ plan, isInstalled }: PlacedPlan, { stage }: DescribeRequest): string[] {
  const { requirements, source } = plan.output.recipe
  const needs = [...(requirements.build ?? []), ...(requirements.host ?? [])].length > 0
  const isGit = stage === 'build' && (source ?? []).some((entry) => 'git' in entry || 'path' in entry)
  return [
    ...(stage === 'test' ? ['what the packages of the test environment set when they are activated'] : []),
    ...(stage === 'build' && needs && !isInstalled
      ? ['what the packages of the build and host environment set when they are activated (--with-solve)']
      : []),
    ...(isGit ? ['GIT_* and HG_*, before the sources are fetched'] : []),
  ]
}
