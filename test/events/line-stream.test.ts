import { expect, test } from 'vitest'
import { createLineStream, createMasker, mask } from '../../src/events/index.js'

function linesOf(chunks: readonly (string | Uint8Array)[], secrets: readonly string[] = []): string[] {
  const lines: string[] = []
  const stream = createLineStream(createMasker(secrets), (line) => lines.push(line))
  for (const chunk of chunks) stream.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
  stream.end()
  return lines
}

test.each([
  { title: 'splits lines across chunks', chunks: ['one\ntw', 'o\nthree'], lines: ['one', 'two', 'three'] },
  { title: 'treats CRLF as one line end', chunks: ['one\r\n', 'two\r\n'], lines: ['one', 'two'] },
  { title: 'keeps the last state of a redrawn line', chunks: ['10 %\r50 %\r100 %\n'], lines: ['100 %'] },
  { title: 'keeps empty lines', chunks: ['a\n\nb\n'], lines: ['a', '', 'b'] },
])('a line stream $title', ({ chunks, lines }) => {
  expect(linesOf(chunks)).toEqual(lines)
})

test('a character cut in the middle of its bytes survives', () => {
  const bytes = Buffer.from('é\n')
  expect(linesOf([bytes.subarray(0, 1), bytes.subarray(1)])).toEqual(['é'])
})

test('a secret over two lines is masked before the lines are split', () => {
  expect(linesOf(['key=first\nsec', 'ond end\n'], ['first\nsecond'])).toEqual([`key=${mask} end`])
})

test('a line without end is cut at one mebibyte', () => {
  expect(linesOf(['x'.repeat(3 << 20)]).length).toBeGreaterThan(0)
})
