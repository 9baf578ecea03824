/** What `krait debug` knows about a build that is still there: noted before its script runs, outside of the sources. */
import path from 'node:path'
import { findPlatform, type Platform, stripCredentials } from '../../conda/index.js'
import type { RenderedSource } from '../../recipe/index.js'
import type { SourcedPlan } from '../../stages/fetch-sources/index.js'
import type { LinkScriptPolicy } from '../../stages/install-prefixes/index.js'
import type { Directories } from '../../stages/plan-builds/index.js'
import type { Isolation } from '../../stages/run-script/index.js'
import type { ChannelPriority } from '../../stages/solve-environments/index.js'
import type { StageContext } from '../../system/index.js'
import { declaredSecrets } from '../register-secrets.js'
import { badDebugState, noDebugBuild } from './errors.js'

/** Plain JSON, without the value of any secret. */
export interface DebugState {
  readonly version: 1
  readonly id: string
  readonly recipePath: string
  readonly directories: Directories
  /** Subdirs. */
  readonly platforms: { readonly build: string; readonly host: string; readonly target: string }
  readonly isolation: Isolation
  /** Names. */
  readonly secrets: readonly string[]
  readonly channels: readonly string[]
  readonly channelPriority: ChannelPriority
  readonly linkScripts?: LinkScriptPolicy | undefined
  /** As they were really used: commits instead of branches, and no credentials. */
  readonly sources: readonly RenderedSource[]
  /** Of what each of them brought. */
  readonly sourceHashes: readonly string[]
}

/** `krait debug workdir --json`: where a build that is kept has what. */
export interface DebugPlaces {
  /** The output: `name-version-build`. */
  readonly id: string
  /** Where its sources are, and its script runs; absolute, as the others. */
  readonly work: string
  readonly host_prefix: string
  /** The same as the host prefix when both are merged. */
  readonly build_prefix: string
}

/** For scripts. */
export function toDebugPlaces({ id, directories }: Pick<DebugState, 'id' | 'directories'>): DebugPlaces {
  const { work, host, buildPrefix } = directories
  return { id, work, host_prefix: host, build_prefix: buildPrefix }
}

interface StateOptions {
  readonly isolation: Isolation
  readonly channelPriority: ChannelPriority
  readonly linkScripts?: LinkScriptPolicy | undefined
}

/** Notes the build, in a file that only its owner can read. */
export async function saveDebugState(
  plan: SourcedPlan,
  { isolation, channelPriority, linkScripts }: StateOptions,
  { system }: Pick<StageContext, 'system'>,
): Promise<void> {
  const { build, host, targetSubdir } = plan.platforms
  const state: DebugState = {
    version: 1,
    id: plan.id,
    recipePath: plan.recipePath,
    directories: plan.directories,
    platforms: { build: build.subdir, host: host.subdir, target: targetSubdir },
    isolation,
    secrets: declaredSecrets(plan.output),
    channels: plan.channels.map(stripCredentials),
    channelPriority,
    linkScripts,
    // Fetched sources are rendered sources with a few values made exact.
    sources: plan.sources.map(({ source }) => source as unknown as RenderedSource),
    sourceHashes: plan.sources.map(({ sha256 }) => sha256),
  }
  const file = stateFile(plan.directories.build)
  await system.fs.makeDirectory(path.dirname(file))
  await system.fs.writeFile(file, `${JSON.stringify(state)}\n`, { mode: 0o600 })
}

function stateFile(buildDirectory: string): string {
  return path.join(buildDirectory, '.build', 'debug.json')
}

/**
 * The build whose work directory is named, else the newest one below the output directory.
 * @throws BuildError `usage/no-debug-build`, `usage/debug-state`
 */
export async function findDebugState(
  request: { readonly outputDirectory: string; readonly work: string | undefined },
  context: Pick<StageContext, 'system'>,
): Promise<DebugState> {
  const { work, outputDirectory } = request
  const build = work === undefined ? await newestBuild(outputDirectory, context) : path.dirname(work)
  if (build === undefined) throw noDebugBuild(outputDirectory)
  return readState(build, work ?? path.join(build, 'work'), context)
}

async function newestBuild(
  outputDirectory: string,
  { system }: Pick<StageContext, 'system'>,
): Promise<string | undefined> {
  const bld = path.join(outputDirectory, 'bld')
  let newest: { readonly build: string; readonly mtimeMs: number } | undefined
  for (const name of await system.fs.list(bld)) {
    const build = path.join(bld, name)
    const info = await system.fs.stat(stateFile(build))
    if (info && (newest === undefined || info.mtimeMs >= newest.mtimeMs))
      newest = { build, mtimeMs: info.mtimeMs }
  }
  return newest?.build
}

async function readState(
  build: string,
  work: string,
  { system }: Pick<StageContext, 'system'>,
): Promise<DebugState> {
  const file = stateFile(build)
  if ((await system.fs.stat(file)) === undefined) throw badDebugState(work, `there is no ${file}`)
  let state: unknown
  try {
    state = JSON.parse(await system.fs.readText(file))
  } catch (error) {
    throw badDebugState(work, error instanceof Error ? error.message : String(error))
  }
  if (!isDebugState(state)) throw badDebugState(work, 'another version of krait has written its notes')
  // Prefixes hold their own path: what was moved or copied would change the original.
  if (state.directories.build !== build)
    throw badDebugState(work, `it was moved here from ${state.directories.build}`)
  return state
}

function isDebugState(value: unknown): value is DebugState {
  return typeof value === 'object' && value !== null && (value as { version?: unknown }).version === 1
}

/** The platforms of a build again. */
export function platformsOf(state: DebugState): {
  readonly build: Platform
  readonly host: Platform
  readonly targetSubdir: string
} {
  const { build, host, target } = state.platforms
  return { build: known(build, state), host: known(host, state), targetSubdir: target }
}

function known(subdir: string, state: DebugState): Platform {
  const platform = findPlatform(subdir)
  if (platform === undefined) throw badDebugState(state.directories.work, `\`${subdir}\` is no platform`)
  return platform
}
