/** Reads files, small ones without the thread pool. */
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import fs from 'node:fs/promises'

/** Files up to here are read in one go, without the thread pool. */
const smallFileBytes = 1 << 22

/** All bytes. */
export async function readWhole(file: string): Promise<Buffer> {
  // Opening a FIFO would wait for its writer, so what is no file is left to the thread pool.
  const info = statSync(file, { throwIfNoEntry: false })
  if (!info?.isFile() || info.size > smallFileBytes) return fs.readFile(file)
  // Files that the kernel makes up have no size.
  if (info.size === 0) return readFileSync(file)
  const bytes = Buffer.allocUnsafe(info.size)
  return bytes.subarray(0, readSmallRange(file, 0, bytes))
}

/** At most `length` bytes from `offset`. */
export async function readRange(file: string, offset: number, length: number): Promise<Uint8Array> {
  const buffer = Buffer.alloc(length)
  return buffer.subarray(0, await readInto(file, offset, buffer))
}

/** @returns how many bytes of `target` were filled: fewer at the end of the file */
export async function readInto(file: string, offset: number, target: Uint8Array): Promise<number> {
  if (target.length <= smallFileBytes) return readSmallRange(file, offset, target)
  const handle = await fs.open(file)
  try {
    let filled = 0
    while (filled < target.length) {
      const { bytesRead } = await handle.read(target, filled, target.length - filled, offset + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return filled
  } finally {
    await handle.close()
  }
}

/** False when the file is not as long as `target`, or not as old as it has to be. */
export async function readExactly(file: string, target: Uint8Array, modifiedMs?: number): Promise<boolean> {
  // Whatever else has the place of the file by now must not be waited for.
  const handle = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const info = fstatSync(handle)
    const isExpected = info.size === target.length && (modifiedMs ?? info.mtimeMs) === info.mtimeMs
    return info.isFile() && isExpected && fill(handle, target) === target.length
  } finally {
    closeSync(handle)
  }
}

function readSmallRange(file: string, offset: number, target: Uint8Array): number {
  const handle = openSync(file, 'r')
  try {
    return fill(handle, target, offset)
  } finally {
    closeSync(handle)
  }
}

/** @returns how many bytes there were */
function fill(handle: number, target: Uint8Array, offset = 0): number {
  let filled = 0
  while (filled < target.length) {
    const count = readSync(handle, target, filled, target.length - filled, offset + filled)
    if (count === 0) break
    filled += count
  }
  return filled
}
