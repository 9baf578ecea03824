/**
 * Joins the chunks that every start of a command needs into one file. Splitting makes a chunk for each set of commands
 * that share a module, forty of them for one rendering, and finding, reading and linking a file costs more than running
 * it. The other chunks go on importing the old names: what was joined stays as a file that only passes its names on.
 */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { build } from 'esbuild'

/**
 * @param outdir where the chunks are
 * @param metafile what esbuild says about them
 * @param main source of the entry; its own chunks stay as they are
 * @param hot sources whose chunks, with all they import statically, are joined
 */
export async function joinChunks(outdir, metafile, { main, hot }) {
  const outputs = Object.fromEntries(
    Object.entries(metafile.outputs).filter(([file]) => file.endsWith('.js')),
  )
  const closure = (source) => {
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
  // Those are loaded even when only the version is asked for, and would bring everything with them.
  const early = closure(main)
  const files = [...new Set(hot.flatMap((source) => [...closure(source)]))].filter((file) => !early.has(file))
  const chunks = path.resolve(outdir, 'chunks')
  const lines = files.flatMap((file, at) =>
    outputs[file].exports.map(
      (name) => `export { ${name} as ${nameOf(name, at)} } from './${path.basename(file)}'`,
    ),
  )
  const target = path.join(chunks, 'start.js')
  await build({
    stdin: { contents: lines.join('\n'), resolveDir: chunks, sourcefile: 'joined.js' },
    outfile: target,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minify: process.env.KRAIT_NO_MINIFY === undefined,
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [onlyThese(new Set(files.map((file) => path.resolve(file))))],
  })
  for (const [at, file] of files.entries()) {
    const names = outputs[file].exports.map((name) => `${nameOf(name, at)} as ${name}`)
    await writeFile(path.resolve(file), `export { ${names.join(', ')} } from './start.js'\n`)
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
