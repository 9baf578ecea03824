/** Builds recipes and puts what they give into a channel: `build` with a channel in front and a copy behind. */
import path from 'node:path'
import type { ExitCode } from '../../errors/index.js'
import type { BuildNumberChange } from '../../settings/index.js'
import { packageExists } from '../../stages/index-channel/index.js'
import { buildRecipes } from '../build-recipes.js'
import type { BuildRequest } from '../build-request.js'
import type { BuildContext } from '../context.js'
import type { SourceTexts } from '../locate-diagnostics.js'
import { planRecipes } from '../plan-recipes.js'
import { type RenderedRecipe, renderRecipes } from '../render-recipes.js'
import { bumpBuildNumbers } from './build-numbers.js'
import { type PublishedPackage, type PublishTarget, prepareChannel, publishFiles } from './publish-files.js'

export interface RecipePublication extends PublishTarget {
  /** Absent: the numbers of the recipes. */
  readonly buildNumber: BuildNumberChange | undefined
}

export interface PublishResult {
  readonly exitCode: ExitCode
  readonly published: readonly PublishedPackage[]
}

/**
 * Nothing is published when one output fails. The channel is the first that packages are taken from.
 * @throws BuildError what cannot be told as the failure of one output
 */
export async function publishRecipes(
  request: BuildRequest,
  publication: RecipePublication,
  context: BuildContext,
): Promise<PublishResult> {
  const channel = await prepareChannel(publication, context)
  const channels = { ...request.channels, first: [channel] }
  const render = await withBuildNumbers(request, publication.buildNumber, { channel, context })
  const numbered = { ...request, channels, render }
  if (!publication.force) await refuseExisting(numbered, channel, context)
  const { exitCode, artifacts } = await buildRecipes(numbered, context)
  if (exitCode !== 0) return { exitCode, published: [] }
  return { exitCode, published: await publishFiles(artifacts, publication, context) }
}

/** Says it before an hour is spent on building what cannot be published. */
async function refuseExisting(request: BuildRequest, channel: string, context: BuildContext): Promise<void> {
  if (request.skipExisting !== 'none') return
  const { fs, clock } = context.system
  for (const plan of planRecipes(await renderQuietly(request, context), request, clock.now())) {
    const file = path.join(channel, plan.platforms.targetSubdir, `${plan.id}.${plan.packaging.format}`)
    if (await fs.stat(file)) throw packageExists(file)
  }
}

/** Warnings come again when the recipes are built. */
async function renderQuietly(
  request: BuildRequest,
  context: BuildContext,
): Promise<readonly RenderedRecipe[]> {
  const sources: SourceTexts = new Map()
  return renderRecipes(request, { ...context, emit: () => {}, sources })
}

async function withBuildNumbers(
  request: BuildRequest,
  change: BuildNumberChange | undefined,
  { channel, context }: { readonly channel: string; readonly context: BuildContext },
): Promise<BuildRequest['render']> {
  if (!change) return request.render
  const { render } = request
  if (change.kind === 'set') {
    const text = `Setting build number to ${change.number} for all outputs`
    context.emit({ type: 'note', text })
    return { ...render, options: { ...render.options, buildNumber: change.number } }
  }
  const outputs = (await renderQuietly(request, context)).flatMap((recipe) => recipe.outputs)
  const place = { channel, subdir: request.plan.hostPlatform.subdir, context }
  const bumped = await bumpBuildNumbers(outputs, change.offset, place)
  for (const { name, version, from, to } of bumped) {
    const offset = change.offset < 0 ? `${change.offset}` : `+${change.offset}`
    const text = `Packaging ${name} (${version}): bumping build number from ${from ?? 0} to ${to} (${offset})`
    context.emit({ type: 'note', text })
  }
  const buildNumbers = new Map(bumped.map(({ name, version, to }) => [`${name} ${version}`, to]))
  return { ...render, options: { ...render.options, buildNumbers } }
}
