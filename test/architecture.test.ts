/** The three rules of docs/architecture.md: import order, doors, effects. Reads import lines; runs nothing. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '..')

/** Folders from the bottom of the layering to its top. */
const order = [
  'src/text',
  'src/errors',
  'src/events',
  'src/conda',
  'src/template',
  'src/recipe',
  'src/settings',
  'src/system',
  'src/archive',
  'src/stages/load-recipe',
  'src/stages/render-outputs',
  'src/stages/plan-builds',
  'src/stages/solve-environments',
  'src/stages/install-prefixes',
  'src/stages/fetch-sources',
  'src/stages/run-script',
  'src/stages/write-package',
  'src/stages/test-package',
  'src/stages/index-channel',
  'interpreters',
  'src/engine',
  'src/report',
  'src/cli',
  'src',
]

/** Each third-party package has one folder that may import it. */
const doors: Readonly<Record<string, string>> = {
  yaml: 'src/text',
  ignore: 'src/text',
  execa: 'src/system',
  undici: 'src/system',
  'smol-toml': 'src/system',
  'tar-stream': 'src/archive',
  '@foxglove/wasm-zstd': 'src/archive',
  '@hpcc-js/wasm-zstd': 'src/archive',
  'bzip2-wasm': 'src/archive',
  fzstd: 'src/archive',
  'lzma-native': 'src/archive',
  'unbzip2-stream': 'src/archive',
  'xz-decompress': 'src/archive',
  yauzl: 'src/archive',
  '@msgpack/msgpack': 'src/archive',
  diff: 'src/stages/fetch-sources',
  picocolors: 'src/report',
  commander: 'src/cli',
}

/** Folders that only compute: not even the types of the door to effects. */
const pure = [
  'src/text',
  'src/errors',
  'src/events',
  'src/conda',
  'src/template',
  'src/recipe',
  'src/settings',
  'src/stages/load-recipe',
  'src/stages/render-outputs',
  'src/stages/plan-builds',
]

const effectModules = /^node:(fs|fs\/promises|child_process|os|http|https|net|worker_threads)$/
const effectCalls =
  /\b(process\.(env|argv|cwd|exit|kill|platform|pid|stdout|stderr)|Date\.now\(|new Date\(\)|Math\.random\()/

/** The end of an import or re-export statement, or a lazy import; all are written with single quotes. */
const importPattern = /(?:^import\s[^'\n]*|^export\s[^'\n]*\bfrom\s|^\} from\s|\bimport\()'([^']+)'/gm

interface SourceFile {
  readonly file: string
  readonly folder: string
  readonly text: string
  readonly imports: readonly string[]
}

function folderOf(file: string): string {
  return [...order].reverse().find((folder) => folder !== 'src' && file.startsWith(`${folder}/`)) ?? 'src'
}

const sources: readonly SourceFile[] = ['src', 'interpreters']
  .flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map(
      (file) => `${folder}/${file}`,
    ),
  )
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
  .map((file) => {
    const text = readFileSync(path.join(root, file), 'utf8')
    const imports = Array.from(text.matchAll(importPattern), ([, name]) => name ?? '')
    return { file, folder: folderOf(file), text, imports }
  })

function problems(check: (source: SourceFile, imported: string) => string | undefined): string[] {
  return sources.flatMap((source) => source.imports.flatMap((name) => check(source, name) ?? []))
}

describe('the layering', () => {
  test('lists every folder of the sources', () => {
    expect(sources.length).toBeGreaterThan(50)
    const known = new Set(order)
    expect(sources.filter(({ folder, file }) => folder === 'src' && file.split('/').length > 2)).toEqual([])
    expect([...known].filter((folder) => !sources.some((source) => source.folder === folder))).toEqual([])
  })

  test('a folder imports only folders below it, through their index', () => {
    expect(
      problems(({ file, folder }, name) => {
        if (!name.startsWith('.')) return undefined
        const target = path.posix.join(path.posix.dirname(file), name)
        const targetFolder = folderOf(target)
        if (targetFolder === folder) return undefined
        if (order.indexOf(targetFolder) > order.indexOf(folder)) return `${file} imports upwards: ${name}`
        return path.posix.basename(target) === 'index.js'
          ? undefined
          : `${file} imports an inner file: ${name}`
      }),
    ).toEqual([])
  })

  test('each third-party package is imported by its one door', () => {
    expect(
      problems(({ file, folder }, name) => {
        if (name.startsWith('.') || name.startsWith('node:')) return undefined
        const packageName = name
          .split('/')
          .slice(0, name.startsWith('@') ? 2 : 1)
          .join('/')
        return doors[packageName] === folder ? undefined : `${file} imports ${packageName}`
      }),
    ).toEqual([])
  })

  test('effects happen only behind the system folder and in main', () => {
    const allowed = (file: string) => file.startsWith('src/system/') || file === 'src/main.ts'
    const imports = problems(({ file }, name) =>
      effectModules.test(name) && !allowed(file) ? `${file} imports ${name}` : undefined,
    )
    const calls = sources
      .filter(({ file }) => !allowed(file))
      .flatMap(({ file, text }) => {
        const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '')
        const call = effectCalls.exec(code)?.[0]
        return call ? [`${file} uses ${call}`] : []
      })
    expect([...imports, ...calls]).toEqual([])
  })

  test('pure folders do not know the system', () => {
    expect(
      problems(({ file, folder }, name) =>
        pure.includes(folder) && /\/system\/index\.js$/.test(name) ? `${file} imports system` : undefined,
      ),
    ).toEqual([])
  })

  test('files stay short', () => {
    const long = sources.filter(({ text }) => text.split('\n').length > 350).map(({ file }) => file)
    expect(long).toEqual([])
  })
})
