/** Where versions of a project are listed, and what every such place has in common. */
import type { RenderedSource } from '../../recipe/index.js'
import type { StageContext } from '../../system/index.js'
import { versionsNotRead } from './errors.js'

/** A version and what its project says about it. */
export interface ListedVersion {
  readonly version: string
  /** Undefined when only the version itself tells. */
  readonly isPrerelease?: boolean
}

/** A place that lists the versions of one project. */
export interface VersionSource {
  /** As people know it: `github.com/owner/repository`. */
  readonly shown: string
  /** In any order, also older ones. */
  readonly list: (context: LookupContext) => Promise<readonly ListedVersion[]>
}

export type LookupContext = StageContext & {
  /** Local repositories are relative to it. */
  readonly recipeDirectory: string
}

/** Recognises where the versions of a source are listed, from its address and the version that the recipe has. */
export type FindVersionSource = (source: RenderedSource, version: string) => VersionSource | undefined

/** The addresses of a url source, mirrors included; none for other sources. */
export function urlsOf(source: RenderedSource): readonly URL[] {
  if (!('url' in source)) return []
  const texts = typeof source.url === 'string' ? [source.url] : source.url
  return texts.flatMap((text) => (URL.canParse(text) ? [new URL(text)] : []))
}

/** An answer of a server, as text. */
export interface Page {
  readonly text: string
  /** Of the page itself, after redirects. */
  readonly url: string
  /** The address of the next part of a list. */
  readonly next: string | undefined
}

const longestPage = 64 << 20

/**
 * @throws BuildError `source/versions-not-read` when the server does not answer as it should
 */
export async function readPage(url: string, accept: string, context: LookupContext): Promise<Page> {
  const response = await context.system.http.get(url, { headers: { accept }, signal: context.signal })
  if (response.status !== 200) {
    response.body.resume()
    throw versionsNotRead(url, `the server answered with status ${response.status}`)
  }
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response.body) {
    chunks.push(chunk as Buffer)
    length += (chunk as Buffer).length
    if (length > longestPage) throw versionsNotRead(url, 'the answer is longer than 64 MiB')
  }
  const next = /<([^>]+)>;\s*rel="next"/.exec(response.headers.link ?? '')?.[1]
  return { text: Buffer.concat(chunks).toString('utf8'), url: response.url, next }
}

/** The same for JSON; what it means is checked by who asked. */
export async function readJson(
  url: string,
  context: LookupContext,
): Promise<{ readonly value: unknown; readonly next: string | undefined }> {
  const { text, next } = await readPage(url, 'application/json', context)
  try {
    return { value: JSON.parse(text), next }
  } catch {
    throw versionsNotRead(url, 'the answer is no JSON')
  }
}

/** The value of a key of hostile JSON; undefined when there is none. */
export function entry(value: unknown, key: string): unknown {
  const isObject = typeof value === 'object' && value !== null && Object.hasOwn(value, key)
  return isObject ? (value as Record<string, unknown>)[key] : undefined
}

/** The items of a list in hostile JSON; none when it is no list. */
export function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
