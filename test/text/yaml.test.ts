import { describe, expect, test } from 'vitest'
import { parseYaml, positionAt, type YamlNode } from '../../src/text/index.js'

function parse(text: string) {
  return parseYaml({ file: 'f.yaml', text })
}

/** The tree as plain data: texts, lists, pairs. */
function plain(node: YamlNode | undefined): unknown {
  if (node?.kind === 'sequence') return node.items.map(plain)
  if (node?.kind === 'mapping') return node.entries.map(({ key, value }) => [key.text, plain(value)])
  return node?.text
}

describe('YAML', () => {
  test.each([
    {
      title: 'never types a scalar',
      text: 'a: 1.10\nb: yes\nc: ~',
      data: [
        ['a', '1.10'],
        ['b', 'yes'],
        ['c', '~'],
      ],
    },
    {
      title: 'reads a missing value as an empty text',
      text: 'a:\nb: 1',
      data: [
        ['a', ''],
        ['b', '1'],
      ],
    },
    { title: 'keeps the last line end of a block', text: 'a: |\n  x\n  y\n', data: [['a', 'x\ny\n']] },
    {
      title: 'accepts CRLF and a byte order mark',
      text: '\uFEFFa: 1\r\nb:\r\n  - x\r\n',
      data: [
        ['a', '1'],
        ['b', ['x']],
      ],
    },
    { title: 'reads nothing out of an empty document', text: '# only a comment\n', data: undefined },
    {
      title: 'takes numbers and words as keys',
      text: '1: a\ntrue: b',
      data: [
        ['1', 'a'],
        ['true', 'b'],
      ],
    },
  ])('$title', ({ text, data }) => {
    const { root, problems } = parse(text)
    expect(plain(root)).toEqual(data)
    expect(problems).toEqual([])
  })

  test.each([
    { title: 'an anchor', text: 'a: &x 1', message: 'unexpected definition of anchor `&x`' },
    { title: 'an alias', text: 'a: *x', message: 'YAML aliases such as `*x` are not allowed in recipes' },
    { title: 'a tag', text: 'a: !!str 1', message: 'unexpected use of YAML tag' },
    {
      title: 'a template without its dollar',
      text: 'a: {{ name }}',
      message: 'a template is written `${{ name }}`',
    },
    { title: 'a tab as indentation', text: 'a:\n\tb: 1', message: /tab/i },
    { title: 'a repeated key', text: 'a: 1\na: 2', message: /unique/i },
  ])('refuses $title and says where', ({ text, message }) => {
    const { problems } = parse(text)
    const errors = problems.filter(({ severity }) => severity === 'error')
    expect(
      errors.some((problem) =>
        typeof message === 'string' ? problem.message.includes(message) : message.test(problem.message),
      ),
    ).toBe(true)
    expect(errors.every(({ span }) => span.end <= text.length + 1)).toBe(true)
  })

  test('says that a second document is not read', () => {
    const { root, problems } = parse('a: 1\n---\nb: 2\n')
    expect(plain(root)).toEqual([['a', '1']])
    expect(problems).toMatchObject([
      { severity: 'warning', message: 'only the first YAML document is read; what follows is ignored' },
    ])
  })

  test('gives back what it understood of half-typed text', () => {
    const { root, problems } = parse('package:\n  name: demo\nbuild: [\n')
    expect(problems.length).toBeGreaterThan(0)
    expect(plain(root)).toEqual(expect.arrayContaining([['package', [['name', 'demo']]]]))
  })

  test('knows for every scalar where it stands and whether it was quoted', () => {
    const text = 'a: plain\nb: "quoted"\nc: |\n  block\n'
    const { root } = parse(text)
    const values = root?.kind === 'mapping' ? root.entries.map(({ value }) => value) : []
    expect(values.map((value) => (value.kind === 'scalar' ? value.style : value.kind))).toEqual([
      'plain',
      'quoted',
      'block',
    ])
    expect(values.map(({ span }) => positionAt(text, span.start))).toEqual([
      { line: 1, column: 4 },
      { line: 2, column: 4 },
      { line: 3, column: 4 },
    ])
  })
})
