/** Lines of text that are remembered from one indexing to the next: private, and worth nothing but time. */
import path from 'node:path'
import type { StageContext } from '../../system/index.js'

/** One line of columns, which have no tabs and line breaks. */
export function toLine(...columns: readonly string[]): string {
  return columns.join('\t')
}

export function columnsOf(line: string): readonly string[] {
  return line.split('\t')
}

/**
 * The lines that were written last.
 * @param format changes with the meaning of the columns
 * @returns nothing when the file is missing, damaged, or of another format: then everything is made anew
 */
export async function readLines(
  file: string,
  format: string,
  { system }: Pick<StageContext, 'system'>,
): Promise<readonly string[]> {
  if (!(await system.fs.stat(file))) return []
  const text = await system.fs.readText(file)
  const end = text.lastIndexOf('\n', text.length - 2) + 1
  const isWhole = text.slice(end) === endOf(end) && !text.includes('\0')
  if (!isWhole || !text.startsWith(`${format}\n`)) return []
  return text
    .slice(format.length + 1, end)
    .split('\n')
    .slice(0, -1)
}

export async function writeLines(
  file: string,
  { format, lines }: { readonly format: string; readonly lines: readonly string[] },
  { system }: StageContext,
): Promise<void> {
  const body = [format, ...lines, ''].join('\n')
  await system.fs.makeDirectory(path.dirname(file))
  await system.fs.writeFileAtomic(file, `${body}${endOf(body.length)}`, { flush: false })
}

/** Lines are quicker to take apart than JSON, but do not tell that some are missing. A crash cuts files, or leaves zeros. */
function endOf(length: number): string {
  return `end ${length}\n`
}
