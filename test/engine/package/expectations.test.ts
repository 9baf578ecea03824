import { describe, expect, test } from 'vitest'
import { parseExpectations } from '../../../src/engine/package/expectations.js'

const parse = (text: string) => parseExpectations({ file: 'expect.yaml', text })

/** Messages of all mistakes, with what is marked. */
function mistakes(text: string): readonly string[] {
  try {
    parse(text)
  } catch (error) {
    const { diagnostics } = error as {
      diagnostics: readonly {
        code: string
        message: string
        label?: string
        span: { start: number; end: number }
      }[]
    }
    return diagnostics.map(({ code, message, label, span }) => {
      expect(code).toBe('settings/bad-expectation')
      return [message, `'${text.slice(span.start, span.end)}'`, label].filter(Boolean).join(' | ')
    })
  }
  return []
}

test('a policy is read, with the line of everything it expects', () => {
  const text = `expect:
  max-size: 5 MB
  max-archive-size: 1.5KiB
  max-growth: 20 %
  forbidden: ["*.a", '**/tests/**']
  must-have: lib/*.so
`
  expect(parse(text)).toEqual({
    maxSize: { value: { text: '5 MB', bytes: 5_000_000 }, location: 'expect.yaml:2:13' },
    maxArchiveSize: { value: { text: '1.5KiB', bytes: 1536 }, location: 'expect.yaml:3:21' },
    maxGrowth: { value: { text: '20 %', percent: 20 }, location: 'expect.yaml:4:15' },
    forbidden: [
      { value: '*.a', location: 'expect.yaml:5:15' },
      { value: '**/tests/**', location: 'expect.yaml:5:22' },
    ],
    mustHave: [{ value: 'lib/*.so', location: 'expect.yaml:6:14' }],
  })
})

test('a growth may be a size, and an empty policy expects nothing', () => {
  expect(parse('expect: {max-growth: 100}').maxGrowth?.value).toEqual({ text: '100', bytes: 100 })
  expect(parse('expect: {}')).toEqual({ forbidden: [], mustHave: [] })
})

describe('a mistake is told with its place', () => {
  test.each([
    { text: '', says: ["the file has no mapping `expect` | ''"] },
    { text: '[]', says: ["the file has no mapping `expect` | '[]'"] },
    { text: '{}', says: ["the file has no mapping `expect` | '{}'"] },
    { text: 'expect: 1', says: ["`expect` is no mapping | '1'"] },
    { text: 'expct: {}', says: ["`expct` is no expectation | 'expct' | did you mean `expect`?"] },
    {
      text: 'expect: {max-siz: 1, constructor: 2}',
      says: [
        "`max-siz` is no expectation | 'max-siz' | did you mean `max-size`?",
        "`constructor` is no expectation | 'constructor'",
      ],
    },
    { text: 'expect: {max-size: 5 constructor}', says: ["`max-size` has to be a size | '5 constructor'"] },
    {
      text: 'expect: {max-size: -1, max-growth: x%}',
      says: ["`max-size` has to be a size | '-1'", "`max-growth` has to be a size | 'x%'"],
    },
    { text: 'expect: {max-size: [1]}', says: ["`max-size` has to be a size | '[1]'"] },
    {
      text: 'expect: {forbidden: ["[", "", [a]]}',
      says: [
        expect.stringContaining('is a malformed glob'),
        'an entry of `forbidden` is empty | \'""\'',
        "an entry of `forbidden` is no glob, but a list or mapping | '[a]'",
      ],
    },
    { text: 'expect: {a: 1', says: [expect.stringContaining('|')] },
  ])('$text', ({ text, says }) => {
    expect(mistakes(text)).toEqual(says)
  })
})
