/** Finds the recipe files that a call is about. */
import path from 'node:path'
import type { System } from '../system/index.js'
import { closest } from '../text/index.js'
import { notUtf8, recipeNotFound } from './errors.js'
import { inStage } from './in-stage.js'
import { localPath } from './local-path.js'

/** A recipe as text, with the name it is shown under. */
export interface RecipeFile {
  /** Absolute path; for standard input the file it would have in the current directory. */
  readonly path: string
  readonly directory: string
  /** Relative to the current directory, as people type it. */
  readonly shown: string
  readonly text: string
}

export interface RecipeSelection {
  /** Files, directories with a recipe.yaml, or `-`. */
  readonly paths: readonly string[]
  /** All recipes below this directory. */
  readonly below: string | undefined
  /** A directory that is not searched: the output directory, where unfinished builds may have copies of recipes. */
  readonly except?: string
  readonly stdin: AsyncIterable<Uint8Array>
}

/** The recipes, in the order they were named. Rejects with `load/recipe-not-found`. */
export function findRecipes(selection: RecipeSelection, system: System): Promise<RecipeFile[]> {
  return inStage('recipe', () => findAll(selection, system))
}

async function findAll(selection: RecipeSelection, system: System): Promise<RecipeFile[]> {
  if (selection.below !== undefined) return readBelow(selection.below, selection.except, system)
  const recipes = new Map<string, RecipeFile>()
  for (const given of new Set(selection.paths)) {
    if (given === '-') recipes.set(given, await readStdin(selection.stdin, system))
    else {
      const recipe = await readGiven(given, system)
      const identity = await identityOf(recipe, system)
      if (!recipes.has(identity)) recipes.set(identity, recipe)
    }
  }
  return [...recipes.values()]
}

/**
 * The same for one recipe under several names. A link of its own stands for itself: what lies beside it is another
 * recipe's.
 */
async function identityOf({ path: file, directory }: RecipeFile, { fs }: System): Promise<string> {
  return path.join(await fs.realPath(directory), path.basename(file))
}

async function readGiven(given: string, system: System): Promise<RecipeFile> {
  const absolute = localPath(given, system.host.currentDirectory)
  const info = await system.fs.stat(absolute)
  const file = info?.type === 'directory' ? path.join(absolute, 'recipe.yaml') : absolute
  if ((await system.fs.stat(file))?.type !== 'file') {
    const named = given.includes('://') ? absolute : given
    throw recipeNotFound(named, await whatElse(named, file, system))
  }
  return readRecipe(file, system)
}

/** What people may have meant: a file of nearly the same name, or recipes that lie deeper. */
async function whatElse(given: string, file: string, system: System): Promise<string | undefined> {
  const directory = path.dirname(file)
  const siblings = await system.fs.list(directory)
  const nearest = closest(path.basename(file), siblings)
  const isDirectory = file !== path.resolve(system.host.currentDirectory, given)
  const beside = isDirectory ? given : path.dirname(given)
  if (nearest !== undefined) return `did you mean \`${path.join(beside, nearest)}\`?`
  if (!isDirectory) return undefined
  if (siblings.includes('meta.yaml'))
    return '`meta.yaml` is a recipe of conda-build; docs/how-to/from-conda-build.md says how it becomes a recipe.yaml'
  const below = await recipesBelow(directory, siblings, system)
  const [first = '', ...more] = below
  if (below.length === 0) return undefined
  return more.length === 0
    ? `did you mean \`${path.join(beside, first)}\`?`
    : `name one of the recipes in it, such as \`${path.join(beside, first)}\`, or take all with \`--recipe-dir ${beside}\``
}

/** Directories with a recipe.yaml in a directory, and in the usual places for many of them. */
async function recipesBelow(
  directory: string,
  names: readonly string[],
  { fs }: System,
): Promise<readonly string[]> {
  const many = await Promise.all(
    names
      .filter((name) => name === 'recipes' || name === 'conda')
      .map(async (name) =>
        (await fs.list(path.join(directory, name))).map((inner) => path.join(name, inner)),
      ),
  )
  const found: string[] = []
  for (const name of [...names, ...many.flat()]) {
    if (name.startsWith('.')) continue
    const info = await fs.stat(path.join(directory, name, 'recipe.yaml')).catch(() => undefined)
    if (info?.type === 'file') found.push(name)
  }
  return found
}

async function readRecipe(file: string, system: System): Promise<RecipeFile> {
  const shown = showPath(file, system)
  return { path: file, directory: path.dirname(file), shown, text: await readUtf8(file, shown, system) }
}

/** Only files named recipe.yaml count, and hidden directories are not searched (spec: render.md 7.6). */
async function readBelow(below: string, except: string | undefined, system: System): Promise<RecipeFile[]> {
  const root = path.resolve(system.host.currentDirectory, below)
  if ((await system.fs.stat(root))?.type !== 'directory') throw recipeNotFound(below, undefined)
  const entries = await system.fs.walk(
    root,
    (entry) => path.basename(entry.path).startsWith('.') || path.join(root, entry.path) === except,
  )
  const files = entries.filter(
    (entry) => path.basename(entry.path) === 'recipe.yaml' && entry.type === 'file',
  )
  return Promise.all(files.map((entry) => readRecipe(path.join(root, entry.path), system)))
}

async function readStdin(stdin: AsyncIterable<Uint8Array>, system: System): Promise<RecipeFile> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stdin) chunks.push(chunk)
  const directory = system.host.currentDirectory
  const text = decode(Buffer.concat(chunks), '<stdin>')
  return { path: path.join(directory, 'recipe.yaml'), directory, shown: '<stdin>', text }
}

/** The text of a file; rejects with `load/not-utf8`. */
export async function readUtf8(file: string, shown: string, system: System): Promise<string> {
  return inStage('recipe', async () => decode(await system.fs.readBytes(file), shown))
}

function decode(bytes: Uint8Array, shown: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw notUtf8(shown)
  }
}

/** The path relative to the current directory, unless it leads far away. */
export function showPath(file: string, system: System): string {
  const relative = path.relative(system.host.currentDirectory, file)
  return relative.startsWith('../../..') ? file : relative
}
