/** Fetches a URL into a file, going on where an earlier attempt or run broke off. */
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { stripCredentials } from '../conda/index.js'
import { requestFailed } from './errors.js'
import type { HttpResponse, System } from './types.js'

export interface DownloadRequest {
  readonly url: string
  /** Where the content goes; kept with a note beside it when the download breaks off. One download at a time. */
  readonly file: string
  readonly headers?: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  /** Sees every byte of the content once and in order, also those of an earlier attempt. */
  readonly consume: Consumer
}

type Effects = Pick<System, 'fs' | 'http' | 'clock'>

export interface Consumer {
  /** Before the first byte, and whenever it begins again. */
  reset(): void
  update(chunk: Uint8Array): void
}

/**
 * An answer other than 200 comes back with its body unread. An earlier part is only continued when the server says that
 * the content is still the same.
 * @throws BuildError `system/request-failed` when the connection breaks again and again
 */
export async function download(request: DownloadRequest, system: Effects): Promise<HttpResponse> {
  for (let attempt = 1; ; attempt++) {
    const part = await readPart(request, system)
    const response = await ask(request, part, system)
    const { status } = response
    const continues = part !== undefined && continuesPart(response, part)
    if (status !== 200 && !continues) {
      if (status !== 206 && status !== 416) return response
      await discard(request, system)
      response.body.resume()
      // The part does not fit to what the server has, so the next attempt begins anew.
      if (attempt < mostAttempts) continue
      throw requestFailed(request.url, new Error(`status ${status}`))
    }
    try {
      await receive(request, { response, continues }, system)
      await system.fs.remove(noteOf(request.file))
      return { ...response, status: 200 }
    } catch (error) {
      if (request.signal.aborted) throw error
      if (attempt >= mostAttempts) throw requestFailed(request.url, error)
      await system.clock.sleep(retryDelayMs * attempt)
    }
  }
}

const mostAttempts = 4
const retryDelayMs = 200

/** Bytes that are there, and how the server names the content they begin. */
interface Part {
  readonly sizeBytes: number
  readonly etag: string
}

function noteOf(file: string): string {
  return `${file}.json`
}

async function readPart({ url, file }: DownloadRequest, { fs }: Effects): Promise<Part | undefined> {
  const sizeBytes = (await fs.stat(file))?.sizeBytes ?? 0
  if (sizeBytes === 0 || !(await fs.stat(noteOf(file)))) return undefined
  try {
    const note = JSON.parse(await fs.readText(noteOf(file))) as { url?: unknown; etag?: unknown }
    return note.url === stripCredentials(url) && typeof note.etag === 'string'
      ? { sizeBytes, etag: note.etag }
      : undefined
  } catch {
    // A damaged note only costs the whole download.
    return undefined
  }
}

function ask(request: DownloadRequest, part: Part | undefined, { http }: Effects): Promise<HttpResponse> {
  const range = part && { range: `bytes=${part.sizeBytes}-`, 'if-range': part.etag }
  return http.get(request.url, { headers: { ...request.headers, ...range }, signal: request.signal })
}

async function discard({ file }: DownloadRequest, { fs }: Effects): Promise<void> {
  await fs.remove(file)
  await fs.remove(noteOf(file))
}

async function receive(
  request: DownloadRequest,
  { response, continues }: { readonly response: HttpResponse; readonly continues: boolean },
  system: Effects,
): Promise<void> {
  const { file, consume, signal } = request
  consume.reset()
  if (continues) for await (const chunk of system.fs.createReadStream(file)) consume.update(chunk as Buffer)
  else await writeNote(request, response, system)
  const tap = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      consume.update(chunk)
      done(undefined, chunk)
    },
  })
  const sink = system.fs.createWriteStream(file, { flags: continues ? 'a' : 'w', flush: true })
  await pipeline(response.body, tap, sink, { signal })
}

/** A server that does not know `If-Range` sends the rest of another content, which its own validator tells. */
function continuesPart({ status, headers }: HttpResponse, { sizeBytes, etag }: Part): boolean {
  const isSame = headers.etag === undefined || headers.etag === etag
  return status === 206 && isSame && headers['content-range']?.startsWith(`bytes ${sizeBytes}-`) === true
}

/** Only a strong validator proves that two answers are byte for byte the same. */
async function writeNote(
  { url, file }: DownloadRequest,
  { headers }: HttpResponse,
  { fs }: Effects,
): Promise<void> {
  const { etag } = headers
  if (etag === undefined || etag.startsWith('W/')) await fs.remove(noteOf(file))
  else await fs.writeFileAtomic(noteOf(file), JSON.stringify({ url: stripCredentials(url), etag }))
}
