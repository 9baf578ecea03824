import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readBlockYaml } from '../../src/text/block-yaml.js'
import { parseAnyYaml } from '../../src/text/yaml.js'

const file = 'f.yaml'

/** Either the same tree as the full parser's, or none. */
function expectSameOrNothing(text: string): boolean {
  const root = readBlockYaml({ file, text })
  if (root === undefined) return false
  expect({ root, problems: [] }).toEqual(parseAnyYaml({ file, text }))
  return true
}

describe('the quick reader of block YAML', () => {
  test.each([
    { title: 'nested maps and lists', text: 'a:\n  b:\n    - c: 1\n      d: 2\n    -   e\n  f: g\n' },
    { title: 'a list in the column of its key', text: 'a:\n- b\n- c: d\n  e: f\ng: h\n' },
    { title: 'a list at the top', text: '- a\n-\n- - b\n  - c\n' },
    { title: 'missing values', text: 'a:\nb:   # why\n  # more\nc:\n  -\n  - # why\n  - d\n' },
    { title: 'quoted texts and keys', text: '"a b": \'it\'\'s\' # so\n\'c\' : "d\\n\\u0041: # x"\ne: ""\n' },
    { title: 'plain texts with signs inside', text: 'a: b:c # d\ne: -x#y\nf: ${{ g }} | "h"\n' },
    { title: 'a literal block', text: 'a: |\n  b\n\n    c\n  d\n\n# end\ne: f\n' },
    { title: 'a literal block without last line end', text: 'a:\n  - |-\n    b\n    c\n  - d' },
    { title: 'a folded block', text: 'a: >\n  b\n  c\n\n  d\ne: >-\n\n  f\n' },
    { title: 'comments of any depth', text: '# a\nb:\n      # c\n  - d\n# e\n  - f\n    # g\n' },
  ])('reads $title as the full parser does', ({ text }) => {
    expect(expectSameOrNothing(text)).toBe(true)
  })

  test.each([
    { title: 'an empty text', text: '# nothing\n' },
    { title: 'flow style', text: 'a: [b, c]\n' },
    { title: 'a text on several lines', text: 'a: b\n  c\n' },
    { title: 'a key that is repeated', text: 'a: 1\na: 2\n' },
    { title: 'two keys on one line', text: 'a: b: c\n' },
    { title: 'anchors', text: 'a: &b c\nd: *b\n' },
    { title: 'tags', text: 'a: !!str b\n' },
    { title: 'tabs', text: 'a:\n\t- b\n' },
    { title: 'Windows line ends', text: 'a: b\r\n' },
    { title: 'several documents', text: 'a: b\n---\nc: d\n' },
    { title: 'directives', text: '%YAML 1.2\n---\na: b\n' },
    { title: 'a deeper key than its siblings', text: 'a: 1\n  b: 2\n' },
    { title: 'a list after a value', text: 'a: 1\n- b\n' },
    { title: 'a key less deep than all others', text: '  a: 1\nb: 2\n' },
    { title: 'an open quote', text: 'a: "b\n' },
    { title: 'text behind a quote', text: 'a: "b" c\n' },
    { title: 'a block with a number in its header', text: 'a: |2\n   b\n' },
    { title: 'a block whose depth changes', text: 'a: |\n    b\n  c\n' },
    { title: 'a reserved sign', text: 'a: @b\n' },
    { title: 'endless nesting', text: '- '.repeat(5000) },
  ])('leaves $title to the full parser', ({ text }) => {
    expect(readBlockYaml({ file, text })).toBeUndefined()
  })

  test('never differs from the full parser', () => {
    const word = fc.constantFrom(
      ...['a', 'b', 'key:', 'x: y', 'k: |', '>-', "'q'", '"q"', '"e\\t"', "'o''o'", '# note', 'z # note'],
      ...[
        '-',
        '- i',
        '- k: v',
        '- - n',
        ':',
        'a:b',
        '?',
        '${{ v }}',
        '[l]',
        '{m}',
        '&n',
        '~',
        '',
        ' ',
        'd :',
      ],
    )
    const line = fc
      .tuple(fc.constantFrom('', ' ', '  ', '   ', '    ', '      '), word, fc.constantFrom('', '', ' '))
      .map((parts) => parts.join(''))
    const text = fc.tuple(fc.array(line, { maxLength: 9 }), fc.constantFrom('', '\n', '\n\n'))
    fc.assert(
      fc.property(text, ([lines, end]) => void expectSameOrNothing(lines.join('\n') + end)),
      { numRuns: 3000 },
    )
  })
})
