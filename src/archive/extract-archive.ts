/** Unpacks source archives, recognised by content (spec: build.md 7.5). */
import { dirname } from 'node:path'
import type { System } from '../system/index.js'
import { decompress } from './decompress.js'
import { type ArchiveFormat, detectFormat, detectionLength } from './detect-format.js'
import { cleanEntryName, linkStaysInside } from './entry-path.js'
import {
  archiveTooLarge,
  corruptArchive,
  unknownFormat,
  unpackerMissing,
  unsafeEntry,
  unsupportedEntry,
} from './errors.js'
import { extractTar } from './extract-tar.js'
import { extractZip } from './extract-zip.js'
import { defaultLimits, type ExtractContext, type ExtractLimits, startExtraction } from './extraction.js'
import { type ByteStream, findProgram, throughProgram } from './filter.js'

export interface ExtractedArchive {
  readonly files: number
  readonly sizeBytes: number
}

/**
 * Extracts a source archive into a directory that is empty or does not exist: tar with any compression, zip, and, when
 * there is a program for it on PATH, 7z, lzip and compress. Links that leave the destination are refused, as are devices.
 * @throws BuildError `archive/unknown-format`, `archive/corrupt`, `archive/unsafe-entry`, `archive/too-large`, ...
 */
export async function extractArchive(
  archivePath: string,
  destination: string,
  context: ExtractContext,
): Promise<ExtractedArchive> {
  const { fs } = context.system
  const beginning = await fs.readRange(archivePath, 0, detectionLength)
  const format = detectFormat(beginning)
  if (format === undefined) throw unknownFormat(archivePath, printable(beginning), 'source')
  await fs.makeDirectory(destination)
  const stream = format === 'zip' ? undefined : await openTar(archivePath, format, context)
  if (format === '7z' && stream === undefined) return extractSevenZip(archivePath, destination, context)
  const extraction = startExtraction({ archive: archivePath, destination, outsideLinks: 'refuse' }, context)
  try {
    if (stream === undefined) await extractZip(archivePath, extraction, context)
    else await extractTar(stream, archivePath, extraction)
    const { files, sizeBytes } = await extraction.finish()
    return { files, sizeBytes }
  } catch (error) {
    await extraction.abandon()
    throw error
  }
}

/** The archive as a tar stream, so that all formats are extracted under the same rules; undefined for a 7z that stays one. */
async function openTar(
  archivePath: string,
  format: Exclude<ArchiveFormat, 'zip'>,
  { system }: ExtractContext,
): Promise<ByteStream | undefined> {
  const content = () => system.fs.createReadStream(archivePath)
  if (format === '7z') {
    const path = await findProgram(['bsdtar'], system)
    const args = ['-cf', '-', '--format=pax', `@${archivePath}`]
    return path === undefined ? undefined : throughProgram([], { path, args }, system)
  }
  if (format !== 'lzip' && format !== 'compress') return decompress(content(), format, system)
  const programs = decoders[format]
  for (const [name, ...args] of programs) {
    const path = await findProgram([name], system)
    if (path !== undefined) return throughProgram(content(), { path, args }, system)
  }
  throw unpackerMissing(
    archivePath,
    format,
    programs.map(([name]) => name),
  )
}

/** Programs that decode standard input to standard output, and their arguments; the first that is there is used. */
const decoders: Readonly<Record<'lzip' | 'compress', readonly (readonly [string, ...string[]])[]>> = {
  lzip: [
    ['lzip', '-dcq'],
    ['plzip', '-dcq'],
    ['xz', '-dcq', '--format=lzip'],
  ],
  compress: [
    ['gzip', '-dcq'],
    ['uncompress', '-c'],
  ],
}

/** The first bytes of something that is no archive, for a message. */
function printable(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, 40)).toString('utf8')
  return JSON.stringify(text).slice(1, -1)
}

const sevenZipNames = ['7z', '7zz', '7za']

async function extractSevenZip(
  archivePath: string,
  destination: string,
  context: ExtractContext,
): Promise<ExtractedArchive> {
  const { system, signal } = context
  const program = await findProgram(sevenZipNames, system)
  if (program === undefined) throw unpackerMissing(archivePath, '7z', [...sevenZipNames, 'bsdtar'])
  const run = async (args: readonly string[]) => {
    const output: Uint8Array[] = []
    const command = { program, args, cwd: dirname(archivePath), env: { PATH: system.env.get('PATH') ?? '' } }
    const result = await system.process.run(command, { signal, onOutput: (_, chunk) => output.push(chunk) })
    const text = Buffer.concat(output).toString()
    if (result.code !== 0) throw corruptArchive(archivePath, lastLine(text))
    return text
  }
  checkListing(archivePath, await run(['l', '-slt', '-ba', archivePath]), context.limits ?? defaultLimits)
  await run(['x', '-y', '-bd', `-o${destination}`, archivePath])
  return checkTree(archivePath, destination, system)
}

/** The program follows links that it has made itself and knows no limits, so all is looked at before anything is written. */
function checkListing(archivePath: string, listing: string, limits: ExtractLimits): void {
  const links = new Set<string>()
  const names: string[] = []
  let bytes = 0
  for (const block of listing.split(/\n\n+/)) {
    const name = /^Path = (.*)$/m.exec(block)?.[1]
    if (name === undefined) continue
    const path = cleanEntryName(name)
    if (path === undefined) throw unsafeEntry(archivePath, name, 'leaves the destination')
    const type = /^Attributes = .* ([a-z-])[rwxsStT-]{9}/m.exec(block)?.[1] ?? '-'
    if (!'-dl'.includes(type)) throw unsupportedEntry(archivePath, name, type === 'p' ? 'a fifo' : 'a device')
    if (type === 'l') links.add(path)
    names.push(path)
    bytes += Number(/^Size = (\d+)$/m.exec(block)?.[1] ?? 0)
  }
  if (names.length > limits.entries) throw archiveTooLarge(archivePath, `more than ${limits.entries} entries`)
  if (bytes > limits.bytes) throw archiveTooLarge(archivePath, `more than ${limits.bytes} bytes`)
  refuseThroughLinks(archivePath, names, links)
}

function refuseThroughLinks(archivePath: string, names: readonly string[], links: ReadonlySet<string>): void {
  for (const name of names) {
    const parts = name.split('/')
    const link = parts.map((_, index) => parts.slice(0, index).join('/')).find((parent) => links.has(parent))
    if (link !== undefined)
      throw unsafeEntry(archivePath, name, `would be written through the link \`${link}\``)
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}

/** The program extracted under its own rules; ours are applied to what came out. */
async function checkTree(
  archive: string,
  root: string,
  system: Pick<System, 'fs'>,
): Promise<ExtractedArchive> {
  let files = 0
  let sizeBytes = 0
  for (const entry of await system.fs.walk(root)) {
    const path = `${root}/${entry.path}`
    if (entry.type === 'other') throw unsafeEntry(archive, entry.path, 'is a device')
    if (entry.type === 'symlink') {
      const target = await system.fs.readLink(path)
      if (!linkStaysInside(entry.path, target))
        throw unsafeEntry(archive, entry.path, `is a link that leaves the destination, to \`${target}\``)
    }
    if (entry.type !== 'directory') files += 1
    if (entry.type === 'file') sizeBytes += (await system.fs.lstat(path))?.sizeBytes ?? 0
  }
  return { files, sizeBytes }
}
