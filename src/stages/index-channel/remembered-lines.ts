/** Lines that are remembered from one indexing to the next: private, and worth nothing but time. */
import path from 'node:path'
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
  const isWhole = bytes.subarray(end).equals(endOf(end)) && !bytes.includes(0)
  if (!isWhole) return []
  const [head, ...lines] = splitBytes(bytes.subarray(0, end - 1), '\n')
  return head?.toString() === format ? lines : []
}

export async function writeLines(
  file: string,
  { format, lines }: { readonly format: string; readonly lines: readonly Bytes[] },
  { system }: StageContext,
): Promise<void> {
  const body = interleave([format, ...lines, ''], '\n')
  const length = body.reduce((sum, part) => sum + Buffer.byteLength(part), 0)
  await system.fs.makeDirectory(path.dirname(file))
  await system.fs.writeFileAtomic(file, concatBytes([...body, endOf(length)]), { flush: false })
}

/** Lines are quicker to take apart than JSON, but do not tell that some are missing. A crash cuts files, or leaves zeros. */
function endOf(length: number): Buffer {
  return Buffer.from(`end ${length}\n`)
}
