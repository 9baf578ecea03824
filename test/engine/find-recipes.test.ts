import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { findRecipes } from '../../src/engine/find-recipes.js'
import { tempDirectory, testSystem } from '../support/system.js'

function setUp() {
  const root = tempDirectory()
  for (const name of ['a', 'b']) {
    mkdirSync(path.join(root, name))
    writeFileSync(path.join(root, name, 'recipe.yaml'), `# ${name}`)
  }
  symlinkSync('a', path.join(root, 'link'))
  mkdirSync(path.join(root, 'other'))
  symlinkSync('../a/recipe.yaml', path.join(root, 'other/recipe.yaml'))
  return root
}

async function* noInput() {}

test.each([
  { names: ['a/recipe.yaml', 'a/recipe.yaml'], found: ['a'] },
  { names: ['a', 'b', 'a/recipe.yaml', './b/../a'], found: ['a', 'b'] },
  { names: ['a', 'link'], found: ['a'] },
  // Other variants and sources may lie beside the link.
  { names: ['a', 'other'], found: ['a', 'other'] },
  { names: ['a', 'ROOT/a', 'URL/a/recipe.yaml'], found: ['a'] },
])('$names are the recipes of $found, each of them once', async ({ names, found }) => {
  const root = setUp()
  const paths = names.map((name) => name.replace('ROOT', root).replace('URL', pathToFileURL(root).href))
  const system = testSystem()
  const recipes = await findRecipes(
    { paths, below: undefined, stdin: noInput() },
    { ...system, host: { ...system.host, currentDirectory: root } },
  )
  expect(recipes.map(({ shown }) => path.dirname(shown))).toEqual(found)
})

test('a URL of another machine is called one', async () => {
  const paths = ['https://a.org/recipe.yaml']
  await expect(findRecipes({ paths, below: undefined, stdin: noInput() }, testSystem())).rejects.toThrow(
    '`https://a.org/recipe.yaml` is a URL',
  )
})
