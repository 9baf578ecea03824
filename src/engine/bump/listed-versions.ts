/** Versions that stand beside the one a recipe has: tags of its repository, names in the directory of its archive. */
import { fileURLToPath } from 'node:url'
import { stripCredentials } from '../../conda/index.js'
import { listTags } from '../../stages/fetch-sources/index.js'
import { findPattern, readVersion, type VersionPattern } from './version-pattern.js'
import { type FindVersionSource, type LookupContext, readPage, urlsOf } from './version-source.js'

/** For git sources whose tag names the version. */
export const findInTags: FindVersionSource = (source, version) => {
  if (!('git' in source)) return undefined
  const { git } = source
  const pattern = findPattern((source.rev ?? '').replace(/^refs\/tags\//, ''), version)
  if (pattern === undefined) return undefined
  return {
    shown: `the tags of ${stripCredentials(git)}`,
    list: async (context) => read(await listTags(git, context.recipeDirectory, context), pattern),
  }
}

/** For any other address: the index of the directory in which the version first stands, as web servers show it. */
export const findInDirectory: FindVersionSource = (source, version) => {
  for (const url of urlsOf(source)) {
    const parts = url.pathname.split('/')
    const at = parts.findIndex((part) => findPattern(decode(part), version) !== undefined)
    const pattern = findPattern(decode(parts[at] ?? ''), version)
    if (pattern === undefined) continue
    const directory = new URL(`${parts.slice(0, at).join('/')}/`, url).href
    const list = directory.startsWith('file:') ? listFiles : listLinks
    return {
      shown: stripCredentials(directory),
      list: async (context) => read(await list(directory, context), pattern),
    }
  }
  return undefined
}

function read(names: readonly string[], pattern: VersionPattern) {
  return names.flatMap((name) => {
    const version = readVersion(name, pattern)
    return version === undefined ? [] : [{ version }]
  })
}

function listFiles(directory: string, { system }: LookupContext): Promise<readonly string[]> {
  return system.fs.list(fileURLToPath(directory))
}

/** What lies directly below the page; links elsewhere say nothing about this directory. */
async function listLinks(directory: string, context: LookupContext): Promise<readonly string[]> {
  const { text, url } = await readPage(directory, 'text/html', context)
  const base = new URL('.', url).href
  const links = text.matchAll(/\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi)
  return [...links].flatMap(([, double, single, bare]) => {
    const link = (double ?? single ?? bare ?? '').replaceAll('&amp;', '&')
    const target = URL.canParse(link, base) ? new URL(link, base).href : ''
    const name = target.slice(base.length).replace(/[?#].*$|\/$/g, '')
    return target.startsWith(base) && name !== '' && !name.includes('/') ? [decode(name)] : []
  })
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
