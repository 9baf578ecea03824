/** Decides how the repodata of an http channel is fetched and kept: conditional requests, the smallest form first. */
import { createHash } from 'node:crypto'
import path from 'node:path'
import { decompressZstd } from '../../archive/index.js'
import { stripCredentials } from '../../conda/index.js'
import type { HttpResponse, StageContext } from '../../system/index.js'
import { channelRequestFailed } from './errors.js'
import type { SubdirLocation } from './open-channels.js'
import { openFile, type RepodataSource } from './repodata-source.js'

/**
 * Where the `repodata.json` of a subdir can be read, or undefined when the channel has none.
 * @throws BuildError `channel/http-status` for an answer other than 200, 304 and 404
 */
export async function fetchRepodata(
  { channel, subdir, cacheDirectory }: SubdirLocation,
  context: StageContext,
): Promise<RepodataSource | undefined> {
  const url = `${channel.url}${subdir}/repodata.json`
  const cached = cacheDirectory === undefined ? undefined : await readCached(cacheDirectory, url, context)
  const fresh = (await fetchForm(`${url}.zst`, cached, context)) ?? (await fetchForm(url, cached, context))
  if (!fresh) return undefined
  if (fresh.kind === 'unchanged') return fresh.source
  if (cacheDirectory === undefined) return { kind: 'memory', bytes: fresh.bytes }
  return writeCached(cacheDirectory, { url, ...fresh }, context)
}

interface CacheInfo {
  /** The form that was downloaded: validators of one form say nothing about another. */
  readonly source: string
  readonly etag?: string
  readonly lastModified?: string
  /** Of the data: a file that was changed by somebody else does not count. */
  readonly sizeBytes: number
  readonly mtimeNs: string
}

interface Cached {
  readonly source: RepodataSource
  readonly info: CacheInfo
}

type Fetched =
  | { readonly kind: 'unchanged'; readonly source: RepodataSource }
  | {
      readonly kind: 'new'
      readonly bytes: Uint8Array
      readonly source: string
      readonly headers: HttpResponse['headers']
    }

/** Undefined when the server does not have this form. */
async function fetchForm(
  url: string,
  cached: Cached | undefined,
  context: StageContext,
): Promise<Fetched | undefined> {
  const { http } = context.system
  const source = stripCredentials(url)
  const headers = { ...authorization(url), ...(cached?.info.source === source && validators(cached.info)) }
  const response = await http.get(withoutUserInfo(url), { headers, signal: context.signal })
  if (response.status === 304 && cached) {
    response.body.resume()
    return { kind: 'unchanged', source: cached.source }
  }
  if (response.status === 404) {
    response.body.resume()
    return undefined
  }
  if (response.status !== 200) {
    response.body.resume()
    throw channelRequestFailed(source, response.status)
  }
  const body = await collect(response, source, context)
  const bytes = url.endsWith('.zst') ? await decompressZstd(body, context.system) : body
  return { kind: 'new', bytes, source, headers: response.headers }
}

function validators({ etag, lastModified }: CacheInfo): Record<string, string> {
  if (etag !== undefined) return { 'if-none-match': etag }
  return lastModified === undefined ? {} : { 'if-modified-since': lastModified }
}

/** `user:password@` of a URL as a header, which is the form that requests take. */
export function authorization(url: string): Record<string, string> {
  const { username, password } = new URL(url)
  if (username === '') return {}
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { authorization: `Basic ${Buffer.from(text).toString('base64')}` }
}

/** The URL without `user:password@`; a token in the path stays. */
export function withoutUserInfo(url: string): string {
  const parsed = new URL(url)
  parsed.username = ''
  parsed.password = ''
  return parsed.href
}

async function collect(
  response: HttpResponse,
  subject: string,
  { emit, system }: StageContext,
): Promise<Buffer> {
  const total = Number(response.headers['content-length'])
  const chunks: Buffer[] = []
  let done = 0
  let reported = 0
  for await (const chunk of response.body) {
    chunks.push(chunk as Buffer)
    done += (chunk as Buffer).length
    if (system.clock.monotonic() - reported < 100) continue
    reported = system.clock.monotonic()
    emit({
      type: 'progress',
      stage: 'solve',
      action: 'download',
      subject,
      done,
      ...(Number.isFinite(total) && { total }),
      unit: 'bytes',
    })
  }
  return Buffer.concat(chunks)
}

function cachePaths(cacheDirectory: string, url: string): { readonly data: string; readonly info: string } {
  const key = createHash('sha256').update(stripCredentials(url)).digest('hex').slice(0, 16)
  const base = path.join(cacheDirectory, 'repodata', key)
  return { data: `${base}.json`, info: `${base}.info.json` }
}

/** Undefined when there is nothing, or when the two files do not belong together. */
async function readCached(
  cacheDirectory: string,
  url: string,
  { system }: StageContext,
): Promise<Cached | undefined> {
  const { fs } = system
  const paths = cachePaths(cacheDirectory, url)
  const data = await fs.stat(paths.data)
  if (!data || !(await fs.stat(paths.info))) return undefined
  const info = parseInfo(await fs.readText(paths.info))
  if (info?.sizeBytes !== data.sizeBytes || info.mtimeNs !== data.mtimeNs) return undefined
  return { source: await openFile(paths.data, data, fs), info }
}

function parseInfo(text: string): CacheInfo | undefined {
  try {
    return JSON.parse(text) as CacheInfo
  } catch {
    // A damaged note only costs a download.
    return undefined
  }
}

interface FreshRepodata {
  readonly url: string
  readonly bytes: Uint8Array
  readonly source: string
  readonly headers: HttpResponse['headers']
}

async function writeCached(
  cacheDirectory: string,
  { url, bytes, source, headers }: FreshRepodata,
  { system }: StageContext,
): Promise<RepodataSource> {
  const { fs } = system
  const paths = cachePaths(cacheDirectory, url)
  const { etag, 'last-modified': lastModified } = headers
  await fs.makeDirectory(path.dirname(paths.data))
  await fs.writeFileAtomic(paths.data, bytes)
  const data = await fs.stat(paths.data)
  // Another process may have put its own download there: then its note is the one that fits.
  if (data?.sizeBytes !== bytes.length) return { kind: 'memory', bytes }
  const info: CacheInfo = {
    source,
    ...(etag !== undefined && { etag }),
    ...(lastModified !== undefined && { lastModified }),
    sizeBytes: data.sizeBytes,
    mtimeNs: data.mtimeNs,
  }
  await fs.writeFileAtomic(paths.info, JSON.stringify(info))
  return openFile(paths.data, data, fs)
}
