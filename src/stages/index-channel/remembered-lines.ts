/** Lines that are remembered from one indexing to the next: private, and worth nothing but time. */
import path from 'node:path'
import { crc32 } from 'node:zlib'
import type { StageContext } from '../../system/index.js'
import { readForm } from './form-file.js'
import { type Bytes, concatBytes, interleave, splitBytes } from './join-bytes.js'

/** One line of columns, which have no tabs and line breaks. */
export function toLine(...columns: readonly string[]): string {
  return columns.join('\t')
}

/** As bytes: of most lines nothing is ever looked at. */
export function columnsOf(line: Buffer): readonly Buffer[] {
  return splitBytes(line, '\t')
}

/**
 * The lines that were written last.
 * @param format changes with the meaning of the columns
 * @returns nothing when the file is missing, damaged, or of another format: then everything is made anew
 */
export async function readLines(
  file: string,
  format: string,
  context: Pick<StageContext, 'system'>,
): Promise<readonly Buffer[]> {
  const bytes = await readForm(file, context)
  if (!bytes) return []
  const end = bytes.lastIndexOf('\n', bytes.length - 2) + 1
  if (!bytes.subarray(end).equals(endOf([bytes.subarray(0, end)]))) return []
  const [head, ...lines] = splitBytes(bytes.subarray(0, end - 1), '\n')
  return head?.toString() === format ? lines : []
}

export async function writeLines(
  file: string,
  { format, lines }: { readonly format: string; readonly lines: readonly Bytes[] },
  { system }: StageContext,
): Promise<void> {
  const body = interleave([format, ...lines, ''], '\n')
  await system.fs.makeDirectory(path.dirname(file))
  await system.fs.writeFileAtomic(file, concatBytes([...body, endOf(body)]), { flush: false })
}

/** Lines do not tell that some are missing, and most are never looked at. A crash cuts files, or leaves zeros in them. */
function endOf(body: readonly Bytes[]): Buffer {
  return Buffer.from(`end ${body.reduce((sum, part) => crc32(part, sum), 0)}\n`)
}

/** What `splitPairs` takes apart; neither part of a pair has a slash. */
export function joinPairs(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([left, right]) => `${left}/${right}`).join('/')
}

export function splitPairs(text: string): readonly (readonly [string, string])[] {
  const words = text.split('/')
  return words.flatMap((word, at) => (at % 2 === 0 ? [[word, words[at + 1] ?? ''] as const] : []))
}
