/** The recipe as it travels in the package, below `info/recipe/` (spec: package.md 2.10). */
import { basename, join, relative } from 'node:path'
import type { ArchiveEntry } from '../../archive/index.js'
import type { StageContext, WalkEntry } from '../../system/index.js'
import { createIgnoreFilter, type IgnoreFile } from '../../text/index.js'
import type { ScriptResult } from '../run-script/index.js'
import { specialFile } from './errors.js'
import { largeRecipe } from './warnings/errors.js'

/** More than this beside a recipe is rarely meant to be published. */
const noticeableSize = 10 << 20

/**
 * Everything in the recipe's directory except hidden files, the output directory and what ignore files leave out.
 * The recipe itself is called `recipe.yaml`, whatever its name was.
 */
export async function collectRecipeFiles(
  plan: ScriptResult,
  context: StageContext,
): Promise<readonly ArchiveEntry[]> {
  const { fs } = context.system
  const root = plan.directories.recipe
  const isIgnored = await readIgnoreRules(plan, context)
  const recipeName = relative(root, plan.recipePath)
  const skip = (entry: WalkEntry) =>
    basename(entry.path).startsWith('.') ||
    isOutput(join(root, entry.path), plan) ||
    isIgnored(entry.path, entry.type === 'directory')
  const walked = await fs.walk(root, (entry) => entry.path !== recipeName && skip(entry))
  const entries: ArchiveEntry[] = []
  let sizeBytes = 0
  for (const entry of walked) {
    if (entry.path === 'recipe.yaml' && recipeName !== 'recipe.yaml') continue
    const made = await toEntry(entry, { root, recipeName, walked, context })
    if (made?.kind === 'file') sizeBytes += made.sizeBytes
    if (made) entries.push(made)
  }
  if (sizeBytes > noticeableSize) warnAboutSize(sizeBytes, plan, context)
  return entries
}

function isOutput(path: string, plan: ScriptResult): boolean {
  return path === plan.directories.output || path === plan.directories.build
}

async function readIgnoreRules(plan: ScriptResult, context: StageContext) {
  const { fs } = context.system
  const root = plan.directories.recipe
  const found = await fs.walk(
    root,
    (entry) => entry.path.endsWith('/.git') || isOutput(join(root, entry.path), plan),
  )
  const files: IgnoreFile[] = []
  for (const entry of found) {
    if (entry.type !== 'file' || !/(?:^|\/)\.(?:gitignore|condapackageignore)$/.test(entry.path)) continue
    const directory = entry.path.split('/').slice(0, -1).join('/')
    files.push({ directory, text: await fs.readText(join(root, entry.path)) })
  }
  return createIgnoreFilter(files)
}

interface RecipeDirectory {
  readonly root: string
  readonly recipeName: string
  readonly walked: readonly WalkEntry[]
  readonly context: StageContext
}

async function toEntry(entry: WalkEntry, directory: RecipeDirectory): Promise<ArchiveEntry | undefined> {
  const { root, recipeName, walked, context } = directory
  const { fs } = context.system
  const source = join(root, entry.path)
  const path = `info/recipe/${entry.path === recipeName ? 'recipe.yaml' : entry.path}`
  if (entry.type === 'directory') {
    if (walked.some((other) => other.path.startsWith(`${entry.path}/`))) return undefined
    // One that only seems empty, such as the output of another call, must not make a difference.
    return (await fs.list(source)).length === 0 ? { kind: 'directory', path } : undefined
  }
  if (entry.type === 'other') throw specialFile(source)
  // The recipe itself is stored as text even when it is a link, because the link's target is not in the package.
  if (entry.type === 'symlink' && entry.path !== recipeName)
    return { kind: 'symlink', path, target: await fs.readLink(source) }
  const info = await fs.stat(source)
  const sizeBytes = info?.sizeBytes ?? 0
  return { kind: 'file', path, source, sizeBytes, executable: ((info?.mode ?? 0) & 0o100) !== 0 }
}

function warnAboutSize(sizeBytes: number, plan: ScriptResult, context: StageContext): void {
  context.emit({ type: 'warning', output: plan.id, ...largeRecipe(sizeBytes) })
}
