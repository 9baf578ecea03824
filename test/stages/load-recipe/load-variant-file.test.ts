import { describe, expect, test } from 'vitest'
import { loadVariantFile } from '../../../src/stages/load-recipe/index.js'

const platforms = { build: 'linux-64', host: 'linux-64', target: 'linux-64' }

function load(text: string, file = 'variants.yaml') {
  const { config, diagnostics } = loadVariantFile(
    { file, text },
    { platforms, env: (name) => (name === 'X' ? 'x' : undefined) },
  )
  const values = Object.fromEntries(
    [...config.values].map(([key, items]) => [key, items.map(({ value }) => value)]),
  )
  return { values, zipKeys: config.zipKeys, diagnostics }
}

describe('variants.yaml', () => {
  test.each<[string, Record<string, unknown>]>([
    ['k: [a, "b"]', { k: ['a', 'b'] }],
    ['k: [1, "1", true, "true", 1.10, 007, yes]', { k: [1, '1', true, 'true', '1.10', 7, 'yes'] }],
    ['k-a.b: [1]', { k_a_b: [1] }],
    ['k:\n  - if: linux\n    then: [a, b]\n    else: c\n', { k: ['a', 'b'] }],
    ['k:\n  - if: win\n    then: a\n', {}],
    ['k:\n  - if: nobody_knows\n    then: a\n    else: b\n', { k: ['b'] }],
    ['k: ["${{ \'x\' ~ 1 }}", "${{ \'\' }}"]', { k: ['x1'] }],
    ['k: []', {}],
    ['', {}],
  ])('%j', (text, values) => {
    expect(load(text)).toMatchObject({ values, diagnostics: [] })
  })

  test('zip_keys are normalised groups', () => {
    expect(load('zip_keys: [[a-b, c]]').zipKeys).toEqual([['a_b', 'c']])
  })

  test('values know where they were written', () => {
    const text = 'python:\n  - "3.12"\n'
    const { config } = loadVariantFile({ file: 'v', text }, { platforms })
    const span = config.values.get('python')?.[0]?.span
    expect(text.slice(span?.start, span?.end)).toBe('"3.12"')
  })

  test.each([
    ['k: x', 'load/variants', "Variant values for 'k' must be a list"],
    ['k: [{a: b}]', 'load/variants', 'needs `if` and `then`'],
    ['k: [[a]]', 'load/wrong-type', 'expected scalar but got non-scalar'],
    ['k: [{if: linux}]', 'load/missing-field', "missing required field 'then'"],
    ['k: [{if: "(", then: a}]', 'load/condition-syntax', 'Failed to parse if'],
    ['k: ["${{ nope }}"]', 'load/template-syntax', '`nope` is not defined'],
    ['zip_keys: [a, b]', 'load/variants', 'zip_keys must be a list of lists, not a flat list'],
    ['zip_keys: a', 'load/wrong-type', 'expected sequence'],
    ['- a', 'load/wrong-type', 'expected mapping'],
    ['k: [a]\nk: [b]\n', 'load/duplicate-key', 'Duplicate key "k"'],
  ])('%j is refused', (text, code, message) => {
    expect(load(text).diagnostics).toEqual([
      expect.objectContaining({ severity: 'error', code, message: expect.stringContaining(message) }),
    ])
  })

  test('pin_run_as_build is ignored with a warning', () => {
    expect(load('pin_run_as_build: {a: b}\nk: [a]\n')).toMatchObject({
      values: { k: ['a'] },
      diagnostics: [{ severity: 'warning', code: 'load/ignored' }],
    })
  })
})

describe('conda_build_config.yaml', () => {
  test.each<[string, Record<string, unknown>]>([
    ['k:\n  - 3.10\n  - 4\n  - true\n  - -3\n', { k: ['3.10', '4', true, '-3'] }],
    ['k: [1.10, 4, 0x10, 007, yes]\n', { k: [1.1, 4, 16, '007', 'yes'] }],
    ['k:\n  - a  # [linux]\n  - b  # [win]\n  - c  # a comment\n  - d  # []\n', { k: ['a', 'c', 'd'] }],
    ['k:\n  - a  # [nobody_knows]\n  - b\n', { k: ['b'] }],
    [
      'k:\n  - a  # [os.environ.get("X", "") == "x"]\n  - b  # [os.environ.get("Y", "n") == "y"]\n',
      { k: ['a'] },
    ],
    ['k:\n  - a  # [target_platform.startswith("linux")]\n', { k: ['a'] }],
    ['k:  # [win]\n  - a  # [win]\nz:\n  - b\n', { z: ['b'] }],
    ['k:\nz:\n  - a\n', { z: ['a'] }],
  ])('%j', (text, values) => {
    expect(load(text, 'dir/conda_build_config.yaml')).toMatchObject({ values, diagnostics: [] })
  })

  test('what is cut from a line moves nothing', () => {
    const text = 'k:  # [linux]\n  - abc  # [linux]\n'
    const { config } = loadVariantFile({ file: 'conda_build_config.yaml', text }, { platforms })
    const span = config.values.get('k')?.[0]?.span
    expect(text.slice(span?.start, span?.end)).toBe('abc')
  })

  test('values that are no scalars are left out with a warning', () => {
    const { diagnostics } = load('k:\n  - {a: b}\n', 'conda_build_config.yaml')
    expect(diagnostics).toEqual([expect.objectContaining({ severity: 'warning', code: 'load/ignored' })])
  })
})
