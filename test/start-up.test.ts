/** What commands load before they know that they need it: every start pays for it. */
import { fileURLToPath } from 'node:url'
import { build, type Metafile } from 'esbuild'
import { beforeAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
let inputs: Metafile['inputs'] = {}

beforeAll(async () => {
  const { metafile } = await build({
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
