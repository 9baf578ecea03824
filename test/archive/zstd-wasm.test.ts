import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { collectBytes } from '../../src/archive/filter.js'
import { compressInPieces } from '../../src/archive/zstd-wasm.js'
import { inChunks, mixedBytes } from '../support/bytes.js'
import { tempDirectory, testSystem } from '../support/system.js'

/** A third of it noise, so that compressed bytes come out while there is input. */
function mixedInput(sizeBytes: number): Buffer {
  return mixedBytes(sizeBytes, sizeBytes / 3)
}

test.each([
  { sizeBytes: 0, level: 3 },
  { sizeBytes: 1, level: 3 },
  { sizeBytes: 5_000_000, level: -7 },
  { sizeBytes: 5_000_000, level: 13 },
  { sizeBytes: 3_000_000, level: 19 },
  { sizeBytes: 3_000_000, level: 22 },
])('$sizeBytes bytes in pieces at level $level are one frame that knows its length', async (options) => {
  const input = mixedInput(options.sizeBytes)
  const frame = await collectBytes(compressInPieces(inChunks(input), options, testSystem()))
  expect(
    execFileSync('zstd', ['-dcq', '--ultra', '--long=27'], { input: frame, maxBuffer: 1 << 27 }).equals(
      input,
    ),
  ).toBe(true)
  const file = path.join(tempDirectory(), 'frame.zst')
  writeFileSync(file, frame)
  const told = execFileSync('zstd', ['-lv', file], { encoding: 'utf8', stdio: 'pipe' })
  expect(told).toMatch(/Frames: 1\n/)
  expect(told).toContain(`(${options.sizeBytes} B)`)
})

test('input of another length than was said is no frame', async () => {
  const options = { level: 3, sizeBytes: 5 }
  const run = collectBytes(compressInPieces([Buffer.from('four')], options, testSystem()))
  await expect(run).rejects.toThrow('4 bytes came instead of 5')
})

test('the level decides how strong the compression is', async () => {
  const input = mixedInput(4_000_000)
  const sizes: number[] = []
  for (const level of [-7, 3, 19]) {
    const options = { level, sizeBytes: input.length }
    sizes.push((await collectBytes(compressInPieces(inChunks(input), options, testSystem()))).length)
  }
  expect(sizes).toEqual([...sizes].sort((left, right) => right - left))
  expect(new Set(sizes).size).toBe(3)
})

test('compression in pieces ends with the signal', async () => {
  const controller = new AbortController()
  function* endless(): Generator<Buffer> {
    for (let at = 0; ; at += 1) {
      if (at === 4) controller.abort(new Error('stopped'))
      yield Buffer.alloc(1 << 20)
    }
  }
  const options = { level: 3, sizeBytes: 1 << 30, signal: controller.signal }
  const running = collectBytes(compressInPieces(endless(), options, testSystem()))
  await expect(running).rejects.toThrow('stopped')
})
