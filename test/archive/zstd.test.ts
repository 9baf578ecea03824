import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { collectBytes } from '../../src/archive/filter.js'
import { compressZstd, decompressZstd, selectZstdEncoder, zstdDecoded } from '../../src/archive/zstd.js'
import { inChunks, mixedBytes } from '../support/bytes.js'
import { testSystem } from '../support/system.js'

/** More than any buffer on the way holds. */
const largeInput = mixedBytes(20 << 20, 10 << 20)

describe.each([
  { who: 'the program', env: {} },
  { who: 'code of this process', env: { PATH: '' } },
])('with $who', ({ env }) => {
  test.each([1, 2, 4])('a large input comes back whole, compressed by %s threads', async (threads) => {
    const system = testSystem({ env })
    const input = largeInput
    const { compress } = await selectZstdEncoder(system)
    const sizeBytes = input.length
    const compressed = await collectBytes(compress(inChunks(input), { level: 3, threads, sizeBytes }))
    // Somebody else has to agree.
    const read = execFileSync('zstd', ['-dcq'], { input: compressed, maxBuffer: 2 * sizeBytes })
    expect(read.equals(input)).toBe(true)
    expect((await decompressZstd(compressed, system)).equals(input)).toBe(true)
  })

  test('what is cut off is not taken for the whole', async () => {
    const system = testSystem({ env })
    const compressed = await compressZstd(largeInput, 3, system)
    for (const part of [0.001, 0.5, 0.999]) {
      const cut = compressed.subarray(0, Math.floor(compressed.length * part))
      await expect(collectBytes(zstdDecoded(inChunks(cut), system))).rejects.toThrow()
    }
  })

  test('several frames are read to their end', async () => {
    const system = testSystem({ env })
    const one = await compressZstd(Buffer.from('one'), 3, system)
    const two = await compressZstd(Buffer.from('two'), 3, system)
    expect(String(await collectBytes(zstdDecoded([Buffer.concat([one, two])], system)))).toBe('onetwo')
  })
})

/** Several of the pieces that the program compresses on its own; text, because that is quick. */
const pieces = Buffer.alloc(80 << 20, 'what is said again and again takes no room\n')

async function compressed(
  system: ReturnType<typeof testSystem>,
  level: number,
  threads = 1,
): Promise<Buffer> {
  const { compress } = await selectZstdEncoder(system)
  return collectBytes(compress(inChunks(pieces), { level, threads, sizeBytes: pieces.length }))
}

describe('the default level', () => {
  test.each([
    { who: 'the program', env: {} },
    { who: 'code of this process', env: { PATH: '' } },
  ])('is as strong as 13 with $who, and other levels are what they say', async ({ env }) => {
    const system = testSystem({ env })
    const [strong, usual, fast] = [
      await compressed(system, 13),
      await compressed(system, 15),
      await compressed(system, 1),
    ]
    expect(usual.equals(strong)).toBe(true)
    expect(usual.equals(fast)).toBe(false)
  })

  test('gives the same bytes with any number of threads', async () => {
    const system = testSystem()
    const one = await compressed(system, 15, 1)
    expect((await compressed(system, 15, 2)).equals(one)).toBe(true)
    expect((await compressed(system, 15, 5)).equals(one)).toBe(true)
    expect((await decompressZstd(one, system)).equals(pieces)).toBe(true)
  })
})
