/** What must hold for every explanation, whatever the recipe. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatMatchSpec, parseMatchSpec } from '../../../src/conda/index.js'
import { explain } from '../../../src/engine/explain/explain.js'
import type { ExplainSubject } from '../../../src/engine/explain/types.js'
import { allPaths, findValue, formatPath, toPointer } from '../../../src/engine/explain/value-path.js'
import type { Origin } from '../../../src/recipe/index.js'
import {
  createFunctions,
  fromJson,
  parseTemplate,
  renderTemplate,
  type Value,
} from '../../../src/template/index.js'
import type { Json } from '../../../src/text/index.js'
import { explainSubjects } from '../../support/explain-subjects.js'

const root = path.resolve(import.meta.dirname, '../../../recipes')
const recipes = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => path.basename(file) === 'recipe.yaml')
  .map((file) => path.dirname(file))

function subjectsOf(name: string): readonly ExplainSubject[] {
  const files = readdirSync(path.join(root, name))
  const read = (file: string) => readFileSync(path.join(root, name, file), 'utf8')
  // What is built against the bootstrapped channel gets its compilers from there.
  const shared = /^(?:bootstrap|real)\//.test(name) ? read('../../bootstrap/variants.yaml') : ''
  const variants = `${shared}${files.includes('variants.yaml') ? read('variants.yaml') : ''}`
  const given = variants === '' ? {} : { variants }
  return explainSubjects({ recipe: read('recipe.yaml'), ...given, options: { experimental: true } })
}

function expectHashes(subjects: readonly ExplainSubject[]): void {
  for (const [index, explanation] of explain('hash', subjects).entries()) {
    if (explanation.kind !== 'hash') throw new Error(explanation.kind)
    const digest = createHash('sha1').update(explanation.canonical_json).digest('hex').slice(0, 7)
    expect(explanation.hash).toBe(digest)
    expect(subjects[index]?.output.hash.hash).toBe(digest)
    const keys = Object.fromEntries(explanation.keys.map(({ key, value }) => [key, value]))
    expect(JSON.parse(explanation.canonical_json)).toEqual(keys)
    expect(explanation.left_out.filter(({ key }) => Object.hasOwn(keys, key))).toEqual([])
    if (explanation.template === undefined) {
      const { build_string, prefix, number } = explanation
      expect(build_string).toBe(`${prefix}h${digest}_${number}`)
    }
  }
}

/** Every path of the recipe has an explanation of the value that is there. */
function expectValues(subjects: readonly ExplainSubject[]): void {
  for (const subject of subjects) {
    const recipe = subject.output.recipe as unknown as Json
    for (const at of allPaths(recipe).slice(1)) {
      const [explanation] = explain(formatPath(at), [subject])
      expect(explanation).toMatchObject({ path: formatPath(at), value: findValue(recipe, at)?.value })
    }
  }
}

/** The template, given only what it is said to have read. */
function renderAgain(template: string, { reads }: Origin): string {
  const values = new Map<string, Value>()
  for (const { name, value } of reads) if (value !== undefined) values.set(name, fromJson(value))
  const functions = createFunctions({
    readVariant: (key) => values.get(key),
    targetPlatform: 'linux-64',
    hostPlatform: 'linux-64',
    experimental: true,
    effects: {},
  })
  const lookup = (name: string) => values.get(name) ?? functions.get(name)
  return renderTemplate(parseTemplate(template), { lookup, names: () => [...values.keys()] })
}

function expectOrigins(subjects: readonly ExplainSubject[]): number {
  let checked = 0
  for (const { output } of subjects) {
    const recipe = output.recipe as unknown as Json
    for (const at of allPaths(recipe)) {
      const origin = output.provenance.origins.get(toPointer(at))
      const value = findValue(recipe, at)?.value
      // The build string sees the hash, which is no read; scripts are filled in when they run.
      if (origin?.template === undefined || formatPath(at) === 'build.string') continue
      if (typeof value !== 'string' || value.includes('${{')) continue
      // Requirements are written in one way, whatever the function or the recipe wrote.
      const same = formatPath(at).includes('requirements') ? normalized : (text: string) => text.trim()
      expect(same(renderAgain(origin.template, origin))).toBe(same(value))
      checked += 1
    }
  }
  return checked
}

function normalized(spec: string): string {
  return formatMatchSpec(parseMatchSpec(spec, { mode: 'lenient' }))
}

describe.each(recipes)('recipes/%s', (name) => {
  test('has build strings that hash again from the JSON that is shown', () => {
    expectHashes(subjectsOf(name))
  })

  test('has an explanation for each of its values', () => {
    expectValues(subjectsOf(name))
  })

  test('renders again from what each template is said to have read', () => {
    expectOrigins(subjectsOf(name))
  })
})

const key = fc.constantFrom(
  'python',
  'numpy',
  'tone',
  'r_base',
  'perl',
  'lua',
  'c_compiler',
  'weird-key',
  'ünïcode',
)
const value = fc.oneof(
  fc.constantFrom('3.11.*', '3.12.* *_cpython', '5.32.1', '2', 'a "quoted" one', "it's", 'ä€𝄞', '\u0085x'),
  fc.integer({ min: 0, max: 9 }),
  fc.boolean(),
)
const config = fc.dictionary(key, fc.uniqueArray(value, { minLength: 1, maxLength: 2 }), { maxKeys: 4 })

const generated = [
  'package: {name: demo, version: "1"}',
  'requirements:',
  '  host: [numpy, weird-key]',
  'about:',
  '  summary: ${{ tone | default("none") }} ${{ python | default("") | upper }}',
  '  description: ${{ "yes" if lua is defined and perl is defined else "no" }} ${{ compiler("c") }}',
  '  license_family: f-${{ r_base if r_base is defined else tone | default("x") ~ "!" }}',
  'extra:',
  '  list: ["${{ target_platform }}", plain]',
  '',
].join('\n')

describe('generated variants', () => {
  test('hash again, are explained value by value, and render again', () => {
    let checked = 0
    fc.assert(
      fc.property(config, (values) => {
        const subjects = explainSubjects({ recipe: generated, variants: JSON.stringify(values) })
        expectHashes(subjects)
        expectValues(subjects)
        checked += expectOrigins(subjects)
      }),
      { numRuns: 60 },
    )
    expect(checked).toBeGreaterThan(200)
  })
})
