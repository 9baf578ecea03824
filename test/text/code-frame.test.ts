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

  test('shows of a very long line what stands around the marker', () => {
    const text = `${'a'.repeat(500)}here${'b'.repeat(100_000)}\nnext`
    const [, , line = '', marker = ''] = frame(text, 'here', 'label').split('\n')
    expect(line).toMatch(/^ 1 \| \.\.\.a+herebbb+\.\.\.$/)
    expect(line.length).toBeLessThan(220)
    expect(line.slice(marker.indexOf('^'), marker.lastIndexOf('^') + 1)).toBe('here')
    expect(frame(text, 'next').length).toBeLessThan(300)
  })

  test('shows the beginning of a long line when that is marked', () => {
    const rows = frame(`here${'b'.repeat(1000)}`, 'here').split('\n')
    expect(rows[2]).toMatch(/^ 1 \| hereb+\.\.\.$/)
    expect(rows[3]).toBe('   | ^^^^')
  })

  test('widens its margin with the line number', () => {
    expect(frame(`${'x\n'.repeat(99)}here`, 'here')).toContain(' 100 | here')
  })
})
