/** `krait explain env.NAME` and `run.NAME`: what nobody knows before the environments are solved. */
import { interpreters } from '../../interpreters/index.js'
import {
  type AnyExplanation,
  type BuildContext,
  describeEnvironment,
  describeSource,
  explainRunDependency,
  formatRunDependency,
  noVariable,
  selectOutputs,
  stagingKeys,
  toSubjects,
  type VariableExplanation,
} from '../engine/index.js'
import type { ExitCode } from '../errors/index.js'
import { closest } from '../text/index.js'
import type { Invocation } from './command.js'
import type { RenderedCall } from './render-call.js'
import { type Reported, withReporter } from './with-reporter.js'

/** What is explained: `env.CFLAGS`, `run.libzlib`; undefined for paths of the recipe. */
export function solvedPath(
  path: string,
): { readonly about: 'env' | 'run'; readonly name: string } | undefined {
  const [, about, name] = /^(env|run)\.(.+)$/.exec(path) ?? []
  return about === undefined || name === undefined ? undefined : { about: about as 'env' | 'run', name }
}

/** Solves, and for variables installs aside too. With `--json`, one object for one output that has it once, else a list. */
export async function explainSolved(
  asked: NonNullable<ReturnType<typeof solvedPath>>,
  call: RenderedCall,
  invocation: Invocation,
): Promise<ExitCode> {
  const { settings, stdout } = invocation
  const explain = async (reported: Reported): Promise<ExitCode> => {
    const context = { ...reported, interpreters }
    const found =
      asked.about === 'run'
        ? await explainRun(asked.name, call, invocation, context)
        : await explainVariable(asked.name, call, invocation, context)
    const data = found.map((one) => one.data)
    const outputs = selectOutputs(call.plans, settings.values.outputName)
    const isSingle = outputs.length === 1 && data.length === 1
    stdout.write(
      settings.values.json
        ? `${JSON.stringify(call.masker.maskData(isSingle ? data[0] : data), null, 2)}\n`
        : call.masker.maskText(found.map(({ text }) => text).join('')),
    )
    return 0
  }
  return withReporter(invocation, explain, { masker: call.masker, sources: call.texts })
}

interface Found {
  readonly data: AnyExplanation
  readonly text: string
}

async function explainRun(
  name: string,
  { plans, texts, request }: RenderedCall,
  { settings }: Invocation,
  context: BuildContext,
): Promise<readonly Found[]> {
  const { channelPriority, solveStrategy, cacheDirectory, excludeNewerMs } = request.build
  const options = { channelPriority, solveStrategy, cacheDirectory, excludeNewerMs }
  const selected = selectOutputs(plans, settings.values.outputName)
  const asked = { plans: selected, stagingKeys: stagingKeys(plans), options, texts }
  const found = await explainRunDependency(name, asked, context)
  return found.map((data) => ({ data, text: formatRunDependency(data) }))
}

async function explainVariable(
  name: string,
  call: RenderedCall,
  { settings }: Invocation,
  context: BuildContext,
): Promise<readonly Found[]> {
  const { channelPriority, cacheDirectory, linkScripts, excludeNewerMs, isolation } = call.request.build
  const install = { channelPriority, cacheDirectory, linkScripts, excludeNewerMs }
  const subjects = toSubjects(call.recipes, call.texts)
  const found: Found[] = []
  const names: string[] = []
  for (const plan of selectOutputs(call.plans, settings.values.outputName)) {
    const subject = subjects.find(({ output }) => output === plan.output)
    if (subject === undefined) continue
    const look = { isolation, stage: 'build', testIndex: undefined, install } as const
    const { id, variables } = await describeEnvironment({ plan, subject }, look, context)
    const variable = variables.find((one) => one.name === name)
    names.push(...variables.map((one) => one.name))
    if (variable === undefined) continue
    const { value, from } = variable
    const doc = from.kind === 'table' ? `  ${from.doc}\n` : ''
    const text = `${name} = ${JSON.stringify(value)}  (${id})\n  set by ${describeSource(from)}\n${doc}`
    const data: VariableExplanation = { kind: 'variable', id, ...variable }
    found.push({ data, text })
  }
  const ids = call.plans.map(({ id }) => id).join(' or ')
  if (found.length === 0) throw noVariable(name, ids, closest(name, names))
  return found
}
