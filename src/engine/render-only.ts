/** `--render-only`: the JSON that rattler-build's users parse (spec: contract.md 2). */

import type { VirtualPackage } from '../conda/index.js'
import { version } from '../settings/index.js'
import type { BuildPlan } from '../stages/plan-builds/index.js'
import { formatRenderJson, type RenderedElement, type RenderFacts } from '../stages/render-outputs/index.js'
import { detectVirtualPackages } from '../system/index.js'
import type { Json } from '../text/index.js'
import type { BuildRequest } from './build-request.js'
import type { BuildContext } from './context.js'
import { inStage } from './in-stage.js'
import type { SourceTexts } from './locate-diagnostics.js'
import { planRecipes } from './plan-recipes.js'
import { registerSecrets } from './register-secrets.js'
import { renderRecipes } from './render-recipes.js'
import { createUnpack } from './unpack-package.js'

export interface RenderOnlyRequest
  extends Pick<BuildRequest, 'recipes' | 'render' | 'channels' | 'plan' | 'build'> {
  readonly withSolve: boolean
  readonly extraMeta: Readonly<Record<string, string>>
}

/** One JSON array over all outputs of all recipes, in build order; undefined when there is no recipe at all. */
export async function renderOnly(
  request: RenderOnlyRequest,
  context: BuildContext & { readonly sources: SourceTexts },
): Promise<string | undefined> {
  const recipes = await renderRecipes(request, context)
  if (recipes.length === 0) return undefined
  const nowMs = context.system.clock.now()
  const plans = planRecipes(recipes, request, nowMs)
  const machine = await machineFacts(request, nowMs, context)
  registerSecrets(plans, context)
  const elements: RenderedElement[] = []
  for (const plan of plans) elements.push(await toElement(plan, machine, request, context))
  return context.masker.maskText(formatRenderJson(elements))
}

type MachineFacts = Pick<RenderFacts, 'virtualPackages' | 'timestamp'>

async function machineFacts(
  request: RenderOnlyRequest,
  nowMs: number,
  context: BuildContext,
): Promise<MachineFacts> {
  const { hostPlatform, buildPlatform } = request.plan
  const host = await detectVirtualPackages(hostPlatform, context)
  const build = hostPlatform === buildPlatform ? host : await detectVirtualPackages(buildPlatform, context)
  return {
    virtualPackages: { host: host.map(toText), build: build.map(toText) },
    timestamp: formatTimestamp(nowMs),
  }
}

/** RFC 3339 with nanoseconds. `toISOString` would load the time zones of the world first: five milliseconds of each start. */
function formatTimestamp(nowMs: number): string {
  const now = new Date(nowMs)
  const pad = (value: number, width = 2) => String(value).padStart(width, '0')
  const day = [pad(now.getUTCFullYear(), 4), pad(now.getUTCMonth() + 1), pad(now.getUTCDate())].join('-')
  const time = [pad(now.getUTCHours()), pad(now.getUTCMinutes()), pad(now.getUTCSeconds())].join(':')
  return `${day}T${time}.${pad(now.getUTCMilliseconds(), 3)}000000Z`
}

function toText({ name, version: packageVersion, build }: VirtualPackage): string {
  return `${name}=${packageVersion}=${build}`
}

async function toElement(
  plan: BuildPlan,
  machine: MachineFacts,
  request: RenderOnlyRequest,
  context: BuildContext,
): Promise<RenderedElement> {
  const { directories, packaging, platforms } = plan
  const { channelPriority, solveStrategy } = request.build
  const facts: RenderFacts = {
    ...machine,
    hostPlatform: platforms.host.subdir,
    buildPlatform: platforms.build.subdir,
    directories,
    channels: plan.channels,
    channelPriority,
    solveStrategy,
    packaging: {
      archiveType: packaging.format === 'conda' ? 'conda' : 'tar_bz2',
      compressionLevel: packaging.level,
    },
    systemTools: { krait: version },
    extraMeta: request.extraMeta,
    ...(request.withSolve && { finalizedDependencies: await solvePlan(plan, request, context) }),
  }
  return { output: plan.output, facts }
}

async function solvePlan(plan: BuildPlan, request: RenderOnlyRequest, context: BuildContext): Promise<Json> {
  const { channelPriority, solveStrategy, cacheDirectory, excludeNewerMs } = request.build
  const { fs } = context.system
  // Nothing is created for a look: a local channel that does not exist yet has nothing to offer.
  const local = (await fs.stat(plan.directories.output)) ? [plan.directories.output] : []
  const options = {
    channels: [...local, ...plan.channels],
    channelPriority,
    solveStrategy,
    cacheDirectory,
    excludeNewerMs,
    unpack: createUnpack(cacheDirectory, context),
  }
  const { solveEnvironments } = await import('../stages/solve-environments/index.js')
  const { environments } = await inStage('solve', () => solveEnvironments(plan, options, context))
  const { build = null, host = null, run } = environments
  return { build, host, run } as unknown as Json
}
