/** Decides how an index file of an http channel is fetched and kept: the smallest form first, and nothing asked twice. */
import { createHash } from 'node:crypto'
import path from 'node:path'
import { decompressBzip2, decompressZstd } from '../../archive/index.js'
import { stripCredentials } from '../../conda/index.js'
import type { HttpResponse, StageContext, System } from '../../system/index.js'
import { channelRequestFailed } from './errors.js'
import { openFile, type RepodataSource } from './repodata-source.js'

/** A form in which servers offer the same file. */
export interface FileForm {
  /** Behind the URL of the plain file. */
  readonly extension: string
  /** `RATTLER_<name>=false`, or `KRAIT_<name>=false`, leaves the form out. */
  readonly variable?: string
  readonly decode: (bytes: Uint8Array, system: System) => Promise<Uint8Array>
}

/** The forms of repodata.json and run_exports.json (spec: environment.md D). */
export const jsonForms: readonly FileForm[] = [
  { extension: '.zst', variable: 'ZSTD', decode: decompressZstd },
  { extension: '.bz2', variable: 'BZ2', decode: decompressBzip2 },
  { extension: '', decode: async (bytes) => bytes },
]

export interface IndexFile {
  /** Of the plain form, without credentials. */
  readonly url: string
  readonly forms: readonly FileForm[]
  /** Without it nothing is kept. */
  readonly cacheDirectory: string | undefined
  /** True for a file that a channel need not have: its absence is remembered in every form. */
  readonly maybeAbsent?: boolean
}

/**
 * Where the content can be read; undefined when the server has it in no form. Within the time the server allows, and in
 * offline mode, what is kept is used without asking.
 * @throws BuildError `channel/http-status` for an answer other than 200, 304 and 404; `system/offline`
 */
export async function fetchIndexFile(
  file: IndexFile,
  context: StageContext,
): Promise<RepodataSource | undefined> {
  const kept = await readKept(file, context)
  const nowMs = context.system.clock.now()
  if (kept.source && (context.system.http.isOffline || nowMs < (kept.note.freshUntilMs ?? 0)))
    return kept.source
  const absent: Record<string, number> = { ...kept.note.absent }
  const isKnownAbsent = file.forms.every(({ extension }) => absent[extension] !== undefined)
  if (context.system.http.isOffline && isKnownAbsent) return undefined
  for (const form of wantedForms(file, { absent, nowMs, env: context.system.env })) {
    const answer = await ask(file.url + form.extension, kept, context)
    if (answer === undefined) {
      absent[form.extension] = nowMs
      continue
    }
    const source = answer.bytes ? await form.decode(answer.bytes, context.system) : kept.source
    return keep(file, { content: source, answer, absent, nowMs }, context)
  }
  if (Object.keys(absent).length > 0) await writeNote(file, { absent }, context)
  return undefined
}

/** What stands beside the kept content. */
interface Note {
  /** The form that was downloaded: validators of one form say nothing about another. */
  readonly source?: string
  readonly etag?: string
  readonly lastModified?: string
  readonly freshUntilMs?: number
  /** Forms that the server did not have, and when it was asked. */
  readonly absent?: Readonly<Record<string, number>>
  /** Of the content: a file that was changed by somebody else does not count. */
  readonly sizeBytes?: number
  readonly mtimeNs?: string
}

interface Kept {
  readonly note: Note
  readonly source: RepodataSource | undefined
}

/** How long a server is believed not to have a form. */
const absenceMs = 14 * 24 * 3_600_000

function wantedForms(
  { forms, maybeAbsent = false }: IndexFile,
  { absent, nowMs, env }: { absent: Note['absent']; nowMs: number; env: System['env'] },
): readonly FileForm[] {
  return forms.filter(({ extension, variable }) => {
    const setting = variable && (env.get(`KRAIT_${variable}`) ?? env.get(`RATTLER_${variable}`))
    if (setting !== undefined && /^(?:0|false|no|off)$/i.test(setting)) return false
    // The plain repodata.json is what a channel has to have: it may have come since.
    return (extension === '' && !maybeAbsent) || nowMs - (absent?.[extension] ?? 0) > absenceMs
  })
}

interface Answer {
  readonly form: string
  /** Undefined when the kept content is still the right one. */
  readonly bytes: Uint8Array | undefined
  readonly headers: HttpResponse['headers']
}

/** Undefined when the server does not have this form. */
async function ask(url: string, { note, source }: Kept, context: StageContext): Promise<Answer | undefined> {
  const headers = source && note.source === url ? validators(note) : {}
  const response = await context.system.http.get(url, { headers, signal: context.signal })
  const { status } = response
  if (status === 200) {
    return { form: url, bytes: await collect(response, url, context), headers: response.headers }
  }
  response.body.resume()
  if (status === 304 && source) return { form: url, bytes: undefined, headers: response.headers }
  if (status === 404) return undefined
  throw channelRequestFailed(stripCredentials(url), status)
}

