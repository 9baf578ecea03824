/** Checksums of sources: made while bytes pass by, and compared with those of the recipe. */
import { createHash } from 'node:crypto'
import { checksumMismatch } from './errors.js'

/** Checksums as the recipe gives them. */
export interface ExpectedSums {
  readonly sha256?: string | undefined
  readonly md5?: string | undefined
}

/** Refuses when a given checksum is another one. */
export function checkSums(
  expected: ExpectedSums & { readonly shown: string },
  actual: { readonly sha256: string; readonly md5: string; readonly page?: string | undefined },
): void {
  for (const algorithm of ['sha256', 'md5'] as const) {
    const wanted = expected[algorithm]?.toLowerCase()
    if (wanted !== undefined && wanted !== actual[algorithm]) {
      const sums = { expected: wanted, actual: actual[algorithm], page: actual.page }
      throw checksumMismatch(expected.shown, algorithm, sums)
    }
  }
}

/** SHA-256 and MD5 of what is given bit by bit, and whether it begins like a web page. */
export function createSums(onBytes: (done: number) => void) {
  let sha256 = createHash('sha256')
  let md5 = createHash('md5')
  let done = 0
  let beginning = Buffer.alloc(0)
  return {
    reset: () => {
      beginning = Buffer.alloc(0)
      sha256 = createHash('sha256')
      md5 = createHash('md5')
      done = 0
    },
    update: (chunk: Uint8Array) => {
      sha256.update(chunk)
      md5.update(chunk)
      if (beginning.length < 64) beginning = Buffer.concat([beginning, chunk.subarray(0, 64)])
      done += chunk.length
      onBytes(done)
    },
    result: () => ({ sha256: sha256.digest('hex'), md5: md5.digest('hex'), page: pageOf(beginning) }),
  }
}

function pageOf(beginning: Buffer): string | undefined {
  const found = /^\s*(<(?:!doctype html|html)[^>]*>?)/i.exec(beginning.toString('latin1'))
  return found?.[1]
}
