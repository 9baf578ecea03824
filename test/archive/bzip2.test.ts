import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { bzip2DecodedInProcess } from '../../src/archive/bzip2.js'
import { collectBytes } from '../../src/archive/filter.js'

const content = Buffer.from('some words, '.repeat(5000))
const compressed = execFileSync('bzip2', ['-zc'], { input: content })

test('what the program writes is read in this process', async () => {
  expect((await collectBytes(bzip2DecodedInProcess([compressed]))).equals(content)).toBe(true)
})

test.each([0.2, 0.5, 0.9, 0.99])('data that is cut off at %s says so, in a sentence', async (part) => {
  const cut = compressed.subarray(0, Math.floor(compressed.length * part))
  await expect(collectBytes(bzip2DecodedInProcess([cut]))).rejects.toThrow(
    'its bzip2 data is damaged or cut short',
  )
})
