/** Looks for secrets in everything an archive holds: names, link targets, files, and archives inside of files. */
import { isBuildError } from '../errors/index.js'
import type { SecretFinding, SecretScan } from '../events/index.js'
import type { StageContext } from '../system/index.js'
import { decompress } from './decompress.js'
import { type ArchiveFormat, detectFormat, detectionLength } from './detect-format.js'
import type { ArchiveEntry } from './entry.js'
import type { ByteStream } from './filter.js'
import { openPackage } from './package-parts.js'
import { readTar } from './read-tar.js'
import { readZipBytes } from './read-zip.js'

/** A secret and the place it was found in; `a.whl > b.txt` is a file inside of a file. */
export interface PlacedFinding extends SecretFinding {
  readonly path: string
  readonly part: 'content' | 'name' | 'link target'
}

export interface SecretReport {
  /** At most one for each file, in the order of the archive. */
  readonly findings: readonly PlacedFinding[]
  /** Files of which only the outside was searched: damaged, encrypted, too large or too deep. */
  readonly unsearched: readonly string[]
}

type ScanContext = Pick<StageContext, 'system' | 'signal'>

/** Searches what is going to be written. */
export async function scanEntries(
  entries: readonly ArchiveEntry[],
  scan: SecretScan,
  context: ScanContext,
): Promise<SecretReport> {
  const search = startSearch(scan, context)
  for (const entry of entries) {
    context.signal.throwIfAborted()
    search.name(entry.path, entry.path)
    if (entry.kind === 'symlink') search.link(entry.path, entry.target)
    if (entry.kind === 'bytes') await search.content(entry.path, [entry.content])
    if (entry.kind === 'file') {
      await search.content(entry.path, context.system.fs.createReadStream(entry.source))
    }
  }
  return search.report()
}

/** Searches a finished package. @throws BuildError `archive/...` when it is none */
export async function scanPackage(
  archivePath: string,
  scan: SecretScan,
  context: ScanContext,
): Promise<SecretReport> {
  const search = startSearch(scan, context)
  const parts = await openPackage(archivePath, context.system)
  for (const open of parts.kind === 'conda' ? [parts.info, parts.pkg] : [parts.all])
    await search.tar('', await open(), 0)
  return search.report()
}

/** Deeper archives are not opened. */
const deepest = 5
/** A zip is read from its end, so it is kept in memory. */
const largestZip = 256 << 20
/** What all archives inside of one file may come to. */
const mostDecoded = 2 ** 31

interface Search {
  name(path: string, text: string): void
  link(path: string, target: string): void
  content(path: string, input: ByteStream): Promise<void>
  tar(path: string, input: ByteStream, depth: number): Promise<void>
  report(): SecretReport
}

function startSearch(scan: SecretScan, context: ScanContext): Search {
  const state: State = { scan, context, findings: new Map(), unsearched: new Set(), decoded: 0 }
  return {
    name: (path, text) => note({ path, part: 'name' }, scan.findInText(text), state),
    link: (path, target) => note({ path, part: 'link target' }, scan.findInText(target), state),
    content: async (path, input) => {
      state.decoded = 0
      await searchContent({ path, depth: 0 }, input, state)
    },
    tar: (path, input, depth) => searchTar({ path, depth }, input, state),
    report: () => ({ findings: [...state.findings.values()], unsearched: [...state.unsearched] }),
  }
}

interface State {
  readonly scan: SecretScan
  readonly context: ScanContext
  readonly findings: Map<string, PlacedFinding>
  readonly unsearched: Set<string>
  /** Bytes that came out of archives inside of the current file. */
  decoded: number
}

interface Place {
  readonly path: string
  readonly depth: number
}

function note(
  place: Pick<PlacedFinding, 'path' | 'part'>,
  finding: SecretFinding | undefined,
  { findings }: State,
): void {
  const known = findings.get(place.path)
  if (finding === undefined || known?.kind === 'declared') return
  if (known === undefined || finding.kind === 'declared') findings.set(place.path, { ...finding, ...place })
}

