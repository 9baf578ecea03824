/** Puts entries into a directory so that nothing outside of it can be touched, whatever the archive says. */
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { StageContext } from '../system/index.js'
import { cleanEntryName, linkStaysInside } from './entry-path.js'
import { archiveTooLarge, unsafeEntry } from './errors.js'

/** How much an archive may unpack to. */
export interface ExtractLimits {
  readonly entries: number
  readonly bytes: number
}

/** A stage's context, optionally with limits other than the default of 5 million entries and 256 GiB. */
export interface ExtractContext extends Pick<StageContext, 'system' | 'emit' | 'signal'> {
  readonly limits?: ExtractLimits
}

export interface ExtractionOptions {
  /** Shown in messages. */
  readonly archive: string
  /** Absolute; must be empty or not exist. */
  readonly destination: string
  /** `refuse` links that point outside (sources), or `keep` them but never write through them (packages). */
  readonly outsideLinks: 'refuse' | 'keep'
}

/** A file to create; `mtimeMs` is kept, because `make` and Python compare times. */
export interface ExtractedFile {
  readonly name: string
  readonly mode: number
  readonly mtimeMs: number
}

/** An extraction under way: call its methods in the order of the archive, and `finish` at the end. */
export interface Extraction {
  addDirectory(name: string): Promise<void>
  addFile(file: ExtractedFile, sizeBytes: number, content: AsyncIterable<Uint8Array>): Promise<void>
  addSymlink(name: string, target: string): Promise<void>
  addHardLink(name: string, target: string): Promise<void>
  finish(): Promise<{ files: number; sizeBytes: number; outsideLinks: readonly string[] }>
  /** Waits for writes that are under way after a failure, so that the caller can clean up. */
  abandon(): Promise<void>
}

/** Opens an extraction into a directory of its own. */
export function startExtraction(options: ExtractionOptions, context: ExtractContext): Extraction {
  const state: State = {
    ...options,
    fs: context.system.fs,
    signal: context.signal,
    limits: context.limits ?? defaultLimits,
    seen: new Map(),
    writes: createWriteQueue(),
    totals: { files: 0, sizeBytes: 0, entries: 0 },
    kept: [],
  }
  return {
    addDirectory: (name) => addDirectory(state, name),
    addFile: (file, sizeBytes, content) => addFile(state, file, { sizeBytes, content }),
    addSymlink: (name, target) => addSymlink(state, name, target),
    addHardLink: (name, target) => addHardLink(state, name, target),
    async finish() {
      await state.writes.drain()
      return { files: state.totals.files, sizeBytes: state.totals.sizeBytes, outsideLinks: state.kept }
    },
    abandon: () => state.writes.drain().catch(() => {}),
  }
}

/** More than any honest archive has. */
export const defaultLimits: ExtractLimits = { entries: 5_000_000, bytes: 256 * 2 ** 30 }
/** Writes that run at the same time; more gain nothing on a local disk. */
const parallelWrites = 16

interface State extends ExtractionOptions {
  readonly fs: StageContext['system']['fs']
  readonly signal: AbortSignal
  readonly limits: ExtractLimits
  /** What this extraction made, by clean path: the destination holds nothing else. */
  readonly seen: Map<string, 'file' | 'directory' | 'symlink'>
  readonly writes: ReturnType<typeof createWriteQueue>
  readonly totals: { files: number; sizeBytes: number; entries: number }
  readonly kept: string[]
}

async function addDirectory(state: State, name: string): Promise<void> {
  const path = admit(state, name)
  if (path === '' || state.seen.get(path) === 'directory') return
  await prepareParents(state, path)
  if (state.seen.has(path))
    throw unsafeEntry(state.archive, path, 'is a directory where a file or link was before')
  await state.fs.makeDirectory(join(state.destination, path))
  state.seen.set(path, 'directory')
}

interface FileContent {
  readonly sizeBytes: number
  readonly content: AsyncIterable<Uint8Array>
}

async function addFile(
  state: State,
  file: ExtractedFile,
  { sizeBytes, content }: FileContent,
): Promise<void> {
  const target = await claim(state, admit(state, file.name), 'file')
  const write = sizeBytes <= smallFile ? writeSmall : writeLarge
  await write({ target, file, content, state })
}

async function addSymlink(state: State, name: string, target: string): Promise<void> {
  const path = admit(state, name)
  if (target === '') throw unsafeEntry(state.archive, path, 'is a link without a target')
  if (!linkStaysInside(path, target)) {
    if (state.outsideLinks === 'refuse')
      throw unsafeEntry(state.archive, path, `is a link that leaves the destination, to \`${target}\``)
    state.kept.push(path)
  }
  await state.fs.symlink(target, await claim(state, path, 'symlink'))
}