function validators({ etag, lastModified }: Note): Record<string, string> {
  if (etag !== undefined) return { 'if-none-match': etag }
  return lastModified === undefined ? {} : { 'if-modified-since': lastModified }
}

async function collect(
  response: HttpResponse,
  subject: string,
  { emit, system }: StageContext,
): Promise<Buffer> {
  const length = Number(response.headers['content-length'])
  const total = Number.isFinite(length) ? { total: length } : {}
  const chunks: Buffer[] = []
  let done = 0
  let reported = 0
  for await (const chunk of response.body) {
    chunks.push(chunk as Buffer)
    done += (chunk as Buffer).length
    if (system.clock.monotonic() - reported < 100) continue
    reported = system.clock.monotonic()
    emit({ type: 'progress', stage: 'solve', action: 'download', subject, done, ...total, unit: 'bytes' })
  }
  return Buffer.concat(chunks)
}

function placesOf({ url, cacheDirectory }: IndexFile): { data: string; note: string } | undefined {
  if (cacheDirectory === undefined) return undefined
  const key = createHash('sha256').update(url).digest('hex').slice(0, 16)
  const base = path.join(cacheDirectory, 'repodata', key)
  return { data: `${base}.json`, note: `${base}.info.json` }
}

async function readKept(file: IndexFile, { system: { fs } }: StageContext): Promise<Kept> {
  const places = placesOf(file)
  if (!places || !(await fs.stat(places.note))) return { note: {}, source: undefined }
  const note = parseNote(await fs.readText(places.note))
  const data = await fs.stat(places.data)
  const belongs = data !== undefined && note.sizeBytes === data.sizeBytes && note.mtimeNs === data.mtimeNs
  return { note, source: belongs ? await openFile(places.data, data, fs) : undefined }
}

function parseNote(text: string): Note {
  try {
    const note: unknown = JSON.parse(text)
    return typeof note === 'object' && note !== null ? note : {}
  } catch {
    // A damaged note only costs a download.
    return {}
  }
}

interface Fresh {
  readonly content: Uint8Array | RepodataSource | undefined
  readonly answer: Answer
  readonly absent: Readonly<Record<string, number>>
  readonly nowMs: number
}

/** Keeps what came, or only the note about it when the content is still the same. */
async function keep(
  file: IndexFile,
  { content, answer, absent, nowMs }: Fresh,
  context: StageContext,
): Promise<RepodataSource | undefined> {
  const { fs } = context.system
  const places = placesOf(file)
  if (!(content instanceof Uint8Array)) {
    const { note } = await readKept(file, context)
    const freshUntilMs = freshUntil(answer.headers, nowMs)
    if (freshUntilMs !== undefined) await writeNote(file, { ...note, absent, freshUntilMs }, context)
    return content
  }
  if (places === undefined) return { kind: 'memory', bytes: content }
  await fs.makeDirectory(path.dirname(places.data))
  await fs.writeFileAtomic(places.data, content)
  const data = await fs.stat(places.data)
  // Another process may have put its own download there: then its note is the one that fits.
  if (data?.sizeBytes !== content.length) return { kind: 'memory', bytes: content }
  const { etag, 'last-modified': lastModified } = answer.headers
  const freshUntilMs = freshUntil(answer.headers, nowMs)
  const note: Note = {
    source: answer.form,
    ...(etag !== undefined && { etag }),
    ...(lastModified !== undefined && { lastModified }),
    ...(freshUntilMs !== undefined && { freshUntilMs }),
    absent,
    sizeBytes: data.sizeBytes,
    mtimeNs: data.mtimeNs,
  }
  await writeNote(file, note, context)
  return openFile(places.data, data, fs)
}

async function writeNote(file: IndexFile, note: Note, { system: { fs } }: StageContext): Promise<void> {
  const places = placesOf(file)
  if (places === undefined) return
  await fs.makeDirectory(path.dirname(places.note))
  await fs.writeFileAtomic(places.note, JSON.stringify(note))
}

/** `Cache-Control: max-age`; undefined when the server wants to be asked each time. */
function freshUntil(headers: HttpResponse['headers'], nowMs: number): number | undefined {
  const control = headers['cache-control'] ?? ''
  const seconds = /\bmax-age=(\d{1,9})\b/.exec(control)?.[1]
  return seconds === undefined || /\bno-(?:cache|store)\b/.test(control)
    ? undefined
    : nowMs + Number(seconds) * 1000
}
