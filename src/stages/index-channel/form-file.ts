/** Reads and replaces one form of the index. */
import type { StageContext } from '../../system/index.js'

/** Its bytes; undefined when there is no such file. */
export async function readForm(
  file: string,
  { system }: Pick<StageContext, 'system'>,
): Promise<Buffer | undefined> {
  if (!(await system.fs.stat(file))) return undefined
  const { buffer, byteOffset, byteLength } = await system.fs.readBytes(file)
  return Buffer.from(buffer, byteOffset, byteLength)
}

/**
 * Leaves a file alone that has this content already, so that clients need not fetch it again.
 * @returns whether the content changed
 */
export async function replaceForm(
  file: string,
  content: string | Buffer,
  context: StageContext,
): Promise<boolean> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  if ((await readForm(file, context))?.equals(bytes)) return false
  await context.system.fs.writeFileAtomic(file, bytes)
  return true
}
