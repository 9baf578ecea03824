/** The memory of a dirty build directory: read with suspicion, written whole. */
import { createHash, randomBytes } from 'node:crypto'
import path from 'node:path'
import { version } from '../../settings/index.js'
import type { BuildPlan } from '../../stages/plan-builds/index.js'
import type { BuildContext } from '../context.js'
import { inStage } from '../in-stage.js'
import type { ContentMap } from './plan-sync.js'
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
  if (found.isSecretNamed)
    return { state: freshState(tool), discarded: discard('a file name or a link held a secret', []) }
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
    const { digest, state } = JSON.parse(await system.fs.readText(file)) as SavedState
    return digest === digestOf(JSON.stringify(state)) && hasSafeNames(state) ? state : 'malformed'
  } catch {
    return 'malformed'
  }
}

/** What the file holds; a file that was damaged is no memory of anything. */
interface SavedState {
  /** SHA-256 of the JSON of the state, hexadecimal. */
  readonly digest: string
  readonly state: DirtyState
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Scripts can write here too: no name may lead out of the directory it is relative to. */
function hasSafeNames(state: DirtyState): boolean {
  return treesOf(state).every((tree) => Object.keys(tree).every(isSafe))
}

/** By paths that are relative to some directory. */
function treesOf({ prefixes, sources, script }: DirtyState): readonly ContentMap[] {
  return [
    prefixes.build?.marks.files,
    prefixes.host?.marks.files,
    sources?.baseline,
    sources?.begun.contents,
    sources?.left?.contents,
    sources?.git,
    sources?.tree?.files,
    script?.prefix?.files,
    script?.recipe.contents,
    ...(script?.steps ?? []).map(({ files }) => files),
  ].filter((tree) => tree !== undefined)
}

/** Whether a secret is part of the name of a file, or of what a link points to. */
function namesSecret(state: DirtyState, masker: BuildContext['masker']): boolean {
  const texts = treesOf(state).flatMap((tree) => [
    ...Object.keys(tree),
    ...Object.values(tree).filter((content) => content.startsWith('link ')),
  ])
  const text = texts.join('\n')
  return masker.maskText(text) !== text
}

/** Secrets are never written down, so nobody will know what of the directory can be used. */
function withoutNames({ tool, key, phase }: DirtyState): DirtyState {
  return { tool, key, phase, prefixes: {}, isSecretNamed: true }
}

function isSafe(name: string): boolean {
  return name !== '' && !path.isAbsolute(name) && !name.split(/[/\\]/).includes('..')
}

/** Replaces the notes; only the owner can read them, because hashes of secrets are among them. */
export async function saveState(
  build: string,
  state: DirtyState,
  { system, masker }: Pick<BuildContext, 'system' | 'masker'>,
): Promise<DirtyState> {
  const file = stateFile(build)
  const text = JSON.stringify(namesSecret(state, masker) ? withoutNames(state) : state)
  await inStage('notes', async () => {
    await system.fs.makeDirectory(path.dirname(file))
    await system.fs.writeFileAtomic(file, `{"digest":"${digestOf(text)}","state":${text}}\n`, { mode: 0o600 })
  })
  return state
}
