import { expect, test } from 'vitest'
import { collectContent } from '../../../src/engine/package/collect-content.js'
import { looksBinary } from '../../../src/engine/package/describe-binary.js'

function collect(pieces: readonly string[]): string | undefined {
  let kept: string | undefined
  const visitor = collectContent(looksBinary, (bytes) => {
    kept = bytes.toString('latin1')
  })
  for (const piece of pieces) visitor.push(Buffer.from(piece, 'latin1'))
  visitor.end('')
  return kept
}

test.each([
  { pieces: ['\x7fELF and more'], kept: '\x7fELF and more' },
  { pieces: ['\x7f', 'E', 'LF', ' and more'], kept: '\x7fELF and more' },
  { pieces: ['', 'MZ', '', 'rest'], kept: 'MZrest' },
  { pieces: ['MZ'], kept: 'MZ' },
  { pieces: ['tex', 't ', '\x7fELF'], kept: undefined },
  { pieces: ['a'], kept: undefined },
  { pieces: [], kept: undefined },
])('of $pieces what looks like a program is kept, however it comes in', ({ pieces, kept }) => {
  expect(collect(pieces)).toBe(kept)
})
