import { describe, expect, test } from 'vitest'
import { codeFrame } from '../../src/text/index.js'

function frame(text: string, marked: string, label?: string): string {
  const start = text.indexOf(marked)
  return codeFrame(
    { file: 'recipe.yaml', text },
    { file: 'recipe.yaml', start, end: start + marked.length },
    label,
  )
}

describe('a code frame', () => {
  test('shows the line before, the line, and a marker with its label', () => {
    expect(frame('build:\n  scripts: x\n', 'scripts', 'did you mean `script`?')).toBe(
      [
        '   --> recipe.yaml:2:3',
        '   |',
        ' 1 | build:',
        ' 2 |   scripts: x',
        '   |   ^^^^^^^ did you mean `script`?',
      ].join('\n'),
    )
  })

  test('keeps tabs, so that the marker stands under its text', () => {
    expect(frame('a:\n\tb: 1', 'b')).toContain('   | \t^')
  })

  test('marks a span over several lines to the end of the first', () => {
    expect(frame('a: [1,\n  2]', '[1,\n  2]')).toContain('   |    ^^^')
  })

  test('marks the end of a file that ends too early', () => {
    const text = 'a: ['
    const span = { file: 'f', start: text.length, end: text.length }
    expect(codeFrame({ file: 'f', text }, span)).toContain('^')
  })

  test('widens its margin with the line number', () => {
    expect(frame(`${'x\n'.repeat(99)}here`, 'here')).toContain(' 100 | here')
  })
})
