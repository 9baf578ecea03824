/** Gives every file its final bytes in one pass: relocated, post-processed, free of the build path, hashed. */
import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { DigestedFile, StageContext } from '../../system/index.js'
import { renewBuildId } from './binaries/elf-build-id.js'
import { mixedPrefixes } from './errors.js'
import {
  type FileMode,
  type PlaceholderRule,
  type PrefixSpelling,
  replacePrefix,
  sniffFileMode,
} from './placeholder.js'
import type { PostProcess } from './post-process.js'
import type { Content, StagedRegularFile } from './staged-file.js'

/** What happens to the content of files; paths are package paths. */
export interface ContentRules {
  /** The prefix of the build, in all ways it may be written, and what it becomes. */
  readonly spellings: readonly PrefixSpelling[]
  readonly placeholderRule: PlaceholderRule
  readonly postProcess: PostProcess
  /** New bytes for binaries that need it. */
  readonly relocate: (file: FileToStage, bytes: Buffer) => Promise<Buffer | undefined>
  /** Signatures that fit changed bytes. */
  readonly resign: (bytes: Buffer) => Buffer
  /** Refuses, or warns about, a file that is too large to be relocated, by its first four bytes. */
  readonly checkLarge: (path: string, head: Buffer) => void
  /** Separate debug files find their program by the build id it was linked with. */
  readonly keepBuildIds: boolean
  /** Files with one of these texts inside are reported. */
  readonly leaks: readonly { readonly text: Buffer; readonly found: (path: string) => void }[]
  /** Absolute directory for changed files. */
  readonly stagingDirectory: string
  /** Bytes of small files that may be kept in memory, which saves reading them again for the archive. */
  readonly memory: { left: number }
}

export interface FileToStage {
  readonly path: string
  readonly origin: string
  /** Absolute path of the content now. */
  readonly source: string
}

/** Reads a file once and decides everything about it. */
export async function stageContent(
  file: FileToStage,
  rules: ContentRules,
  context: StageContext,
): Promise<StagedRegularFile> {
  context.signal.throwIfAborted()
  const { fs } = context.system
  const info = await fs.stat(file.source)
  const executable = isExecutable(info?.mode ?? 0)
  if ((info?.sizeBytes ?? 0) > largestInMemory) return stageLarge(file, executable, { rules, context })
  const original = asBuffer(await fs.readBytes(file.source))
  const detected = sniffFileMode(original)
  const relocated = detected === 'binary' ? await rules.relocate(file, original) : undefined
  const processed = applyFixes(file.path, relocated ?? original, rules)
  const { bytes: replaced, found } = replacePrefix(processed, rules.spellings)
  const hadPrefix = replaced !== processed || relocated !== undefined
  const signed = replaced === (relocated ?? original) ? replaced : rules.resign(replaced)
  const bytes = hadPrefix && !rules.keepBuildIds ? renewBuildId(signed) : signed
  reportLeaks(file.path, bytes, rules)
  const content = await keepContent(file, bytes, { original, rules, context })
  return {
    kind: 'file',
    path: file.path,
    origin: file.origin,
    content,
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    executable,
    ...placeholderOf(file.path, found, { detected, rules }),
  }
}

/** Whether a file gets other bytes because of its name, whatever is in it. */
export function isChangedByName(path: string, { postProcess }: ContentRules): boolean {
  return installerFile.test(path) || postProcess.concerns(path)
}

/** Texts by which a file shows that it has to be looked into. */
export function noticeableTexts({ spellings, leaks }: ContentRules): readonly Buffer[] {
  return [
    ...spellings.flatMap(({ prefix, placeholder }) => [prefix, placeholder]),
    ...leaks.map(({ text }) => text),
  ]
}

/** Stages a file that stays as it is: no program, none of the noticeable texts inside, not changed by its name. */
export function stageUnchanged(file: FileToStage, digested: DigestedFile): StagedRegularFile {
  const { path, origin, source } = file
  const { sizeBytes, sha256, mode, modifiedMs } = digested
  return {
    kind: 'file',
    path,
    origin,
    content: { path: source, modifiedMs },
    sizeBytes,
    sha256,
    executable: isExecutable(mode),
  }
}

/** Stages bytes that were made here, for example an entry point. */
export function stageBytes(
  path: string,
  bytes: Buffer,
  options: { readonly rules: ContentRules; readonly executable: boolean },
): StagedRegularFile {
  const { rules, executable } = options
  reportLeaks(path, bytes, rules)
  const detected = sniffFileMode(bytes)
  return {
    kind: 'file',
    path,
    origin: path,
    content: { bytes },
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    executable,
    ...placeholderOf(path, replacePrefix(bytes, rules.spellings).found, { detected, rules }),
  }
}

