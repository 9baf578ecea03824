/** Turns rendered outputs into builds: order, identity, directories, platforms. */
import type { Platform } from '../../conda/index.js'
import type { RenderedOutput } from '../../recipe/index.js'
import { buildDirectories, moveDirectories } from './directories.js'
import { unknownUpTo } from './errors.js'
import { neededNames, orderOutputs } from './order-outputs.js'
import type { BuildPlan, PackagingSettings } from './types.js'

/** The outputs of one recipe. */
export interface RenderedRecipeFile {
  readonly path: string
  readonly directory: string
  readonly outputs: readonly RenderedOutput[]
  /** Channel URLs of each output, in the order of `outputs`. */
  readonly channels: readonly (readonly string[])[]
}

export interface PlanOptions {
  readonly outputDirectory: string
  readonly buildPlatform: Platform
  readonly hostPlatform: Platform
  /** The second the run started: names the build directories. Absent with `--no-build-id`. */
  readonly buildId: number | undefined
  readonly timestampSeconds: number
  readonly packaging: PackagingSettings
  /** Only this package and what it is built from. */
  readonly upTo?: string | undefined
}

/** The builds to do, in an order in which each finds what it needs already built. Skipped outputs are left out. */
export function planBuilds(recipes: readonly RenderedRecipeFile[], options: PlanOptions): BuildPlan[] {
  const items = recipes.flatMap((recipe) =>
    recipe.outputs.map((output, index) => ({ recipe, output, channels: recipe.channels[index] ?? [] })),
  )
  const wanted = items.filter(({ output }) => !output.skip)
  const ordered = orderOutputs(selectUpTo(wanted, options.upTo), ({ output }) => output)
  const nextIds = new Map<string, number>()
  return ordered.map((item) => planBuild(item, uniqueBuildId(item.output, options.buildId, nextIds), options))
}

interface PlanItem {
  readonly recipe: RenderedRecipeFile
  readonly output: RenderedOutput
  readonly channels: readonly string[]
}

function planBuild(item: PlanItem, buildId: number | undefined, options: PlanOptions): BuildPlan {
  const { recipe, output } = item
  const { package: identity, build } = output.recipe
  const name = identity.name.toLowerCase()
  return {
    id: `${name}-${identity.version}-${build.string}`,
    name,
    version: identity.version,
    buildString: build.string,
    buildNumber: build.number ?? 0,
    output,
    platforms: {
      build: options.buildPlatform,
      host: options.hostPlatform,
      targetSubdir: output.targetPlatform,
    },
    directories: buildDirectories({
      recipeDirectory: recipe.directory,
      outputDirectory: options.outputDirectory,
      name: output.directoryName,
      buildId,
      mergeBuildAndHost: build.merge_build_and_host_envs === true,
      isWindows: options.buildPlatform.family === 'win',
    }),
    recipePath: recipe.path,
    timestampSeconds: options.timestampSeconds,
    channels: item.channels,
    packaging: options.packaging,
  }
}

/** The plan in a directory of its own, when another process has taken the planned one. */
export function withBuildId(plan: BuildPlan, buildId: number): BuildPlan {
  const directories = moveDirectories(plan.directories, { name: plan.output.directoryName, buildId })
  return { ...plan, directories }
}

/** Two variants of one package must not share a directory, even when both start in the same second. */
function uniqueBuildId(
  { directoryName }: RenderedOutput,
  first: number | undefined,
  nextIds: Map<string, number>,
): number | undefined {
  if (first === undefined) return undefined
  const id = nextIds.get(directoryName) ?? first
  nextIds.set(directoryName, id + 1)
  return id
}

function selectUpTo(items: readonly PlanItem[], upTo: string | undefined): readonly PlanItem[] {
  if (upTo === undefined) return items
  const nameOf = ({ output }: PlanItem) => output.recipe.package.name.toLowerCase()
  const names = new Set(items.map(nameOf))
  if (!names.has(upTo.toLowerCase())) throw unknownUpTo(upTo, [...names])
  const selected = new Set<string>()
  const queue = [upTo.toLowerCase()]
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (selected.has(name)) continue
    selected.add(name)
    for (const item of items) {
      if (nameOf(item) === name)
        queue.push(...[...neededNames(item.output)].filter((needed) => names.has(needed)))
    }
  }
  return items.filter((item) => selected.has(nameOf(item)))
}
