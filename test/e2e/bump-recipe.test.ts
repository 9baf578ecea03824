/** `krait bump-recipe`: the text of a recipe for a new version, with checksums of what is really there. */
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { commitAll, git } from '../support/git-server.js'
import { krait } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const md5 = (text: string) => createHash('md5').update(text).digest('hex')
const old = { sha256: '0'.repeat(64), md5: '1'.repeat(32) }

/** Answers with its own path, except for what is missing. */
async function serve(): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url?.includes('missing')) response.writeHead(404)
    response.end(request.url)
  }).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise((resolve) => server.once('listening', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function recipeOf(text: string): string {
  const file = path.join(tempDirectory(), 'recipe.yaml')
  fs.writeFileSync(file, text)
  return file
}

const bump = (recipe: string, version: string, ...flags: string[]) =>
  krait(['bump-recipe', '-r', recipe, '--version', version, ...flags])

function recipeFrom(
  base: string,
  version: string,
  sums: { sha256: string; md5: string; win: string },
  number = 3,
) {
  return `# The best recipe
context:
  name: demo
  version: ${version} # of upstream
  number: ${number}

package: {name: "\${{ name }}", version: "\${{ version }}"}

source:
  # a mirror that is gone comes first
  - url:
      - ${base}/missing/\${{ version }}.tar
      - ${base}/demo-\${{ version }}.tar.txt
    sha256: ${sums.sha256}   # checked
    md5: '${sums.md5}'
    file_name: demo.txt
  - if: win
    then:
      url: ${base}/win-\${{ version }}.txt
      sha256: ${sums.win}

build:
  number: \${{ number }}
  script: [echo   hi]   # odd blanks stay
`
}

test('version, build number and checksums change, of all platforms and past a dead mirror; nothing else does', async () => {
  const base = await serve()
  const recipe = recipeOf(recipeFrom(base, '1.2.3', { ...old, win: old.sha256 }))
  const { code, stdout, stderr } = await bump(recipe, '1.3.0')
  expect(stderr).toContain('Failed to fetch from URL: ')
  expect(code).toBe(0)
  const sums = {
    sha256: sha256('/demo-1.3.0.tar.txt'),
    md5: md5('/demo-1.3.0.tar.txt'),
    win: sha256('/win-1.3.0.txt'),
  }
  expect(fs.readFileSync(recipe, 'utf8')).toBe(recipeFrom(base, '1.3.0', sums, 0))
  expect(stdout).toContain('  - version: 1.2.3 # of upstream\n  + version: 1.3.0 # of upstream\n')
  expect(stdout).toMatch(/changed .*recipe\.yaml from 1\.2\.3 to 1\.3\.0\n$/)
})

test('a dry run and the same version change nothing; the build number can be kept', async () => {
  const base = await serve()
  const text = recipeFrom(base, '1.2.3', { ...old, win: old.sha256 })
  const recipe = recipeOf(text)
  const dry = await bump(recipe, '2.0.0', '--dry-run', '--json')
  expect(JSON.parse(dry.stdout)).toMatchObject({
    from: '1.2.3',
    to: '2.0.0',
    changes: expect.arrayContaining([{ line: 5, before: 'number: 3', after: 'number: 0' }]),
  })
  expect(fs.readFileSync(recipe, 'utf8')).toBe(text)
  const same = await bump(recipe, '1.2.3')
  expect(same.stdout).toContain('no new version')
  expect(fs.readFileSync(recipe, 'utf8')).toBe(text)
  expect((await bump(recipe, '2.0.0', '--keep-build-number')).code).toBe(0)
  expect(fs.readFileSync(recipe, 'utf8')).toContain('  number: 3\n')
})

test('a version that YAML would read as a number is quoted, quotes stay, checksums of the context are found', async () => {
  const base = await serve()
  const recipe = recipeOf(`context:
  version: 1.2.3
  sha256: "${old.sha256}"
package: {name: demo, version: '\${{ version }}'}
source: {url: "${base}/d-\${{ version }}.txt", sha256: "\${{ sha256 }}"}
build: {number: 7, script: [true]}
`)
  expect((await bump(recipe, '1.10')).code).toBe(0)
  expect(fs.readFileSync(recipe, 'utf8')).toBe(`context:
  version: "1.10"
  sha256: "${sha256('/d-1.10.txt')}"
package: {name: demo, version: '\${{ version }}'}
source: {url: "${base}/d-\${{ version }}.txt", sha256: "\${{ sha256 }}"}
build: {number: 0, script: [true]}
`)
})

test('the commit that a tag must lead to is looked up in the repository', async () => {
  const root = tempDirectory()
  fs.mkdirSync(path.join(root, 'repo'))
  fs.writeFileSync(path.join(root, 'repo/a'), '1')
  const first = commitAll(path.join(root, 'repo'), 'one')
  git(path.join(root, 'repo'), 'tag', 'v1')
  fs.writeFileSync(path.join(root, 'repo/a'), '2')
  const second = commitAll(path.join(root, 'repo'), 'two')
  git(path.join(root, 'repo'), 'tag', 'v2')
  const recipe = path.join(root, 'recipe.yaml')
  const text = (version: string, commit: string) => `context: {version: "${version}"}
package: {name: demo, version: "\${{ version }}"}
source:
  git: repo
  tag: v\${{ version }}
  expected_commit: ${commit}
`
  fs.writeFileSync(recipe, text('1', first))
  const { code, stderr } = await bump(recipe, '2', '--output-dir', path.join(root, 'out'))
  expect(code, stderr).toBe(0)
  expect(fs.readFileSync(recipe, 'utf8')).toBe(text('2', second))
})

test('a source that the new version does not have leaves the recipe as it was', async () => {
  const base = await serve()
  const text = `package: {name: demo, version: "1"}\nsource: {url: "${base}/missing", sha256: ${old.sha256}}\n`
  const recipe = recipeOf(text)
  const { code, stderr } = await bump(recipe, '2')
  expect(stderr).toContain('404')
  expect(code).toBe(5)
  expect(fs.readFileSync(recipe, 'utf8')).toBe(text)
})

test('a checksum that no output uses is named', async () => {
  const recipe = recipeOf(`context: {version: "1"}
package: {name: demo, version: "\${{ version }}"}
source:
  - if: emscripten
    then: {url: "http://127.0.0.1:1/x", sha256: ${old.sha256}}
`)
  const { code, stderr } = await bump(recipe, '2')
  expect(stderr).toMatch(/the checksum at .*recipe\.yaml:5 is that of the old version/)
  expect(code).toBe(0)
})

test.each([
  { args: ['bump-recipe', '--version', '1 2'], says: '`1 2` is no version' },
  {
    args: ['bump-recipe', '-r', 'recipes/greeter', '-r', 'recipes/report', '--version', '2'],
    says: 'one recipe',
  },
])('$args is wrong usage', async ({ args, says }) => {
  const { code, stderr } = await krait(args)
  expect(stderr).toContain(says)
  expect(code).toBe(2)
})

test('a recipe without a version that is written out is refused', async () => {
  const recipe = recipeOf('package: {name: demo, version: "${{ git_tag }}"}\n')
  const { code, stderr } = await bump(recipe, '2')
  expect(stderr).toContain('has no version that is written out')
  expect(code).toBe(2)
})
