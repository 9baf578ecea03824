/** What the templates of one recipe may ask of the world: git repositories and files beside the recipe. */
import { createHash } from 'node:crypto'
import path from 'node:path'
import { isBuildError } from '../errors/index.js'
import { loadTomlParser, type System } from '../system/index.js'
import { environmentError, type TemplateEffects } from '../template/index.js'
import type { Json } from '../text/index.js'
import { createGitLookups } from './git-lookups.js'
import { readYamlData } from './read-yaml-data.js'

type LoadFromFile = NonNullable<TemplateEffects['loadFromFile']>
type ParseToml = Awaited<ReturnType<typeof loadTomlParser>>

/**
 * `git.*` and `load_from_file` for a recipe; paths are relative to its directory (spec: render.md 3.1).
 * @param recipe its text tells whether a TOML parser is needed, because templates cannot wait for one
 */
export async function createTemplateEffects(
  recipe: { readonly directory: string; readonly text: string },
  system: Pick<System, 'fs' | 'process' | 'env' | 'host'>,
): Promise<Pick<TemplateEffects, 'git' | 'loadFromFile'>> {
  const parseToml = recipe.text.includes('load_from_file') ? await loadTomlParser() : undefined
  return {
    git: createGitLookups(recipe.directory, system),
    loadFromFile: createLoader([recipe.directory, system.host.currentDirectory], { system, parseToml }),
  }
}

interface LoaderContext {
  readonly system: Pick<System, 'fs'>
  readonly parseToml: ParseToml | undefined
}

function createLoader(directories: readonly string[], context: LoaderContext): LoadFromFile {
  return (given) => {
    const { file, text } = readFirst(given, directories, context)
    const sha256 = createHash('sha256').update(text).digest('hex')
    return { value: parseData(given, text, context), path: file, sha256 }
  }
}

function readFirst(given: string, directories: readonly string[], { system }: LoaderContext) {
  let reason = ''
  for (const directory of directories) {
    const file = path.resolve(directory, given)
    try {
      return { file, text: system.fs.readTextSync(file) }
    } catch (error) {
      if (!isBuildError(error)) throw error
      reason ||= error.message
    }
  }
  throw environmentError(
    `Failed to open file '${given}'`,
    `${reason}; paths are relative to the directory of the recipe`,
  )
}

function parseData(given: string, text: string, { parseToml }: LoaderContext): Json {
  try {
    switch (path.extname(given).toLowerCase()) {
      case '.json':
        return JSON.parse(text) as Json
      case '.yaml':
      case '.yml':
        return readYamlData({ file: given, text })
      case '.toml':
        return parseToml === undefined ? text : toPlain(parseToml(text))
      default:
        return text
    }
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
    throw environmentError(`Failed to parse file '${given}': ${reason}`)
  }
}

/** Dates become text; everything else TOML has is JSON already. */
function toPlain(value: unknown): Json {
  if (Array.isArray(value)) return value.map(toPlain)
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toPlain(item)]))
  }
  return value as Json
}
