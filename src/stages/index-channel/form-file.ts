/** Reads and replaces one form of the index. */
import type { StageContext } from '../../system/index.js'

/** Its bytes; undefined when there is no such file. */
export async function readForm(file: string, { system }: StageContext): Promise<Buffer | undefined> {
  if (!(await system.fs.stat(file))) return undefined
  const { buffer, byteOffset, byteLength } = await system.fs.readBytes(file)
  return Buffer.from(buffer, byteOffset, byteLength)
}

/**
 * Leaves a file alone that has this content already, so that clients need not fetch it again.
 * @returns whether the content changed
 */
export async function replaceForm(file: string, text: string, context: StageContext): Promise<boolean> {
  const content = Buffer.from(text)
  if ((await readForm(file, context))?.equals(content)) return false
  await context.system.fs.writeFileAtomic(file, content)
  return true
}
