/** `npx vitest run test/errors -u` renews the files; read them before keeping them. */
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { failureEvent } from '../../src/engine/failure-event.js'
import { isBuildError } from '../../src/errors/index.js'
import { readCatalogue } from '../support/error-catalogue.js'
import { factorySamples } from './factory-samples.js'
import { recipeSamples } from './recipe-samples.js'
import { show, showRecipe } from './show-recipe.js'

const folder = path.resolve(import.meta.dirname, '../../snapshots/errors')
const known = new Set<string>(factorySamples.map(({ code }) => code))

function shown(sample: (typeof factorySamples)[number]): string {
  if (!isBuildError(sample)) return show({ type: 'warning', ...sample })
  return show(failureEvent(sample, undefined, { sources: new Map(), signal: new AbortController().signal }))
}

describe('every code has a snapshot that was read by a person', () => {
  test.each(recipeSamples)('$code, from a file that has the mistake', async ({ code, recipe, variants }) => {
    const text = showRecipe(recipe, variants)
    expect(text).toContain(`[${code}]`)
    expect(text).not.toMatch(/^\s+at /m)
    const files = [recipe, ...(variants === undefined ? [] : [`# variants.yaml\n${variants}`])]
    await expect(`${files.join('\n')}\n${'-'.repeat(72)}\n${text}\n`).toMatchFileSnapshot(
      path.join(folder, `${code}.txt`),
    )
  })

  test.each([...known])('%s, as the report shows it', async (code) => {
    const texts = factorySamples.filter((sample) => sample.code === code).map(shown)
    for (const text of texts) expect(text).not.toMatch(/undefined\b(?! value)|\[object|^\s+at /m)
    await expect(`${texts.join('\n\n')}\n`).toMatchFileSnapshot(path.join(folder, `${code}.txt`))
  })

  test('and no snapshot is left of a code that is gone', () => {
    const codes = readCatalogue().map(({ code }) => code)
    const samples = [...known, ...recipeSamples.map(({ code }) => code)].sort()
    expect(samples).toEqual([...new Set(codes)].sort())
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.txt'))
      .map((file) => file.slice(0, -4))
    expect(files.sort()).toEqual(samples)
  })
})
