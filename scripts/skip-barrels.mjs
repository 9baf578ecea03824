/**
 * Lets the bundler see past the `index.ts` of each folder. It decides file by file what a command may need, and a file that
 * imports one name of an index counts as needing all that the index names; here it imports from where the name is made.
 */
import { readFile } from 'node:fs/promises'
import path from 'node:path'

/** A plugin for esbuild. */
export function skipBarrels() {
  const barrels = new Map()
  return {
    name: 'skip-barrels',
    setup({ onLoad }) {
      onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path: file }) => {
        const text = await readFile(file, 'utf8')
        return { contents: await rewriteImports(text, path.dirname(file), barrels), loader: 'ts' }
      })
    },
  }
}

const importPattern = /^import \{([^}]*)\} from '(\.[^']*\/index\.js)'$/gm
const exportPattern = /^export \{([^}]*)\} from '(\.[^']*\.js)'$/gm

async function rewriteImports(text, directory, barrels) {
  const found = [...text.matchAll(importPattern)]
  const rewritten = await Promise.all(
    found.map(async ([statement, names, target]) => {
      const exported = await exportsOf(path.resolve(directory, target), barrels)
      const imports = valueNames(names).map(([name, local]) => {
        const made = exported.get(name)
        if (!made) return `import { ${name} as ${local} } from '${target}'`
        return `import { ${made.name} as ${local} } from '${made.file}'`
      })
      // As many lines as before, for the source map.
      return imports.join('; ') + statement.replace(/[^\n]/g, '')
    }),
  )
  return text.replace(importPattern, () => rewritten.shift())
}

/** Where the names of an index are made: `{ file, name }` by exported name; those of `export *` are missing. */
async function exportsOf(barrel, barrels) {
  if (!barrels.has(barrel)) barrels.set(barrel, readExports(barrel, barrels))
  return barrels.get(barrel)
}

async function readExports(barrel, barrels) {
  const text = await readFile(barrel.replace(/\.js$/, '.ts'), 'utf8')
  const exported = new Map()
  for (const [, names, target] of text.matchAll(exportPattern)) {
    const file = path.resolve(path.dirname(barrel), target)
    const further = path.basename(file) === 'index.js' ? await exportsOf(file, barrels) : undefined
    for (const [name, outer] of valueNames(names)) {
      exported.set(outer, further?.get(name) ?? { file: file.replace(/\.js$/, '.ts'), name })
    }
  }
  return exported
}

/** `[name, other name]` of everything in braces that is not a type. */
function valueNames(names) {
  return names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '))
    .map((name) => name.split(' as '))
    .map(([name, local = name]) => [name, local])
}
