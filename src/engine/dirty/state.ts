/** The memory of a dirty build directory: read with suspicion, written whole. */
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { version } from '../../settings/index.js'
import type { BuildPlan } from '../../stages/plan-builds/index.js'
import type { BuildContext } from '../context.js'
import type { DirtyState, ToolFacts, Verdict } from './types.js'

/** Of the files that are compared; another one makes everything new. */
const schema = 3

export interface OpenedState {
  readonly state: DirtyState
  /** Why nothing of the directory could be used; undefined when it could. */
  readonly discarded: Verdict | undefined
}

/** What an earlier run left; a fresh state when there is none or it cannot be compared. Nothing is changed. */
export async function openState(
  plan: BuildPlan,
  context: Pick<BuildContext, 'system'>,
): Promise<OpenedState> {
  const tool = await toolFacts(plan, context)
  const found = await readState(plan.directories.build, context)
  if (found === undefined)
    return { state: freshState(tool), discarded: discard('nothing was built here before', []) }
  if (found === 'malformed')
    return { state: freshState(tool), discarded: discard('its notes cannot be read', []) }
  const changes = Object.entries(tool)
    .filter(([key, value]) => found.tool[key as keyof ToolFacts] !== value)
    .map(([key, value]) => `${key} ${String(found.tool[key as keyof ToolFacts])} -> ${String(value)}`)
  if (changes.length === 0) return { state: found, discarded: undefined }
  return { state: freshState(tool), discarded: discard(changes.join(', '), changes) }
}

function discard(reason: string, changes: readonly string[]): Verdict {
  return { layer: 'all', action: 'discard', reason, changes }
}

function freshState(tool: ToolFacts): DirtyState {
  return { tool, phase: 'environments', key: randomBytes(32).toString('hex'), prefixes: {} }
}

async function toolFacts(plan: BuildPlan, { system }: Pick<BuildContext, 'system'>): Promise<ToolFacts> {
  const { build } = plan.directories
  const { os, arch, uid } = system.host
  const isThere = (await system.fs.stat(build)) !== undefined
  return {
    schema,
    version,
    platform: `${os}-${arch} ${plan.platforms.build.subdir} ${plan.platforms.host.subdir}`,
    directory: isThere ? await system.fs.realPath(build) : build,
    user: uid,
    recipe: plan.recipePath,
  }
}

function stateFile(build: string): string {
  return path.join(build, '.build', 'state.json')
}

async function readState(
  build: string,
  { system }: Pick<BuildContext, 'system'>,
): Promise<DirtyState | 'malformed' | undefined> {
  const file = stateFile(build)
  if ((await system.fs.lstat(file))?.type !== 'file') return undefined
  try {
    const state = JSON.parse(await system.fs.readText(file)) as Partial<DirtyState> | null
    const isWhole = state?.tool && state.prefixes && typeof state.key === 'string' && state.phase
    return isWhole && hasSafeNames(state as DirtyState) ? (state as DirtyState) : 'malformed'
  } catch {
    return 'malformed'
  }
}

/** Scripts can write here too: no name may lead out of the directory it is relative to. */
function hasSafeNames({ prefixes, sources, script }: DirtyState): boolean {
  const trees: readonly (object | undefined)[] = [
    prefixes.build?.marks.files,
    prefixes.host?.marks.files,
    sources?.baseline,
    sources?.begun.contents,
    sources?.left?.contents,
    sources?.git,
    sources?.tree?.files,
    script?.prefix?.files,
  ]
  return trees.every((tree) => Object.keys(tree ?? {}).every(isSafe))
}

function isSafe(name: string): boolean {
  return name !== '' && !path.isAbsolute(name) && !name.split(/[/\\]/).includes('..')
}

/** Replaces the notes; only the owner can read them, because hashes of secrets are among them. */
export async function saveState(
  build: string,
  state: DirtyState,
  { system }: Pick<BuildContext, 'system'>,
): Promise<DirtyState> {
  const file = stateFile(build)
  await system.fs.makeDirectory(path.dirname(file))
  await system.fs.writeFileAtomic(file, `${JSON.stringify(state)}\n`, { mode: 0o600 })
  return state
}
