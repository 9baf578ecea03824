/** Solves specs and gives a prefix the packages that satisfy them. */
import { type Platform, parseMatchSpec } from '../../conda/index.js'
import {
  type InstallOptions,
  inspectPrefix,
  type LinkScriptPolicy,
  type PrefixUpdate,
  previewUpdate,
  type UpdateRequest,
  updatePrefix,
} from '../../stages/install-prefixes/index.js'
import { type ChannelRecord, solve } from '../../stages/solve-environments/index.js'
import type { StageContext } from '../../system/index.js'

export interface EnvironmentRequest {
  /** Absolute. */
  readonly prefix: string
  readonly specs: readonly string[]
  /** URLs or absolute paths, first wins. */
  readonly channels: readonly string[]
  readonly platform: Platform
  readonly channelPriority: 'strict' | 'disabled'
  readonly excludeNewerMs: number | undefined
  readonly cacheDirectory: string
  readonly linkScripts?: LinkScriptPolicy | undefined
  /** Only say what would be done. */
  readonly dryRun: boolean
  /** The command line for the history, without secrets. */
  readonly command: string
}

export interface CreatedEnvironment {
  readonly update: PrefixUpdate
  /** All packages of the environment, dependencies first. */
  readonly records: readonly ChannelRecord[]
}

/**
 * Makes the environment, or changes the one that is there to these specs and nothing else.
 * @throws BuildError `solve/...`, `channel/...`, `install/...`, `archive/...`
 */
export async function createEnvironment(
  request: EnvironmentRequest,
  context: StageContext,
): Promise<CreatedEnvironment> {
  const { prefix, specs, platform, cacheDirectory, dryRun, command } = request
  const startedMs = context.system.clock.monotonic()
  // A directory that is none of ours has to be said before anything is fetched.
  await inspectPrefix(prefix, context)
  const records = await solveSpecs(request, context)
  const update: UpdateRequest = {
    ...{ path: prefix, platform, records, specs, command },
    requested: requestedByName(specs),
  }
  const result = dryRun
    ? await previewUpdate(update, context)
    : await install(update, { cacheDirectory, linkScripts: request.linkScripts }, context)
  context.emit({
    type: 'environment-ready',
    prefix,
    action: dryRun ? 'planned' : result.action,
    packages: records.length,
    added: result.added.length,
    removed: result.removed.length,
    relinked: result.relinked.length,
    ms: context.system.clock.monotonic() - startedMs,
  })
  return { update: result, records }
}

async function solveSpecs(request: EnvironmentRequest, context: StageContext) {
  const { channels, platform, channelPriority, excludeNewerMs, cacheDirectory } = request
  const options = { channels, platform, channelPriority, excludeNewerMs, cacheDirectory }
  return runStage('solve', context, async () => {
    const records = await solve(request.specs, options, context)
    return { result: records, facts: { packages: records.length } }
  })
}

async function install(
  update: UpdateRequest,
  options: InstallOptions,
  context: StageContext,
): Promise<PrefixUpdate> {
  return runStage('install', context, async () => {
    const result = await updatePrefix(update, options, context)
    const { added, removed, relinked, kept } = result
    const counts = { added: added.length + relinked.length, removed: removed.length, kept: kept.length }
    return { result, facts: { packages: update.records.length, ...counts } }
  })
}

async function runStage<T>(
  stage: 'solve' | 'install',
  { emit, system, signal }: StageContext,
  action: () => Promise<{ result: T; facts: Readonly<Record<string, number>> }>,
): Promise<T> {
  signal.throwIfAborted()
  emit({ type: 'stage-started', stage, output: '' })
  const startedMs = system.clock.monotonic()
  const { result, facts } = await action()
  emit({ type: 'stage-finished', stage, output: '', ms: system.clock.monotonic() - startedMs, facts })
  return result
}

/** Solving has refused what cannot be parsed. */
function requestedByName(specs: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const requested = new Map<string, readonly string[]>()
  for (const spec of specs) {
    const { name } = parseMatchSpec(spec, { mode: 'lenient', v3: true })
    if (name !== undefined) requested.set(name, [...(requested.get(name) ?? []), spec])
  }
  return requested
}
