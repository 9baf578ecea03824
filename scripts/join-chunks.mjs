/**
 * Joins the chunks that are always loaded together into one file. Splitting makes a chunk for each set of commands that
 * share a module, fifty of them for one rendering, and finding, reading and linking a file costs more than running it.
 * The other chunks import from that file too; what was joined stays as a file that only passes its names on, for those who
 * ask for it while the command runs.
 */
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { build } from 'esbuild'

/**
 * @param outdir where the chunks are
 * @param metafile what esbuild says about them
 * @param main source of the entry; its own chunks stay as they are
 * @param layers one joined file each: its name, and which chunks are in it beside those of the layers before it, told by a
 * function of `closure`, which gives the chunk of a source with all that it imports statically
 */
export async function joinChunks(outdir, metafile, { main, layers }) {
  const outputs = Object.fromEntries(
    Object.entries(metafile.outputs).filter(([file]) => file.endsWith('.js')),
  )
  const closure = (source) => closureOf(source, outputs)
  await Promise.all(Object.keys(outputs).map(dropUnusedBanner))
  // Those are loaded even when only the version is asked for, and would bring everything with them.
  const taken = closure(main)
  const places = new Map()
  for (const { name, chunksOf } of layers) {
    const files = [...chunksOf(closure)].filter((file) => !taken.has(file))
    await joinLayer(path.resolve(outdir, 'chunks'), { name, files, outputs })
    for (const [at, file] of files.entries()) places.set(path.basename(file), { name, at })
    for (const file of files) taken.add(file)
  }
  const joined = layers.map(({ name }) => path.join(outdir, 'chunks', `${name}.js`))
  const others = Object.keys(outputs).filter((file) => !places.has(path.basename(file)))
  await Promise.all([...others, ...joined].map((file) => importFromJoined(file, places)))
}

function closureOf(source, outputs) {
  const [entry] = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === source) ?? []
  if (entry === undefined) throw new Error(`no chunk is made of ${source}`)
  const found = new Set([entry])
  for (const file of found) {
    for (const { path: imported, kind } of outputs[file].imports) {
      if (kind === 'import-statement' && outputs[imported]) found.add(imported)
    }
  }
  return found
}

/** Only bundled CommonJS packages need the `require` that the banner makes. The line stays, for the source map. */
async function dropUnusedBanner(file) {
  const [banner, ...lines] = (await readFile(file, 'utf8')).split('\n')
  const body = lines.join('\n')
  if (banner.includes('__createRequire') && !/\brequire\b/.test(body)) await writeFile(file, `\n${body}`)
}

async function joinLayer(chunks, { name, files, outputs }) {
  const lines = files.flatMap((file, at) =>
    outputs[file].exports.map(
      (exported) => `export { ${exported} as ${nameOf(exported, at)} } from './${path.basename(file)}'`,
    ),
  )
  await build({
    stdin: { contents: lines.join('\n'), resolveDir: chunks, sourcefile: 'joined.js' },
    outfile: path.join(chunks, `${name}.js`),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minify: process.env.KRAIT_NO_MINIFY === undefined,
    legalComments: 'none',
    logLevel: 'warning',
    // What a chunk still imports by name lies beside its own files.
    packages: 'external',
    plugins: [onlyThese(new Set(files.map((file) => path.resolve(file))))],
  })
  for (const [at, file] of files.entries()) {
    const names = outputs[file].exports.map((exported) => `${nameOf(exported, at)} as ${exported}`)
    await writeFile(path.resolve(file), `export { ${names.join(', ')} } from './${name}.js'\n`)
  }
}

/** A name of one chunk among the names of all. */
function nameOf(name, at) {
  return `k${at}_${name}`
}

/** Everything that is not joined is imported as it lies there. */
function onlyThese(files) {
  return {
    name: 'only-these',
    setup({ onResolve }) {
      onResolve({ filter: /^\./ }, ({ path: imported, resolveDir }) => {
        const file = path.resolve(resolveDir, imported)
        return files.has(file) ? { path: file } : { path: `./${path.basename(file)}`, external: true }
      })
    },
  }
}

/** As the bundler writes them: `import{a,b as c}from"./chunk-X.js"`, or without names. */
const importPattern = /\bimport\s*(?:\{([^}]*)\}\s*from\s*)?"\.\/([\w-]+\.js)";/g

/**
 * Lets a file import from the joined ones what it imported from joined chunks. The new imports stand in its first line;
 * the old ones are blanked, so that every other position stays what its source map says.
 * @param places which chunk of which joined file a file name is
 */
async function importFromJoined(file, places) {
  const imports = []
  const text = (await readFile(file, 'utf8')).replace(importPattern, (statement, names = '', imported) => {
    const place = places.get(imported)
    if (!place) return statement
    const local = [...names.matchAll(/([\w$]+)(?:\s+as\s+([\w$]+))?/g)].map(
      ([, name, own = name]) => `${nameOf(name, place.at)} as ${own}`,
    )
    imports.push(`import { ${local.join(', ')} } from './${place.name}.js';`)
    return statement.replace(/[^\n]/g, ' ')
  })
  if (imports.length > 0) await writeFile(file, `${[...new Set(imports)].join(' ')} ${text}`)
}
