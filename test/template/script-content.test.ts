import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isTemplate, renderScriptContent } from '../../src/template/index.js'
import { testScope } from './evaluate.js'

const scope = testScope({ variables: { name: 'foo', PREFIX: '/p' } })

test.each([
  ['echo ${{ name }} ${#A[@]} $((1+1)) "{%s}" {{x}}', 'echo foo ${#A[@]} $((1+1)) "{%s}" {{x}}'],
  ['${{ PYTHON }} -m pip', ' -m pip'],
  ['a\n${{ PREFIX }}\n', 'a\n/p\n'],
  ['${{ "${{" }} x }}', '${{ x }}'],
  ['{% if x %} {# y #} ${{ name }}', '{% if x %} {# y #} foo'],
  ['${{ "a" if undef else "b" }}', 'b'],
  ['$<< name >> >> out', 'foo >> out'],
  ['x=$(cat <<EOF\n${{ 1 }}\nEOF\n)', 'x=$(cat <<EOF\n1\nEOF\n)'],
])('%j becomes %j', (text, expected) => {
  expect(renderScriptContent(text, scope)).toBe(expected)
})

test.each([
  ['${{ 1 + }}', /syntax error/],
  ['${{ undef.x }}', /`undef` is not defined/],
  ['${{ nope }', /^$/],
])('mistakes in expressions are errors: %j', (text, message) => {
  if (!isTemplate(text)) expect(renderScriptContent(text, scope)).toBe(text)
  else expect(() => renderScriptContent(text, scope)).toThrow(message)
})

test('shell text without delimiters never changes', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('$', '{', '}', '%', '#', '(', '[', '"', "'", ' ', 'a') }),
      (text) => {
        fc.pre(!isTemplate(text))
        expect(renderScriptContent(text, scope)).toBe(text)
      },
    ),
  )
})