async function addHardLink(state: State, name: string, target: string): Promise<void> {
  const path = admit(state, name)
  const from = cleanEntryName(target)
  if (from === undefined || state.seen.get(from) !== 'file') {
    const reason = `is a hard link to \`${target}\`, which is no earlier file of the archive`
    throw unsafeEntry(state.archive, path, reason)
  }
  if (from === path) return
  await state.writes.drain()
  await state.fs.linkFiles([{ from: join(state.destination, from), to: await claim(state, path, 'file') }])
}

/** Counts an entry and cleans its name. */
function admit({ archive, signal, limits, totals }: State, name: string): string {
  signal.throwIfAborted()
  totals.entries += 1
  if (totals.entries > limits.entries) throw archiveTooLarge(archive, `more than ${limits.entries} entries`)
  const path = cleanEntryName(name)
  if (path === undefined) throw unsafeEntry(archive, name, 'leaves the destination')
  return path
}

async function prepareParents(state: State, path: string): Promise<void> {
  const { archive, seen } = state
  const parent = dirname(path)
  if (parent === '.' || seen.get(parent) === 'directory') return
  await prepareParents(state, parent)
  const type = seen.get(parent)
  if (type === 'symlink') throw unsafeEntry(archive, path, `would be written through the link \`${parent}\``)
  if (type === 'file') throw unsafeEntry(archive, path, `lies below the file \`${parent}\``)
  await state.fs.makeDirectory(join(state.destination, parent))
  seen.set(parent, 'directory')
}

/** A later entry of the same name replaces the earlier one; a link must go first or it would be followed. */
async function claim(state: State, path: string, type: 'file' | 'symlink'): Promise<string> {
  const { archive, destination, seen, totals } = state
  if (path === '') throw unsafeEntry(archive, '.', 'would replace the destination itself')
  await prepareParents(state, path)
  const earlier = seen.get(path)
  if (earlier === 'directory') throw unsafeEntry(archive, path, 'would replace a directory')
  if (earlier !== undefined) {
    await state.writes.drain()
    await state.fs.remove(join(destination, path))
  } else totals.files += 1
  seen.set(path, type)
  return join(destination, path)
}

function count({ archive, limits, totals }: State, bytes: number): void {
  totals.sizeBytes += bytes
  if (totals.sizeBytes > limits.bytes) throw archiveTooLarge(archive, `more than ${limits.bytes} bytes`)
}

/** Files up to this size are collected and written at once, in parallel. */
const smallFile = 1 << 20

interface Write {
  readonly target: string
  readonly file: ExtractedFile
  readonly content: AsyncIterable<Uint8Array>
  readonly state: State
}

async function writeSmall({ target, file, content, state }: Write): Promise<void> {
  const chunks: Uint8Array[] = []
  for await (const chunk of content) {
    count(state, chunk.length)
    chunks.push(chunk)
  }
  await state.writes.add(async () => {
    const bytes = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
    await state.fs.writeFile(target, bytes, { mode: permissions(file.mode) })
    await state.fs.setTimes(target, file.mtimeMs)
  })
}

async function writeLarge({ target, file, content, state }: Write): Promise<void> {
  const counted = async function* () {
    for await (const chunk of content) {
      count(state, chunk.length)
      yield chunk
    }
  }
  await pipeline(counted(), state.fs.createWriteStream(target, { flags: 'wx' }))
  await state.fs.chmod(target, permissions(file.mode))
  await state.fs.setTimes(target, file.mtimeMs)
}

/** Never setuid, setgid or sticky; always readable and writable for the owner, so that it can be removed again. */
function permissions(mode: number): number {
  return (mode & 0o777) | 0o600
}

/** Runs a few writes at a time; the first failure is thrown by the next call. */
function createWriteQueue() {
  const running = new Set<Promise<void>>()
  let failure: { readonly error: unknown } | undefined
  const check = () => {
    if (failure) throw failure.error
  }
  return {
    async add(work: () => Promise<void>): Promise<void> {
      check()
      const task = work()
        .catch((error: unknown) => {
          failure ??= { error }
        })
        .finally(() => running.delete(task))
      running.add(task)
      if (running.size >= parallelWrites) await Promise.race(running)
    },
    async drain(): Promise<void> {
      await Promise.all(running)
      check()
    },
  }
}
