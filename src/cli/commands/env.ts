/** `krait env`: the environment a script will have and how it differs from another one, and environments to keep. */
import { interpreters } from '../../../interpreters/index.js'
import {
  type DescribeRequest,
  describeEnvironment,
  diffVariables,
  type EnvironmentDescription,
  type EnvironmentDifference,
  findScriptVariables,
  formatDifference,
  formatEnvironment,
  selectOutputs,
  toSubjects,
} from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import type { Invocation } from '../command.js'
import { usageError } from '../errors.js'
import { type RenderedCall, renderCall } from '../render-call.js'
import { unknownAction } from '../unknown-action.js'
import { type Reported, withReporter } from '../with-reporter.js'

/** `show [recipe...]`, `diff build test|shell [recipe...]`, `create -p PREFIX SPEC...` or `list -p PREFIX`. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const [action = '', ...words] = invocation.positionals
  if (action === 'show') {
    return forOutputs(invocation, words, async (look) => look.describe(stageOf(invocation)))
  }
  if (action === 'diff') {
    const [left, right, ...recipes] = words
    if (left !== 'build' || (right !== 'test' && right !== 'shell')) {
      throw usageError('`krait env diff` compares `build test` or `build shell`')
    }
    return forOutputs(invocation, recipes, (look) => compare(look, right, invocation))
  }
  if (action === 'create') return (await import('./env-prefix.js')).createPrefix(invocation, words)
  if (action === 'list') return (await import('./env-prefix.js')).listPrefix(invocation, words)
  throw unknownAction('env', action, ['show', 'diff', 'create', 'list'])
}

interface Look {
  readonly id: string
  readonly describe: (stage: DescribeRequest['stage']) => Promise<EnvironmentDescription>
  /** What the build script reads. */
  readonly reads: () => ReturnType<typeof findScriptVariables>
}

type Shown = EnvironmentDescription | EnvironmentDifference

function stageOf({ settings }: Invocation): DescribeRequest['stage'] {
  return settings.values.stage as DescribeRequest['stage']
}

async function forOutputs(
  invocation: Invocation,
  recipes: readonly string[],
  show: (look: Look) => Promise<Shown>,
): Promise<ExitCode> {
  const call = await renderCall(invocation, recipes)
  if (typeof call === 'number') return call
  const look = async (reported: Reported): Promise<ExitCode> => {
    const shown: Shown[] = []
    for (const one of looksAt(call, invocation, { ...reported, interpreters })) shown.push(await show(one))
    print(shown, call, invocation)
    return 0
  }
  return withReporter(invocation, look, { masker: call.masker, sources: call.texts })
}

function looksAt(
  call: RenderedCall,
  { settings }: Invocation,
  context: Parameters<typeof describeEnvironment>[2],
): readonly Look[] {
  const { values } = settings
  const subjects = toSubjects(call.recipes, call.texts)
  const { channelPriority, cacheDirectory, linkScripts, excludeNewerMs, isolation } = call.request.build
  const install = values.withSolve
    ? { channelPriority, cacheDirectory, linkScripts, excludeNewerMs }
    : undefined
  return selectOutputs(call.plans, values.outputName).flatMap((plan) => {
    const subject = subjects.find(({ output }) => output === plan.output)
    if (subject === undefined) return []
    const request = { isolation, testIndex: values.testIndex, install }
    return {
      id: plan.id,
      describe: (stage) => describeEnvironment({ plan, subject }, { ...request, stage }, context),
      reads: () => findScriptVariables(plan, context),
    }
  })
}

async function compare(
  look: Look,
  right: 'test' | 'shell',
  { system }: Invocation,
): Promise<EnvironmentDifference> {
  const left = await look.describe('build')
  const shell = Object.entries(system.env.all()).map(([name, value]) => ({ name, value }))
  const { variables } = right === 'test' ? await look.describe('test') : { variables: shell }
  const difference = diffVariables(left.variables, variables)
  const missing = new Set(difference.onlyRight)
  const usedByScript = (await look.reads()).filter(({ name }) => missing.has(name))
  return { id: look.id, between: ['build', right], ...difference, usedByScript }
}

function print(shown: readonly Shown[], { masker }: RenderedCall, { settings, stdout }: Invocation): void {
  const { json, explain } = settings.values
  if (json) {
    stdout.write(`${JSON.stringify(masker.maskData(shown.length === 1 ? shown[0] : shown), null, 2)}\n`)
    return
  }
  const texts = shown.map((item) =>
    'between' in item ? formatDifference(item) : formatEnvironment(item, { explain }),
  )
  stdout.write(masker.maskText(texts.join('\n')))
}
