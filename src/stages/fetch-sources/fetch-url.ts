/** Fetches URL sources into the cache: mirrors in order, checksums checked (spec: build.md 7.2). */
import { basename } from 'node:path'
import { stripCredentials } from '../../conda/index.js'
import { type BuildError, isBuildError } from '../../errors/index.js'
import type { RenderedUrlSource } from '../../recipe/index.js'
import type { HttpResponse } from '../../system/index.js'
import { pathOfFileUrl } from '../../text/index.js'
import { downloadFailed, fileMissing, mirrorFailed } from './errors.js'
import { type KnownUrl, readKnownUrl, writeKnownUrl } from './known-urls.js'
import {
  type CachedFile,
  findCached,
  hashFile,
  type SourceCache,
  storeDownload,
  storeStream,
} from './source-cache.js'
import { checkSums } from './sums.js'

/** A fetched file and the name it has outside of the cache. */
export interface FetchedFile {
  readonly file: CachedFile
  readonly fileName: string
  readonly from: 'cache' | 'network' | 'disk'
}

/** The first mirror that gives the right file; every failure is a warning, the last one is thrown. */
export async function fetchUrl(
  source: RenderedUrlSource,
  output: string,
  cache: SourceCache,
): Promise<FetchedFile> {
  const urls = typeof source.url === 'string' ? [source.url] : source.url
  const [first = ''] = urls
  const cached =
    source.sha256 === undefined ? undefined : await findCached(source.sha256.toLowerCase(), cache)
  if (cached !== undefined) {
    const fileName = await rememberedName(first, cached, cache)
    if (source.md5 !== undefined)
      checkSums({ md5: source.md5, shown: fileName }, await hashFile(cached, cache))
    return { file: cached, fileName, from: 'cache' }
  }
  let failure: unknown
  for (const url of urls) {
    try {
      return await fetchMirror(url, source, cache)
    } catch (error) {
      if (!isBuildError(error)) throw error
      failure = error
      cache.context.emit({ type: 'warning', output, ...mirrorFailed(error.message) })
    }
  }
  throw failure
}

/** Servers may have given a file another name than its URL. */
async function rememberedName(url: string, file: CachedFile, cache: SourceCache): Promise<string> {
  const known = await readKnownUrl(url, cache)
  return known?.sha256 === file.sha256 ? known.fileName : nameFromUrl(url)
}

async function fetchMirror(url: string, source: RenderedUrlSource, cache: SourceCache): Promise<FetchedFile> {
  const { sha256, md5 } = source
  const { fs } = cache.context.system
  if (url.startsWith('file:')) {
    const path = pathOfFileUrl(url)
    if (path === undefined || (await fs.stat(path))?.type !== 'file') throw fileMissing(path ?? url)
    const file = await storeStream(fs.createReadStream(path), { sha256, md5, shown: path }, cache)
    return { file, fileName: basename(path), from: 'disk' }
  }
  const known = await readKnownUrl(url, cache)
  const kept = known && (await findCached(known.sha256, cache))
  if (known && kept && cache.context.system.http.isOffline) return checkKept(kept, { known, source }, cache)
  const nameOf = (response: HttpResponse) => nameFromHeaders(response) ?? nameFromUrl(url)
  const sums = { sha256, md5, shown: nameOf }
  const { response, file } = await request(url, { known: kept && known, sums }, cache)
  if (file === undefined) {
    discard(response)
    if (response.status === 304 && known && kept) return checkKept(kept, { known, source }, cache)
    throw statusFailed(url, response.status)
  }
  const fileName = nameOf(response)
  const { etag, 'last-modified': lastModified } = response.headers
  const validators = {
    ...(etag !== undefined && { etag }),
    ...(lastModified !== undefined && { lastModified }),
  }
  await writeKnownUrl(url, { sha256: file.sha256, fileName, ...validators }, cache)
  return { file, fileName, from: 'network' }
}

/** The file that this URL brought before, checked against what the recipe says now. */
async function checkKept(
  kept: CachedFile,
  { known, source }: { readonly known: KnownUrl; readonly source: RenderedUrlSource },
  cache: SourceCache,
): Promise<FetchedFile> {
  const { sha256, md5 } = source
  const { fileName } = known
  if (md5 !== undefined || sha256 !== undefined)
    checkSums({ sha256, md5, shown: fileName }, await hashFile(kept, cache))
  return { file: kept, fileName, from: 'cache' }
}

async function request(
  url: string,
  {
    known,
    sums,
  }: { readonly known: KnownUrl | undefined; readonly sums: Parameters<typeof storeDownload>[1] },
  cache: SourceCache,
): ReturnType<typeof storeDownload> {
  const headers: Record<string, string> = {}
  if (known?.etag !== undefined) headers['if-none-match'] = known.etag
  if (known?.lastModified !== undefined) headers['if-modified-since'] = known.lastModified
  const shown = stripCredentials(url)
  const onBytes = createProgress(nameFromUrl(url), cache)
  try {
    return await storeDownload({ url, headers, onBytes }, sums, cache)
  } catch (error) {
    if (cache.context.signal.aborted || !isBuildError(error) || error.code !== 'system/request-failed')
      throw error
    throw downloadFailed(shown, stripCredentials(error.message).replace(/^r/, 'R'), error)
  }
}

function statusFailed(url: string, status: number): BuildError {
  const shown = stripCredentials(url)
  const kind = status >= 500 ? 'server' : 'client'
  return downloadFailed(shown, `HTTP status ${kind} error (${status}${reasonOf(status)}) for url (${shown})`)
}

/** Ends a response that nobody reads; that it ends early is no failure. */
function discard({ body }: HttpResponse): void {
  body.on('error', () => {})
  body.destroy()
}

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  410: 'Gone',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

function reasonOf(status: number): string {
  const reason = reasons[status]
  return reason === undefined ? '' : ` ${reason}`
}

/** The name of the file as the server wants it; only its last component, whatever the header says. */
function nameFromHeaders(response: HttpResponse): string | undefined {
  const header = response.headers['content-disposition'] ?? ''
  const found = /filename="([^"]+)"/i.exec(header) ?? /filename=([^;\s]+)/i.exec(header)
  const name = found?.[1]?.split(/[\\/]/).at(-1)
  return name === undefined || name === '' || name === '.' || name === '..' ? undefined : name
}

/** The last component of the address that was asked for, not of one it redirects to. */
function nameFromUrl(url: string): string {
  const last = new URL(url).pathname.split('/').at(-1) ?? ''
  const name = safeDecode(last).split('/').at(-1) ?? ''
  return name === '' || name === '.' || name === '..' ? 'download' : name
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const progressStep = 4 << 20

function createProgress(subject: string, { context }: SourceCache): (done: number) => void {
  let reported = 0
  return (done) => {
    if (done >= reported && done - reported < progressStep) return
    reported = done
    context.emit({ type: 'progress', stage: 'sources', action: 'download', subject, done, unit: 'bytes' })
  }
}
