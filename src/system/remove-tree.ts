/** Removes trees, read-only directories included. */
import fs from 'node:fs/promises'
import path from 'node:path'

/** Like `rm -rf`; when a directory is read-only for us it is made writable and the removal tried again. */
export async function removeTree(target: string): Promise<void> {
  try {
    await fs.rm(target, { recursive: true, force: true, maxRetries: 3 })
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code !== 'EACCES' && code !== 'EPERM') throw error
    await makeWritable(target)
    await fs.rm(target, { recursive: true, force: true, maxRetries: 3 })
  }
}

async function makeWritable(directory: string): Promise<void> {
  const info = await fs.lstat(directory)
  if (!info.isDirectory()) return
  await fs.chmod(directory, 0o700)
  for (const name of await fs.readdir(directory)) await makeWritable(path.join(directory, name))
}
