import { expect, test } from 'vitest'
import { loadCase, renderCase, renderLoaded } from './render.js'

const recipe = `
context: {version: "1.2"}
recipe: {name: many, version: "\${{ version }}"}
outputs:
  - package: {name: liba}
    requirements:
      build: ["\${{ compiler('c') }}"]
      host: [python, zlib]
  - package: {name: b}
    build:
      skip: ["match(python, '<3.11')"]
    requirements:
      host: [python, "\${{ pin_subpackage('liba', exact=true) }}"]
`
const variants = `
python: ["3.10", "3.11", "3.12"]
zlib: ["1.2", "1.3"]
c_compiler: [gcc]
c_compiler_version: ["13"]
unused: [1, 2, 3]
`

test('one recipe and its variants give the same outputs a hundred times', () => {
  const results = Array.from({ length: 100 }, () => {
    const { outputs, diagnostics } = renderCase({ recipe, variants })
    return JSON.stringify({ outputs, diagnostics })
  })
  expect(new Set(results).size).toBe(1)
  expect(JSON.parse(results[0] ?? '').outputs).toHaveLength(12)
})

test('a rendering for another platform in between changes nothing', () => {
  const render = (target: string) => JSON.stringify(renderCase({ recipe, variants, target }).outputs)
  const first = render('linux-64')
  expect(render('win-64')).not.toBe(first)
  expect(render('linux-64')).toBe(first)
})

test('a recipe that was rendered before renders as if it were new', () => {
  const text = `
package: {name: demo, version: "1"}
build:
  script: ["\${{ PYTHON }} setup.py --numpy \${{ numpy }}"]
requirements: {host: [python], run: ["\${{ pin_compatible('zlib') }}"], run_constraints: [a <2, b]}
tests: [{script: ["demo --version"]}]
about: {summary: plain, license: MIT}
extra: {maintainers: [me]}
`
  const loaded = loadCase(text)
  const cases = [
    { variants: 'python: ["3.12"]\nnumpy: ["2"]\nzlib: ["1"]' },
    { variants: 'python: ["3.11"]\nnumpy: ["1", "2"]', target: 'osx-64' },
    { variants: 'numpy: ["2"]\nzlib: ["1"]', options: { v3: true, experimental: true } },
    { variants: 'python: ["3.12"]\nnumpy: ["2"]\nzlib: ["1"]' },
  ]
  for (const input of cases) {
    const fresh = renderLoaded(loadCase(text), input)
    expect(renderLoaded(loaded, input)).toEqual(fresh)
  }
})
