import { expect, test } from 'vitest'
import {
  collectExpressionNames,
  collectTemplateNames,
  parseBareExpression,
  parseTemplate,
} from '../../src/template/index.js'

test.each([
  ['a and b or c', ['a', 'b', 'c']],
  ['a.b["c"]', ['a']],
  ['a[b]', ['a', 'b']],
  ['x if y else z', ['y', 'x', 'z']],
  ['compiler("c")', ['c_compiler', 'c_compiler_version', 'CONDA_BUILD_SYSROOT']],
  ['compiler(lang)', ['lang']],
  ['stdlib("go-cgo")', ['go-cgo_stdlib', 'go-cgo_stdlib_version', 'CONDA_BUILD_SYSROOT']],
  ['cdt("x")', ['cdt_name']],
  ['match(python, ">=3")', ['python']],
  ['pin_subpackage(name, exact=flag)', ['name', 'flag']],
  ['other(a, k=b)', ['other', 'a', 'b']],
  ['x | default(y)', ['x', 'y']],
  ['x is eq y', ['x', 'y']],
  ['{a: b}', ['a']],
  ['v[a:b]', ['v', 'a', 'b']],
])('%s mentions %j', (expression, names) => {
  expect([...collectExpressionNames(parseBareExpression(expression))].sort()).toEqual([...names].sort())
})

test.each([
  ['${{ a }}{% if b %}${{ c }}{% else %}${{ d }}{% endif %}', ['a', 'b', 'c', 'd']],
  ['{% for x in xs if f %}${{ y }}{% endfor %}', ['xs', 'f', 'y']],
  ['{% set q = v %}{% with w = u %}${{ t }}{% endwith %}', ['v', 'u', 't']],
  ['{% macro m() %}${{ hidden }}{% endmacro %}${{ seen }}', ['seen']],
  ['{% set q %}${{ hidden }}{% endset %}{% filter lower %}${{ seen }}{% endfilter %}', ['seen']],
])('the template %s mentions %j', (template, names) => {
  expect([...collectTemplateNames(parseTemplate(template))].sort()).toEqual([...names].sort())
})

test('a bare {{ name }} counts in the dialect that collects names', () => {
  const text = '{{ a }} ${{ b }} $<< c >>'
  expect([...collectTemplateNames(parseTemplate(text, 'names'))]).toEqual(['a', 'b', 'c'])
  expect([...collectTemplateNames(parseTemplate(text))]).toEqual(['b', 'c'])
})
