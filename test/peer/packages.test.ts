/**
 * The same recipes, built by rattler-build and by krait, give the same packages. What rattler-build gave is recorded in
 * `snapshots/peer/`; with KRAIT_PEER (a command line that builds with it) it is asked again, and `-u` records its answers.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { krait } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'
import { differences } from './differences.js'
import { emptyChannel, packageFacts } from './package-facts.js'
import { type PeerRecipe, peerRecipes } from './recipes.js'

const epoch = '1700000000'

function writeRecipe({ recipe, files = {} }: PeerRecipe): string {
  const directory = path.join(tempDirectory(), 'recipe')
  for (const [name, text] of Object.entries({ 'recipe.yaml': recipe, ...files })) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true })
    writeFileSync(path.join(directory, name), text)
  }
  return path.join(directory, 'recipe.yaml')
}

function buildArguments(recipe: string, output: string, { args = [] }: PeerRecipe): string[] {
  return ['build', '-r', recipe, '--output-dir', output, '-c', emptyChannel(), '--test', 'skip', ...args]
}

const expectedFile = (name: string) =>
  path.join(import.meta.dirname, '../../snapshots/peer', `${name.replaceAll(' ', '-')}.json`)

const cases = Object.entries(peerRecipes).map(([name, recipe]) => ({ name, recipe }))

describe('the package of a recipe with', () => {
  test.each(cases)('$name is as rattler-build makes it', async ({ name, recipe }) => {
    const output = tempDirectory()
    const args = buildArguments(writeRecipe(recipe), output, recipe)
    const { code, stderr } = await krait(args, { env: { SOURCE_DATE_EPOCH: epoch } })
    expect(stderr).not.toContain('error')
    expect(code).toBe(0)
    const expected = JSON.parse(readFileSync(expectedFile(name), 'utf8'))
    expect(JSON.parse(packageFacts(output))).toEqual(differences(expected))
  })
})

const peer = process.env.KRAIT_PEER?.split(' ')

if (peer) {
  test.each(cases)('rattler-build gives what is recorded for $name', async ({ name, recipe }) => {
    const [program = '', ...before] = peer
    const output = tempDirectory()
    const args = buildArguments(writeRecipe(recipe), output, recipe)
    execFileSync(program, [...before, ...args], { env: { ...process.env, SOURCE_DATE_EPOCH: epoch } })
    await expect(packageFacts(output)).toMatchFileSnapshot(expectedFile(name))
  })
}

test('every recipe has its record, and every record its recipe', () => {
  const recorded = readdirSync(path.dirname(expectedFile('')))
  expect(recorded.sort()).toEqual(cases.map(({ name }) => path.basename(expectedFile(name))).sort())
})
