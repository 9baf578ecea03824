import { describe, expect, test } from 'vitest'
import { isTemplate, parseTemplate } from '../../src/template/index.js'
import { render } from './evaluate.js'

describe('statements', () => {
  test.each([
    ['{% if true %}a{% else %}b{% endif %}${{ 1 }}', 'a1'],
    ['{% if false %}a{% elif true %}e{% endif %}', 'e'],
    ['{% for x in [1,2] %}${{ x }},{% endfor %}', '1,2,'],
    ['{% for x in [1,2,3] if x > 1 %}${{ loop.index }}${{ x }} {% endfor %}', '12 23 '],
    ['{% for x in [] %}a{% else %}none{% endfor %}', 'none'],
    ['{% for a, b in [[1,2]] %}${{ a }}${{ b }}{% endfor %}', '12'],
    ['{% for k in {"b":1,"a":2} %}${{ k }}{% endfor %}', 'ab'],
    ['{% for x in [1,2] %}${{ loop.first }}${{ loop.cycle("a","b") }}{% endfor %}', 'TrueaFalseb'],
    ['{% for x in [1,1,2] %}${{ loop.changed(x) }} {% endfor %}', 'True False True '],
    ['{% for x in [none,none,1] %}${{ loop.changed(x) }} {% endfor %}', 'True False True '],
    ['{% for x in [1,[2]] recursive %}${{ x if x is number else loop(x) }}{% endfor %}', '12'],
    ['{% set y = 3 %}${{ y }}', '3'],
    ['{% set a, b = [1, 2] %}${{ a }}${{ b }}', '12'],
    ['{% set a, b = [none, 1] %}${{ a }}${{ b }}', 'None1'],
    ['{% set y | upper %}abc{% endset %}${{ y }}', 'ABC'],
    ['{% set x = 1 %}{% for i in [1] %}{% set x = 2 %}{% endfor %}${{ x }}', '1'],
    ['{% with a = 1, b = 2 %}${{ a + b }}{% endwith %}', '3'],
    ['{% macro m(a, b=2) %}${{ a }}-${{ b }}{% endmacro %}${{ m(1) }} ${{ m(1, b=3) }}', '1-2 1-3'],
    ['{% macro m(a=3) %}${{ a }}{% endmacro %}${{ m(none) }} ${{ m(a=none) }} ${{ m() }}', 'None None 3'],
    ['{% macro m() %}${{ caller() }}!{% endmacro %}{% call m() %}hi{% endcall %}', 'hi!'],
    ['{% filter upper %}abc${{ 1 }}{% endfilter %}', 'ABC1'],
    ['{% block x %}a${{ 1 }}{% endblock %}', 'a1'],
    ['{% do match("1", ">=1") %}${{ 1 }}', '1'],
    ['{% raw %}${{ x }}{% endraw %}${{ 1 }}', '${{ x }}1'],
    ['{# c #}${{ 1 }}', '1'],
    ['{%- if true -%} a {%- endif -%} ${{ 1 }}', 'a1'],
    ['x ${{- 1 -}} y', 'x1y'],
    ['$${{ 1 }}', '$1'],
    ['{{ x }} ${{ 1 }}', '{{ x }} 1'],
    ['${{ "${{" }}', '${{'],
    ['${{ {"a": {"b": 1}} }}', '{"a": {"b": 1}}'],
    ['a${{ 1 }}\n', 'a1'],
    ['a${{ 1 }}\n\n', 'a1\n'],
  ])('%j renders to %j', (template, text) => {
    expect(render(template)).toBe(text)
  })

  test.each([
    ['{% include "x" %}', /template not found/],
    ['{% break %}', /unknown statement break/],
    ['{% if true %}', /unexpected end of input/],
    ['{% endif %}', /unknown statement endif/],
    ['{% for x in 5 %}{% endfor %}', /not iterable/],
    ['{% for x in undef %}{% endfor %}', /`undef` is not defined/],
    ['{% if undef %}{% endif %}', /`undef` is not defined/],
    ['{% set a, b = [1] %}', /cannot unpack/],
    ['{% autoescape true %}{% endautoescape %}', /not supported yet: autoescape/],
    ['{# never closed', /unexpected end of comment/],
    ['${{ 1', /unexpected end of input/],
    ['${{ }}', /an expression/],
    ['{% raw %}', /unexpected end of raw block/],
    ['{% macro m(a) %}{% endmacro %}${{ m(1, 2) }}', /too many arguments/],
    ['{% macro m(a) %}{% endmacro %}${{ m(b=2) }}', /unknown keyword argument/],
  ])('%j is refused', (template, message) => {
    expect(() => render(template)).toThrow(message)
  })
})

describe('the alternative delimiters', () => {
  test.each([
    ['$<< 1 + 1 >>', '2'],
    ['$<< "a >> b" >>', 'a >> b'],
    ['$<<- 1 ->> x', '1x'],
    ['${{ 1 }}$<< 2 >>', '12'],
    ['cat $<<EOF ${{ 1 }}', 'cat $<<EOF 1'],
  ])('%j renders to %j', (template, text) => {
    expect(render(template)).toBe(text)
  })

  test.each([
    ['$<< x >>', true],
    ['${{ x }}', true],
    ['${{ x', false],
    ['{% if x %}', false],
    ['{{ x }}', false],
    ['>> $<', false],
  ])('%j is a template: %s', (text, expected) => {
    expect(isTemplate(text)).toBe(expected)
  })
})

test('a syntax error says where it is', () => {
  expect(() => parseTemplate('ab ${{ 1 + }}')).toThrow(
    expect.objectContaining({ problem: 'syntax', start: 11 }),
  )
})
