/** Decides what a build depends on that somebody can save: the directories of recipes, path sources, variant files. */
import path from 'node:path'
import type { BuildRequest } from '../build-request.js'
import type { BuildContext } from '../context.js'
import { planRecipes } from '../plan-recipes.js'
import { renderRecipes } from '../render-recipes.js'

/** Absolute paths of directories, and of files whose neighbours do not count. */
export interface WatchedPlaces {
  readonly directories: readonly string[]
  readonly files: readonly string[]
}

/** While the recipe has a mistake, nobody knows its sources: those of `known` stay. */
export async function watchedPlaces(
  request: BuildRequest,
  known: WatchedPlaces,
  context: BuildContext,
): Promise<WatchedPlaces> {
  const given = await placesOfCall(request, context)
  try {
    const sources = await pathSources(request, context)
    return {
      directories: unique([...given.directories, ...sources.directories]),
      files: unique([...given.files, ...sources.files]),
    }
  } catch {
    const { directories, files } = known
    return {
      directories: unique([...given.directories, ...directories]),
      files: unique([...given.files, ...files]),
    }
  }
}

async function placesOfCall(request: BuildRequest, { system }: BuildContext): Promise<WatchedPlaces> {
  const here = (given: string) => path.resolve(system.host.currentDirectory, given)
  const { below, paths } = request.recipes
  const directories: string[] = []
  for (const given of below === undefined ? paths : [below]) {
    const isDirectory = (await system.fs.stat(here(given)))?.type === 'directory'
    directories.push(isDirectory ? here(given) : path.dirname(here(given)))
  }
  return { directories, files: request.render.variantFiles.map(here) }
}

async function pathSources(request: BuildRequest, context: BuildContext): Promise<WatchedPlaces> {
  const { fs, clock } = context.system
  const quiet = { ...context, emit: () => {}, sources: new Map<string, string>() }
  const plans = planRecipes(await renderRecipes(request, quiet), request, clock.now())
  const directories: string[] = []
  const files: string[] = []
  for (const plan of plans) {
    for (const source of plan.output.recipe.source ?? []) {
      if (!('path' in source)) continue
      const place = path.resolve(path.dirname(plan.recipePath), source.path)
      const isDirectory = (await fs.stat(place))?.type === 'directory'
      ;(isDirectory ? directories : files).push(place)
    }
  }
  return { directories, files }
}

function unique(paths: readonly string[]): readonly string[] {
  return [...new Set(paths)]
}
