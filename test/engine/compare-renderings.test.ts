import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareRenderings, formatComparison } from '../../src/engine/compare-renderings.js'
import type { RenderedOutput } from '../../src/recipe/index.js'
import { explainSubjects } from '../support/explain-subjects.js'

function outputOf(lists: {
  readonly host?: readonly string[]
  readonly script?: readonly string[]
}): RenderedOutput {
  const recipe = JSON.stringify({
    package: { name: 'a', version: '1' },
    requirements: { host: lists.host ?? [] },
    build: { string: 'fixed', script: lists.script ?? [] },
  })
  const [subject] = explainSubjects({ recipe })
  if (subject === undefined) throw new Error('no output')
  return subject.output
}

describe('a comparison', () => {
  test('shows values path by path, then the variant keys that are the cause', () => {
    const outputs = explainSubjects({
      recipe:
        'package: {name: a, version: "1"}\nrequirements:\n  host:\n    - python ${{ python }}\n    - pip\n',
      variants: 'python: [3.11.*, 3.12.*]\n',
    })
    const [before, after] = outputs.map(({ output }) => output)
    if (before === undefined || after === undefined) throw new Error('two outputs')
    expect(formatComparison(compareRenderings(before, after))).toBe(
      [
        `build.string: "py311h${before.hash.hash}_0" -> "py312h${after.hash.hash}_0"`,
        'requirements.host[0]: "python 3.11.*" -> "python 3.12.*"',
        'because:',
        '  variant.python: "3.11.*" -> "3.12.*"',
        '',
      ].join('\n'),
    )
  })

  test.each([
    { what: 'an item put in front', before: ['b', 'c'], after: ['a', 'b', 'c'], changes: ['[0]: added "a"'] },
    { what: 'an item taken out', before: ['a', 'b', 'c'], after: ['a', 'c'], changes: ['[1]: removed "b"'] },
    {
      what: 'the same package in another place between equal ones',
      before: ['x 1.*', 'y 1.*', 'z'],
      after: ['y 2.*', 'x 2.*', 'z'],
      changes: ['[1]: "x 1.*" -> "x 2.*"', '[0]: "y 1.*" -> "y 2.*"'],
    },
    {
      what: 'an item in place of another',
      before: ['a', 'old', 'c'],
      after: ['a', 'new', 'c'],
      changes: ['[1]: "old" -> "new"'],
    },
  ])('of lists shows $what and nothing else', ({ before, after, changes }) => {
    const text = formatComparison(compareRenderings(outputOf({ host: before }), outputOf({ host: after })))
    expect(text.trimEnd().split('\n')).toEqual(changes.map((change) => `requirements.host${change}`))
  })

  test('sees that the same lines come in another order', () => {
    const { changes } = compareRenderings(
      outputOf({ script: ['one', 'two', 'three'] }),
      outputOf({ script: ['two', 'one', 'three'] }),
    )
    expect(changes).not.toEqual([])
  })

  test('of very long lists ends soon and finds the change', () => {
    const lines = Array.from({ length: 3000 }, (_, index) => `echo ${index}`)
    const { changes } = compareRenderings(
      outputOf({ script: lines }),
      outputOf({ script: lines.with(1500, 'changed') }),
    )
    expect(changes).toEqual([{ path: 'build.script[1500]', before: 'echo 1500', after: 'changed' }])
  })

  test('of an output with itself is empty; of any other list it is not', () => {
    const list = fc.array(fc.constantFrom('a', 'b', 'c 1.*', 'c 2.*'), { minLength: 2, maxLength: 6 })
    fc.assert(
      fc.property(list, list, (left, right) => {
        const [before, after] = [outputOf({ host: left }), outputOf({ host: right })]
        const isSame = JSON.stringify(left) === JSON.stringify(right)
        expect(formatComparison(compareRenderings(before, after)) === 'no difference\n').toBe(isSame)
      }),
      { numRuns: 50 },
    )
  })
})