/** Larger files are streamed, at the price of a second reading when they contain the prefix. */
const largestInMemory = 512 << 20
/** Files up to this size may stay in memory instead of being read again. */
const largestKept = 256 << 10

interface Work {
  readonly rules: ContentRules
  readonly context: StageContext
}

function isExecutable(mode: number): boolean {
  return (mode & 0o100) !== 0
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Tools that did not install a package must not say so. */
const installerFile = /(?:^|\/)[^/]+\.dist-info\/INSTALLER$/

function applyFixes(path: string, bytes: Buffer, rules: ContentRules): Buffer {
  const fixed = installerFile.test(path) ? Buffer.from('conda\n') : bytes
  return rules.postProcess.apply(path, fixed) ?? fixed
}

function reportLeaks(path: string, bytes: Buffer, rules: ContentRules): void {
  for (const leak of rules.leaks) if (bytes.includes(leak.text)) leak.found(path)
}

async function keepContent(
  file: FileToStage,
  bytes: Buffer,
  { original, rules, context }: Work & { readonly original: Buffer },
): Promise<Content> {
  if (bytes.length <= largestKept && rules.memory.left >= bytes.length) {
    rules.memory.left -= bytes.length
    return { bytes }
  }
  if (bytes === original) return { path: file.source }
  const staged = join(rules.stagingDirectory, file.path)
  await context.system.fs.makeDirectory(dirname(staged))
  await context.system.fs.writeFile(staged, bytes)
  return { path: staged }
}

function placeholderOf(
  path: string,
  found: readonly PrefixSpelling[],
  { detected, rules }: { readonly detected: FileMode; readonly rules: ContentRules },
): Pick<StagedRegularFile, 'placeholder' | 'prefixPlaceholder'> {
  const [spelling, other] = found
  const mode = spelling && rules.placeholderRule(path, detected)
  if (spelling === undefined || mode === undefined) return {}
  // Installers replace one text in a file.
  if (other) throw mixedPrefixes(path)
  return { placeholder: mode, prefixPlaceholder: spelling.placeholder.toString() }
}

async function stageLarge(file: FileToStage, executable: boolean, work: Work): Promise<StagedRegularFile> {
  const { rules, context } = work
  const { fs } = context.system
  rules.checkLarge(file.path, Buffer.from(await fs.readRange(file.source, 0, 4)))
  const scan: Scan = { path: file.path, rules, binary: false, found: new Set() }
  let hash = createHash('sha256')
  let sizeBytes = 0
  const replaced = () => withoutPrefix(fs.createReadStream(file.source), scan)
  for await (const chunk of replaced()) {
    hash.update(chunk)
    sizeBytes += chunk.length
  }
  let content: Content = { path: file.source }
  if (scan.found.size > 0) {
    const staged = join(rules.stagingDirectory, file.path)
    await fs.makeDirectory(dirname(staged))
    hash = createHash('sha256')
    await pipeline(replaced(), hashing(hash), fs.createWriteStream(staged), { signal: context.signal })
    content = { path: staged }
  }
  const detected = scan.binary ? 'binary' : 'text'
  const { path, origin } = file
  const placeholder = placeholderOf(path, [...scan.found], { detected, rules })
  return {
    kind: 'file',
    path,
    origin,
    content,
    sizeBytes,
    sha256: hash.digest('hex'),
    executable,
    ...placeholder,
  }
}

interface Scan {
  readonly path: string
  readonly rules: ContentRules
  binary: boolean
  readonly found: Set<PrefixSpelling>
}

/** Replaces the prefix in a stream; a match may lie across chunks, so a tail of its length waits for the next one. */
async function* withoutPrefix(input: AsyncIterable<Uint8Array>, scan: Scan): AsyncGenerator<Buffer> {
  const { spellings } = scan.rules
  const longest = Math.max(...spellings.map(({ prefix }) => prefix.length))
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of input) {
    const joined = Buffer.concat([rest, chunk])
    const { bytes, found } = replacePrefix(joined, spellings)
    for (const spelling of found) scan.found.add(spelling)
    if (sniffFileMode(bytes) === 'binary') scan.binary = true
    reportLeaks(scan.path, bytes, scan.rules)
    const ready = Math.max(0, bytes.length - longest + 1)
    yield bytes.subarray(0, ready)
    rest = bytes.subarray(ready)
  }
  yield rest
}

function hashing(hash: ReturnType<typeof createHash>) {
  return async function* (input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of input) {
      hash.update(chunk)
      yield chunk
    }
  }
}
