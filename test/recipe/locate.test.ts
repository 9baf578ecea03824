import { expect, test } from 'vitest'
import { locateInScalar } from '../../src/recipe/index.js'
import { getEntry, parseYaml } from '../../src/text/index.js'

test.each([
  ['plain', 'a: x ${{ name }} y\n'],
  ['quoted', 'a: "x ${{ name }} y"\n'],
  ['single quoted', "a: 'x ${{ name }} y'\n"],
  ['block', 'a: |\n  first\n  x ${{ name }} y\n'],
  ['folded', 'a: >\n  x\n  ${{ name }}\n'],
  ['escaped', 'a: "\\t${{ name }}"\n'],
  ['plain scalar over several lines or', 'a: x\n  ${{ name }}\n'],
  ['block with deeper lines', 'a: |-\n    first\n\n      x ${{ name }}\n'],
])('a part of a %s scalar is found in the file', (_style, text) => {
  const source = { file: 'f', text }
  const { root } = parseYaml(source)
  const scalar = root?.kind === 'mapping' ? getEntry(root, 'a')?.value : undefined
  if (scalar?.kind !== 'scalar') throw new Error('no scalar')
  const start = scalar.text.indexOf('name')
  const span = locateInScalar(scalar, source, { start, end: start + 4 })
  expect(text.slice(span.start, span.end)).toBe('name')
})
