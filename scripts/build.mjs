/** Bundles the command: one small entry, one chunk for each command, loaded when it is called. */
import { chmod, copyFile, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { joinChunks } from './join-chunks.mjs'
import { skipBarrels } from './skip-barrels.mjs'

const outdir = process.argv[2] ?? 'dist'

await rm(outdir, { recursive: true, force: true })
const { metafile } = await build({
  entryPoints: { main: 'src/main.ts' },
  outdir,
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // Node compiles what it loads on every start: half the bytes are half the time.
  minify: process.env.KRAIT_NO_MINIFY === undefined,
  // Their CommonJS forms can only be loaded as a whole, and have no named exports in a bundle; of their modules just what
  // is used gets into it.
  alias: {
    yaml: modulePath('yaml/browser/dist/index.js'),
    '@msgpack/msgpack': modulePath('@msgpack/msgpack/dist.esm/index.mjs'),
  },
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  plugins: [skipBarrels()],
  // These load WebAssembly or native files that lie beside their own code.
  external: ['lzma-native', '@foxglove/wasm-zstd', '@hpcc-js/wasm-zstd', 'bzip2-wasm'],
  // Bundled CommonJS packages call `require` for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
})
await joinChunks(outdir, metafile, {
  main: 'src/main.ts',
  layers: [
    { name: 'base', chunksOf: neededByAll },
    { name: 'start', chunksOf: (closure) => closure('src/cli/commands/build.ts') },
    { name: 'index', chunksOf: (closure) => closure('src/cli/commands/channel.ts') },
  ],
})
await chmod(`${outdir}/main.js`, 0o755)
// For `krait help CODE`.
await copyFile('docs/errors.md', `${outdir}/errors.md`)

/** What every command loads, and what rendering shares with commands that render nothing. */
function neededByAll(closure) {
  const light = closure('src/cli/commands/channel.ts')
  const shared = [...closure('src/cli/commands/build.ts')].filter((file) => light.has(file))
  return new Set([...closure('src/cli/index.ts'), ...closure('src/system/index.ts'), ...shared])
}

function modulePath(name) {
  return fileURLToPath(new URL(`../node_modules/${name}`, import.meta.url))
}
