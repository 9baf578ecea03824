/** Installs the environments of a build aside, for a look at what their packages set. */
import path from 'node:path'
import { installPrefixes, type LinkScriptPolicy, type Prefix } from '../../stages/install-prefixes/index.js'
import type { BuildPlan } from '../../stages/plan-builds/index.js'
import { solveEnvironments } from '../../stages/solve-environments/index.js'
import type { BuildContext } from '../context.js'
import { inStage } from '../in-stage.js'
import { createUnpack } from '../unpack-package.js'

export interface LookOptions {
  readonly channelPriority: 'strict' | 'flexible' | 'disabled'
  readonly cacheDirectory: string
  readonly linkScripts?: LinkScriptPolicy | undefined
  readonly excludeNewerMs: number | undefined
}

/** A plan whose directories may be temporary ones. */
export interface PlacedPlan {
  readonly plan: BuildPlan
  readonly isInstalled: boolean
  readonly hostRecords: readonly Prefix['records'][number][]
  /** A text with the directories that the build itself will have. */
  readonly toPlanned: (text: string) => string
  /** The script relative to its prefix, and the package that brought it. */
  readonly ownerOf: (
    environment: 'build' | 'host',
    script: string,
  ) => { readonly script: string; readonly package?: string }
  readonly remove: () => Promise<void>
}

/** Without options nothing is solved and nothing is created. @throws BuildError `solve/...`, `install/...` */
export async function installForLook(
  plan: BuildPlan,
  options: LookOptions | undefined,
  context: BuildContext,
): Promise<PlacedPlan> {
  if (options === undefined) {
    return {
      plan,
      isInstalled: false,
      hostRecords: [],
      toPlanned: (text) => text,
      ownerOf: (_, script) => ({ script }),
      remove: async () => {},
    }
  }
  const { fs } = context.system
  const aside = await fs.makeTempDirectory(context.system.host.tempDirectory, 'krait-env-')
  const remove = () => fs.remove(aside)
  try {
    const moved = moveAside(plan, aside)
    const local = (await fs.stat(plan.directories.output)) ? [plan.directories.output] : []
    const channels = [...local, ...plan.channels]
    const unpack = createUnpack(options.cacheDirectory, context)
    const solved = await inStage('solve', () =>
      solveEnvironments(moved, { ...options, channels, unpack }, context),
    )
    const { prefixes } = await installPrefixes(solved, options, context)
    const directories = { build: moved.directories.buildPrefix, host: moved.directories.host }
    const records = { build: prefixes.build?.records ?? [], host: prefixes.host.records }
    return {
      plan: moved,
      isInstalled: true,
      hostRecords: prefixes.host.records,
      toPlanned: createPathMap(moved, plan),
      ownerOf: (environment, script) => {
        const relative = path.relative(directories[environment], script)
        const owner = records[environment].find(({ files }) => files.includes(relative))
        return { script: relative, ...(owner && { package: owner.name }) }
      },
      remove,
    }
  } catch (error) {
    await remove()
    throw error
  }
}

function moveAside(plan: BuildPlan, build: string): BuildPlan {
  const { directories } = plan
  const host = path.join(build, 'host_env')
  const isMerged = directories.host === directories.buildPrefix
  const buildPrefix = isMerged ? host : path.join(build, 'build_env')
  const moved = { ...directories, build, work: path.join(build, 'work'), host, buildPrefix }
  return { ...plan, directories: moved }
}

function createPathMap(moved: BuildPlan, planned: BuildPlan): (text: string) => string {
  const keys = ['host', 'buildPrefix', 'work', 'build'] as const
  return (text) =>
    keys.reduce((all, key) => all.replaceAll(moved.directories[key], planned.directories[key]), text)
}
