/** What a dirty build remembers of its package: what it depends on besides the files in the prefix, and its warnings. */
import { createHash, createHmac } from 'node:crypto'
import type { SolvedPlan } from '../../stages/solve-environments/index.js'
import { canonicalJson } from '../../text/index.js'
import type { BuildContext } from '../context.js'
import type { PipelineOptions } from '../pipeline.js'
import { readContents } from './marks.js'
import type { DirtyOptions, DirtyState, Warned } from './types.js'

/** Everything that packaging reads: the rendered recipe, its text, files beside it, options. */
export async function packageFingerprint(
  plan: SolvedPlan,
  options: PipelineOptions & { readonly dirty: DirtyOptions },
  { state, context }: { readonly state: DirtyState; readonly context: BuildContext },
): Promise<string> {
  const { system, masker } = context
  const { provenance: _, ...output } = plan.output
  const { name, version, buildString, buildNumber, platforms, packaging, channels, environments } = plan
  const tests = JSON.stringify(output.recipe.tests ?? [])
  const facts = {
    output,
    identity: [name, version, buildString, buildNumber],
    platforms: [platforms.build.subdir, platforms.host.subdir, platforms.targetSubdir],
    format: [packaging.format, packaging.level],
    channels,
    environments,
    options: options.package,
    channelPriority: options.channelPriority,
    timestamp: options.dirty.isTimestampGiven ? plan.timestampSeconds : undefined,
    secrets: masker.scan().names,
    // Templates in the scripts of tests are filled when the package is written.
    env: /\benv\b/.test(tests) ? keyed(canonicalJson(system.env.all()), state.key) : undefined,
    recipe: await recipeContents(plan, context),
  }
  return createHash('sha256').update(canonicalJson(facts)).digest('hex')
}

function keyed(text: string, key: string): string {
  return createHmac('sha256', key).update(text).digest('hex')
}

/** Packages carry the recipe and what lies beside it. */
async function recipeContents(plan: SolvedPlan, { system }: BuildContext): Promise<unknown> {
  const { recipe, output } = plan.directories
  const isSkipped = ({ path }: { readonly path: string }) =>
    /(?:^|\/)\.git$/.test(path) || `${recipe}/${path}` === output
  const entries = (await system.fs.walk(recipe, isSkipped)).filter((entry) => !isSkipped(entry))
  const files = entries.filter(({ type }) => type !== 'directory').map(({ path }) => path)
  return (await readContents(recipe, files, { system })).contents
}

/** A context that remembers what is doubted: a package that is kept is as doubtful as when it was new. */
export function noteWarnings(context: BuildContext): {
  readonly noting: BuildContext
  /** Masked; grows while packaging. */
  readonly warnings: readonly Warned[]
} {
  const warnings: Warned[] = []
  const emit: BuildContext['emit'] = (event) => {
    if (event.type === 'warning') warnings.push(context.masker.maskData(event))
    context.emit(event)
  }
  return { noting: { ...context, emit }, warnings }
}
