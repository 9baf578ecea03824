/** What templates may ask of the world: files beside the recipe and git, behind `--experimental`. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { krait } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'

const recipe = `context:
  data: \${{ load_from_file("data.yaml") }}
  toml: \${{ load_from_file("data.toml").a.b }}
  rev: \${{ git.head_rev(".") }}
  tag: \${{ git.latest_tag(".") }}
package:
  name: x
  version: \${{ data.v }}
about:
  summary: \${{ rev }} \${{ tag }} \${{ toml }} \${{ data.l | join("-") }}
`

/** A git repository with one tagged commit that holds the recipe. */
function repository(text: string): { directory: string; commit: string } {
  const directory = tempDirectory()
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
      cwd: directory,
      encoding: 'utf8',
    })
  writeFileSync(path.join(directory, 'recipe.yaml'), text)
  writeFileSync(path.join(directory, 'data.yaml'), 'v: 1.5\nn: 3\nl: [a, b]\n')
  writeFileSync(path.join(directory, 'data.toml'), '[a]\nb = "toml"\n')
  git('init', '-q', '.')
  git('add', '-A')
  git('commit', '-qm', 'first')
  git('tag', 'v1.0')
  return { directory, commit: git('rev-parse', 'HEAD').trim() }
}

test('templates read data files and ask git', async () => {
  const { directory, commit } = repository(recipe)
  const { stdout, stderr } = await krait(['build', '--render-only', '--experimental'], { cwd: directory })
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)[0].recipe).toMatchObject({
    context: { data: { v: 1.5, n: 3, l: ['a', 'b'] }, toml: 'toml', rev: commit, tag: 'v1.0' },
    package: { version: '1.5' },
    about: { summary: `${commit} v1.0 toml a-b` },
  })
})

test.each([
  { title: 'without the flag', args: [], text: recipe, says: 'provide the `--experimental` flag' },
  {
    title: 'a missing file',
    args: ['--experimental'],
    text: recipe.replace('data.yaml', 'nope.yaml'),
    says: "Failed to open file 'nope.yaml'",
  },
])('$title is refused at its place', async ({ args, text, says }) => {
  const { directory } = repository(text)
  const { stderr, code } = await krait(['build', '--render-only', ...args], { cwd: directory })
  expect(stderr).toContain(says)
  expect(stderr).toContain('recipe.yaml:2:13')
  expect(code).toBe(3)
})
