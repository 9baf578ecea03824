/** Unpacks source archives, recognised by content (spec: build.md 7.5). */
import { dirname } from 'node:path'
import type { System } from '../system/index.js'
import { decompress } from './decompress.js'
import { type ArchiveFormat, detectFormat, detectionLength } from './detect-format.js'
import { linkStaysInside } from './entry-path.js'
import { corruptArchive, unknownFormat, unpackerMissing, unsafeEntry } from './errors.js'
import { extractTar } from './extract-tar.js'
import { extractZip } from './extract-zip.js'
import { type ExtractContext, startExtraction } from './extraction.js'
import { findProgram } from './filter.js'

export interface ExtractedArchive {
  readonly files: number
  readonly sizeBytes: number
}

/**
 * Extracts a source archive into a directory that is empty or does not exist: tar with any compression, zip, and, when
 * `7z` or `bsdtar` is on PATH, 7z, lzip and compress. Links that leave the destination are refused, as are devices.
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
  if (format === undefined) throw unknownFormat(archivePath, printable(beginning))
  await fs.makeDirectory(destination)
  if (format === '7z' || format === 'lzip' || format === 'compress')
    return extractWithProgram(archivePath, destination, { format, context })
  const extraction = startExtraction({ archive: archivePath, destination, outsideLinks: 'refuse' }, context)
  try {
    if (format === 'zip') await extractZip(archivePath, extraction, context)
    else {
      const input = decompress(fs.createReadStream(archivePath), format, context.system)
      await extractTar(input, archivePath, extraction)
    }
    const { files, sizeBytes } = await extraction.finish()
    return { files, sizeBytes }
  } catch (error) {
    await extraction.abandon()
    throw error
  }
}

/** The first bytes of something that is no archive, for a message. */
function printable(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, 40)).toString('utf8')
  return JSON.stringify(text).slice(1, -1)
}

interface ProgramExtraction {
  readonly format: ArchiveFormat
  readonly context: ExtractContext
}

async function extractWithProgram(
  archivePath: string,
  destination: string,
  { format, context }: ProgramExtraction,
): Promise<ExtractedArchive> {
  const { system } = context
  const names = format === '7z' ? ['7z', '7zz', '7za', 'bsdtar'] : ['bsdtar']
  const program = await findProgram(names, system)
  if (program === undefined) throw unpackerMissing(archivePath, format, names)
  const args = program.endsWith('bsdtar')
    ? ['-xf', archivePath, '-C', destination, '--no-same-owner']
    : ['x', '-y', '-bd', `-o${destination}`, archivePath]
  const env = { PATH: system.env.get('PATH') ?? '' }
  const output: Uint8Array[] = []
  const result = await system.process.run(
    { program, args, cwd: dirname(archivePath), env },
    { signal: context.signal, onOutput: (_, chunk) => output.push(chunk) },
  )
  if (result.code !== 0) throw corruptArchive(archivePath, lastLine(Buffer.concat(output).toString()))
  return checkTree(archivePath, destination, system)
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
