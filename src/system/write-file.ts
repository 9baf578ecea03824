/** Whole files, written completely or not at all. */
import fs from 'node:fs/promises'
import path from 'node:path'

/** Writes the content; a half-written file is removed before the error goes on. */
export async function writeFile(
  file: string,
  content: string | Uint8Array,
  options: { mode?: number; flush?: boolean } = {},
): Promise<void> {
  try {
    await fs.writeFile(file, content, options)
  } catch (error) {
    await removeRegularFile(file)
    throw error
  }
  // `mode` of writeFile is cut by the umask and ignored for existing files.
  if (options.mode !== undefined) await fs.chmod(file, options.mode)
}

/** What could not be written may be a device, which is not ours to remove. */
async function removeRegularFile(file: string): Promise<void> {
  const info = await fs.lstat(file).catch(() => undefined)
  if (info?.isFile()) await fs.rm(file, { force: true })
}

let counter = 0

/** The file that a file of this name was to become, had its writer not been killed; undefined for other names. */
export function unfinishedTarget(name: string): string | undefined {
  return /^\.(.+)\.\d+\.\d+\.tmp$/.exec(name)?.[1]
}

/** Writes beside the target, syncs, renames: a reader sees the old content or the new one, never a part. */
export async function writeFileAtomic(
  file: string,
  content: string | Uint8Array,
  { flush = true, mode }: { mode?: number; flush?: boolean } = {},
): Promise<void> {
  const options = { flush, ...(mode !== undefined && { mode }) }
  await replaceFiles([{ file, content }], options)
}

/** All are complete and synced beside their targets before the first one gets its name; they get them in their order. */
export async function writeTogether(files: readonly NewContent[]): Promise<void> {
  await replaceFiles(files, { flush: true })
}

interface NewContent {
  readonly file: string
  readonly content: string | Uint8Array
}

async function replaceFiles(
  files: readonly NewContent[],
  options: { mode?: number; flush: boolean },
): Promise<void> {
  const written = files.map(({ file, content }) => ({ file, content, temporary: temporaryFor(file) }))
  const writing = written.map(({ content, temporary }) => writeFile(temporary, content, options))
  try {
    await Promise.all(writing)
    for (const { file, temporary } of written) await fs.rename(temporary, file)
  } catch (error) {
    // Otherwise one of them could still be written after it was removed.
    await Promise.allSettled(writing)
    for (const { temporary } of written) await fs.rm(temporary, { force: true })
    throw error
  }
}

function temporaryFor(file: string): string {
  counter += 1
  return path.join(path.dirname(file), `.${beginningOf(file)}.${process.pid}.${counter}.tmp`)
}

/** A name may have 255 bytes, and something is put around this one. */
function beginningOf(file: string): string {
  const name = path.basename(file)
  return Buffer.byteLength(name) > 200 ? name.slice(0, 60) : name
}
