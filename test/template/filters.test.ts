import { expect, test } from 'vitest'
import { formatValue } from '../../src/template/index.js'
import { resultOf } from './evaluate.js'

test.each([
  ['"3.11.* *_cpython" | version_to_buildstring', '311'],
  ['"12.6" | version_to_buildstring', '126'],
  ['"3-11" | version_to_buildstring', '3-11'],
  ['none | version_to_buildstring', 'None'],
  ['"abc" | replace("b", 1)', 'a1c'],
  ['true | lower', 'true'],
  ['1.5 | upper', '1.5'],
  ['"ÀB" | lower', 'àb'],
  ['"1e3" | int', '1000'],
  ['"-12" | int', '-12'],
  ['none | int', '0'],
  ['3.9 | int', '3'],
  ['-1.5 | abs', '1.5'],
  ['"false" | bool', 'True'],
  ['[[]] | bool', 'True'],
  ['0.0 | bool', 'False'],
  ['"" | default("y")', ''],
  ['"" | default("y", true)', 'y'],
  ['none | default("y")', 'None'],
  ['"abc" | first', 'a'],
  ['"abc" | last', 'c'],
  ['[] | first is defined', 'False'],
  ['"é💥" | length', '2'],
  ['"abc" | list', '["a", "b", "c"]'],
  ['{"b": 1, "a": 2} | list', '["a", "b"]'],
  ['[1, 2] | join("-")', '1-2'],
  ['[2, 1] | min', '1'],
  ['[2, 1] | max', '2'],
  ['"abc" | reverse', 'cba'],
  ['["b", "A", "c"] | sort', '["A", "b", "c"]'],
  ['["b", "A", "c"] | sort(case_sensitive=true, reverse=true)', '["c", "b", "A"]'],
  ['[1, "a", none, true] | sort', '[None, True, 1, "a"]'],
  ['[{"k": 2}, {"k": 1}] | sort(attribute="k")', '[{"k": 1}, {"k": 2}]'],
  ['["a", "A", "b"] | unique', '["a", "b"]'],
  ['" x " | trim', 'x'],
  ['"xxaxx" | trim("x")', 'a'],
  ['"a b  c" | split', '["a", "b", "c"]'],
  ['"a b  c" | split(none, 1)', '["a", "b  c"]'],
  ['"a,b,c" | split(",", 1)', '["a", "b,c"]'],
  ['"abc" | split("")', '["", "a", "b", "c", ""]'],
  ['"" | split', '[]'],
  ['"" | split(",")', '[""]'],
])('%s is %s', (expression, text) => {
  expect(formatValue(resultOf(expression))).toBe(text)
})

test.each([
  ['"" | int', /cannot convert/],
  ['" 3 " | int', /cannot convert/],
  ['"0x10" | int', /cannot convert/],
  ['"a" | abs', /absolute value/],
  ['true | abs', /absolute value/],
  ['5 | split', /cannot split/],
  ['5 | list', /not iterable/],
  ['5 | length', /cannot calculate length/],
  ['"a" | replace("b")', /missing argument/],
  ['"a" | int(3)', /too many arguments/],
  ['[1] | sort(foo=1)', /unknown keyword/],
  ['undef | lower', /`undef` is not defined/],
])('%s is refused', (expression, message) => {
  expect(() => resultOf(expression)).toThrow(message)
})