/** Searches the bytes as they are, and what is packed in them. */
async function searchContent(place: Place, input: ByteStream, state: State): Promise<void> {
  const { head, all } = await peek(searched(place, input, state))
  const format = detectFormat(head)
  if (format === undefined) return drain(all)
  if (place.depth >= deepest) {
    state.unsearched.add(place.path)
    return drain(all)
  }
  try {
    await searchInside(place, { format, all }, state)
  } catch (error) {
    state.context.signal.throwIfAborted()
    if (!isUnreadable(error)) throw error
    state.unsearched.add(place.path)
  }
  await drain(all)
}

async function searchInside(
  place: Place,
  { format, all }: { readonly format: ArchiveFormat; readonly all: AsyncIterable<Uint8Array> },
  state: State,
): Promise<void> {
  switch (format) {
    case 'tar':
      return searchTar(place, all, state)
    case 'zip':
      return searchZip(place, all, state)
    case 'gzip':
    case 'bzip2':
    case 'xz':
    case 'lzma':
    case 'zstd':
      return searchContent(
        { path: place.path, depth: place.depth + 1 },
        limited(decompress(all, format, state.context.system), state),
        state,
      )
    case '7z':
    case 'lzip':
    case 'compress':
      state.unsearched.add(place.path)
  }
}

async function searchTar(place: Place, input: ByteStream, state: State): Promise<void> {
  for await (const entry of readTar(input, place.path)) {
    const path = place.path === '' ? entry.name : `${place.path} > ${entry.name}`
    // Within one package every file has an allowance of its own.
    if (place.path === '') state.decoded = 0
    note({ path, part: 'name' }, state.scan.findInText(entry.name), state)
    note({ path, part: 'link target' }, state.scan.findInText(entry.linkTarget), state)
    await searchContent({ path, depth: place.depth + 1 }, entry.content, state)
  }
}

async function searchZip(place: Place, input: AsyncIterable<Uint8Array>, state: State): Promise<void> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of input) {
    size += chunk.length
    if (size <= largestZip) chunks.push(chunk)
  }
  if (size > largestZip) {
    state.unsearched.add(place.path)
    return
  }
  for (const entry of await readZipBytes(Buffer.concat(chunks), place.path)) {
    const path = `${place.path} > ${entry.name}`
    note({ path, part: 'name' }, state.scan.findInText(entry.name), state)
    const content = limited((await entry.content()) as AsyncIterable<Uint8Array>, state)
    await searchContent({ path, depth: place.depth + 1 }, content, state)
  }
}

/** Passes everything on and searches it on the way. */
async function* searched(place: Place, input: ByteStream, state: State): AsyncGenerator<Uint8Array> {
  const search = state.scan.search()
  let isFound = false
  for await (const chunk of input) {
    const finding: SecretFinding | undefined = isFound ? undefined : search.push(chunk)
    if (finding) {
      isFound = finding.kind === 'declared'
      note({ path: place.path, part: 'content' }, finding, state)
    }
    yield chunk
  }
}

class TooMuch extends Error {}

async function* limited(input: AsyncIterable<Uint8Array>, state: State): AsyncGenerator<Uint8Array> {
  for await (const chunk of input) {
    state.decoded += chunk.length
    if (state.decoded > mostDecoded) throw new TooMuch('more than 2 GiB in archives inside of one file')
    yield chunk
  }
}

/** Damaged content is the business of whoever wrote it; failures of the machine are not. */
function isUnreadable(error: unknown): boolean {
  if (isBuildError(error)) return /^archive\//.test(error.code) || error.code === 'system/program-failed'
  if (error instanceof TypeError) return false
  const { code } = error as { code?: unknown }
  return typeof code !== 'string' || !/^(ENOSPC|EIO|EMFILE|ENOMEM)$/.test(code)
}

/** The first bytes, and a stream that begins with them again. */
async function peek(
  input: AsyncGenerator<Uint8Array>,
): Promise<{ head: Uint8Array; all: AsyncIterable<Uint8Array> }> {
  const first: Uint8Array[] = []
  let length = 0
  while (length < detectionLength) {
    const step = await input.next()
    if (step.done) break
    first.push(step.value)
    length += step.value.length
  }
  // Readers that stop early must not end the stream: what they leave is searched too.
  const all: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        const value = first.shift()
        return value === undefined ? input.next() : Promise.resolve({ value, done: false })
      },
    }),
  }
  return { head: Buffer.concat(first).subarray(0, detectionLength), all }
}

async function drain(input: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of input);
}
