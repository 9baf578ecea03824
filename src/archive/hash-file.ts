/** The checksums under which packages are listed. */
import { createHash } from 'node:crypto'
import type { System } from '../system/index.js'

export interface FileSums {
  readonly sizeBytes: number
  /** Hexadecimal. */
  readonly sha256: string
  /** Hexadecimal. */
  readonly md5: string
}

/** Reads a file once. */
export async function hashFile(
  file: string,
  { system }: { readonly system: Pick<System, 'fs'> },
): Promise<FileSums> {
  const { fs } = system
  const sums = createFileSums()
  const { sizeBytes = 0 } = (await fs.stat(file)) ?? {}
  // For thousands of small files a stream costs more than their bytes.
  if (sizeBytes <= readAtOnce) sums.update(await fs.readBytes(file))
  else for await (const chunk of fs.createReadStream(file)) sums.update(chunk as Buffer)
  return sums.result()
}

const readAtOnce = 1 << 20

/** The sums of bytes that pass by. */
export function createFileSums(): { update(chunk: Uint8Array): void; result(): FileSums } {
  const sha256 = createHash('sha256')
  const md5 = createHash('md5')
  let sizeBytes = 0
  return {
    update(chunk) {
      sizeBytes += chunk.length
      sha256.update(chunk)
      md5.update(chunk)
    },
    result: () => ({ sizeBytes, sha256: sha256.digest('hex'), md5: md5.digest('hex') }),
  }
}
