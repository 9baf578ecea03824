/** The build script of one plan, run in its prefixes. */
import { createHash } from 'node:crypto'
import type { Masker } from '../../events/index.js'
import type { StageContext } from '../../system/index.js'
import { canonicalJson } from '../../text/index.js'
import type { SourcedPlan } from '../fetch-sources/index.js'
import type { BuildPlan } from '../plan-builds/index.js'
import { buildFacts } from './build-facts.js'
import type { InterpreterRegistry } from './contract.js'
import { buildEnvVars } from './environment/env-vars.js'
import type { EnvFacts, Isolation } from './environment/facts.js'
import { executeScript, writeWrapper } from './execute-script.js'
import type { WrapCommand } from './launch.js'
import { createLocator } from './locate-script.js'
import { createContentRenderer } from './render-content.js'
import { resolveScript } from './resolve-script.js'
import type { ResolvedScript } from './sections.js'
import type { ScriptResult } from './types.js'

export interface ScriptOptions {
  readonly isolation: Isolation
  /** Tools may colour their output. */
  readonly colors: boolean
  readonly timeoutMs?: number | undefined
  /** A declared secret that is not set is an error. */
  readonly requireSecrets?: boolean | undefined
  readonly wrap?: WrapCommand | undefined
  /** The script of a staging output, which is no package. */
  readonly isStaging?: boolean | undefined
  /** Only in `--dirty` builds: what was kept of the build before. */
  readonly reused?: readonly string[] | undefined
  /** Runs only these sections, from the first number to before the second; all when absent. */
  readonly only?: readonly [number, number] | undefined
}

export type ScriptContext = StageContext & {
  readonly interpreters: InterpreterRegistry
  readonly masker: Masker
}

/**
 * Runs the build script in the work directory; rejects with `script/failed` when it ends with anything but 0.
 * An output without a script passes.
 */
export async function runScript(
  plan: SourcedPlan,
  options: ScriptOptions,
  context: ScriptContext,
): Promise<ScriptResult> {
  const { isolation, colors, isStaging, reused } = options
  const facts = await buildFacts(plan, { isolation, colors, isStaging, reused }, context)
  const script = await resolvePlanScript(plan, facts, context)
  const { wrap, timeoutMs, requireSecrets, only = [0, script.sections.length] } = options
  const part = { ...script, sections: script.sections.slice(...only) }
  const run = { output: plan.id, script: part, facts, wrap, timeoutMs, requireSecrets }
  const result = part.sections.length === 0 ? { ms: 0, logPath: '' } : await executeScript(run, context)
  return {
    ...plan,
    script: {
      interpreter: script.sections[0]?.interpreter.names[0],
      lines: countLines(script),
      ms: result.ms,
      sha256: fingerprint(script),
      logPath: result.logPath,
    },
  }
}

/** Writes what `runScript` would run into the work directory and runs nothing. @returns its absolute path */
export async function writeScript(
  plan: SourcedPlan,
  options: Pick<ScriptOptions, 'isolation' | 'colors'>,
  context: ScriptContext,
): Promise<string> {
  const facts = await buildFacts(plan, options, context)
  const script = await resolvePlanScript(plan, facts, context)
  return (await writeWrapper({ facts, script }, context)).path
}

/** The build script of a plan, its inline text rendered. @throws BuildError `script/...` */
export async function resolvePlanScript(
  plan: BuildPlan,
  facts: EnvFacts,
  context: Pick<ScriptContext, 'system' | 'interpreters' | 'emit'>,
): Promise<ResolvedScript> {
  const { build, context: recipeContext } = plan.output.recipe
  const recipeText = await context.system.fs.readText(plan.recipePath)
  const scriptEnv = typeof build.script === 'object' && 'env' in build.script ? build.script.env : {}
  const renderContent = createContentRenderer({
    platforms: plan.platforms,
    env: (name) => context.system.env.get(name),
    variant: plan.output.variant,
    variables: { ...buildEnvVars(facts), ...scriptEnv, ...plan.output.variant, ...recipeContext },
  })
  const request = {
    script: build.script,
    steps: build.steps,
    recipeDirectory: plan.directories.recipe,
    interpreters: context.interpreters,
    platform: plan.platforms.build,
    renderContent,
    locate: createLocator(plan.output, build.steps ? '/build/steps' : '/build/script', recipeText),
  }
  return resolveScript(request, context)
}

function countLines(script: ResolvedScript): number {
  const texts = script.sections.flatMap(({ body }) => (body.kind === 'file' ? [body] : body.commands))
  return texts.reduce((sum, { text }) => sum + text.trimEnd().split('\n').length, 0)
}

function fingerprint(script: ResolvedScript): string {
  const sections = script.sections.map(({ interpreter, body, cwd, env }) => ({
    interpreter: interpreter.names[0],
    texts: body.kind === 'file' ? [body.text] : body.commands.map(({ text }) => text),
    cwd,
    env,
  }))
  return createHash('sha256')
    .update(canonicalJson({ sections, env: script.env, secrets: script.secrets }))
    .digest('hex')
}
