import { expect, test } from 'vitest'
import { outputOf } from './render.js'

const recipe = `context:
  v: "1"
package: {name: a, version: "\${{ v }}"}
requirements:
  host:
    - if: win
      then: [vs2022]
      else:
        - make
    - python \${{ python }}
build:
  script: echo
`
const variants = 'python:\n  - "3.12.*"\n'

const textOf = (text: string, span: { start: number; end: number } | undefined) =>
  text.slice(span?.start, span?.end)

test('every value knows its place, its branches and what was read', () => {
  const { origins } = outputOf({ recipe, variants }).provenance
  const make = origins.get('/requirements/host/0')
  expect(textOf(recipe, make?.span)).toBe('make')
  expect(make?.branches).toEqual([
    expect.objectContaining({
      selector: 'win',
      took: 'else',
      reads: [{ name: 'win', value: false, from: { kind: 'platform' } }],
    }),
  ])
  const python = origins.get('/requirements/host/1')
  expect(python).toMatchObject({ template: 'python ${{ python }}', branches: [] })
  expect(python?.reads).toEqual([
    {
      name: 'python',
      value: '3.12.*',
      from: { kind: 'variant', file: 'variants.yaml', span: expect.anything() },
    },
  ])
  const [read] = python?.reads ?? []
  expect(read?.from.kind === 'variant' && textOf(variants, read.from.span)).toBe('"3.12.*"')
})

test('context values are read from where they are written', () => {
  const { origins } = outputOf({ recipe, variants }).provenance
  const [read] = origins.get('/package/version')?.reads ?? []
  expect(read).toMatchObject({ name: 'v', value: '1', from: { kind: 'context' } })
  expect(read?.from.kind === 'context' && textOf(recipe, read.from.span)).toBe('"1"')
})

test('what was left out is remembered with its branch', () => {
  const { dropped } = outputOf({ recipe, variants }).provenance
  expect(dropped.map(({ span, branch }) => [textOf(recipe, span), branch.selector, branch.took])).toEqual([
    ['vs2022', 'win', 'else'],
  ])
})

test('pointers of merged outputs index what the user sees', () => {
  const multi = 'version: "1"\nsource: {path: top}\noutputs: [{package: {name: a}, source: {path: own}}]'
  const { origins } = outputOf({ recipe: multi }).provenance
  expect(textOf(multi, origins.get('/source/0/path')?.span)).toBe('top')
  expect(textOf(multi, origins.get('/source/1/path')?.span)).toBe('own')
})

test('environment and files are reads, too', () => {
  const effects = {
    env: () => 'me',
    loadFromFile: (path: string) => ({ value: { v: 1 }, path: `/r/${path}`, sha256: 'ab' }),
  }
  const text = `package: {name: a, version: "1"}\nabout: {summary: "\${{ env.get('USER') }}\${{ load_from_file('x').v }}"}`
  const { recipe: rendered, provenance } = outputOf({
    recipe: text,
    options: { effects, experimental: true },
  })
  expect(rendered.about?.summary).toBe('me1')
  expect(provenance.origins.get('/about/summary')?.reads).toEqual([
    { name: 'USER', value: 'me', from: { kind: 'env' } },
    { name: 'x', value: undefined, from: { kind: 'file', path: '/r/x', sha256: 'ab' } },
  ])
})
