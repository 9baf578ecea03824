/** What commands load before they know that they need it: every start pays for it. */
import { fileURLToPath } from 'node:url'
import { build, type Metafile, type Plugin } from 'esbuild'
import { beforeAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
let inputs: Metafile['inputs'] = {}

beforeAll(async () => {
  const plugin = new URL('../scripts/skip-barrels.mjs', import.meta.url).href
  const { skipBarrels } = (await import(plugin)) as { readonly skipBarrels: () => Plugin }
  const { metafile } = await build({
    plugins: [skipBarrels()],
    absWorkingDir: root,
    entryPoints: ['src/main.ts'],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    metafile: true,
    write: false,
    outdir: 'unused',
  })
  inputs = metafile.inputs
})

/** Files that are loaded together with a file. */
function loadedWith(file: string): readonly string[] {
  const found = new Set([file])
  for (const current of found) {
    for (const { path, kind, external } of inputs[current]?.imports ?? []) {
      if (kind === 'import-statement' && !external) found.add(path)
    }
  }
  return [...found]
}

test.each(['build', 'render', 'explain', 'matrix', 'schema', 'why', 'env', 'log', 'builds', 'diff'])(
  '`krait %s` loads what builds packages only when it builds one',
  (command) => {
    const loaded = loadedWith(`src/cli/commands/${command}.ts`)
    expect(loaded.length).toBeGreaterThan(1)
    const heavy =
      /^src\/(?:archive|stages\/(?:solve-environments|install-prefixes|fetch-sources|write-package|index-channel))\//
    expect(loaded.filter((file) => heavy.test(file))).toEqual([])
  },
)

test.each(['channel', 'publish', 'promote', 'package', 'log', 'builds', 'cache', 'test'])(
  '`krait %s` loads nothing that renders recipes when it starts',
  (command) => {
    const loaded = loadedWith(`src/cli/commands/${command}.ts`)
    expect(loaded.length).toBeGreaterThan(1)
    expect(
      loaded.filter((file) => /^src\/(?:template|stages\/(?:load-recipe|render-outputs))\//.test(file)),
    ).toEqual([])
  },
)

test('the version is told without loading anything else', () => {
  expect([...loadedWith('src/main.ts')].sort()).toEqual(['src/main.ts', 'src/settings/version.ts'])
})
