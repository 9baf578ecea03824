// Fetches what the recipes ask for below `extra.downloads` with the ordinary package clients, checks it, and runs krait
// on the recipes as a user would.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { parse } from 'yaml'
import { fetchDownloads } from './downloads.mjs'

const usage = `Usage: scripts/bootstrap-channel [--only NAME...] [--output DIR] [--with-real] [--fetch-only] [-- krait options]

  --only NAME     only this recipe and those of recipes/bootstrap that it is built from; may be given several times,
                  and takes several names
  --output DIR    the channel [default output/bootstrap]
  --with-real     then build recipes/real too, in the same channel
  --fetch-only    download and check, build nothing
  --krait FILE    the built command [default dist/main.js]

What is downloaded stays in $KRAIT_DOWNLOADS [default ~/.cache/krait-downloads].`

/** Packages that functions of templates name. */
const compilers = {
  'compiler("c")': 'gcc_linux-64',
  'compiler("cxx")': 'gxx_linux-64',
  'stdlib("c")': 'sysroot_linux-64',
}
const root = path.resolve(import.meta.dirname, '..')
const options = readOptions(process.argv.slice(2))
const recipes = ['recipes/bootstrap', 'recipes/real'].flatMap((directory) => readRecipes(directory))
const groups = [...group('recipes/bootstrap'), ...(options.real ? group('recipes/real') : [])]
fetchDownloads(groups, options.cache)
process.exitCode = options.fetchOnly ? 0 : build(groups)

function readOptions(given) {
  const end = given.indexOf('--')
  const { values, positionals } = parseArgs({
    args: end < 0 ? given : given.slice(0, end),
    allowPositionals: true,
    options: {
      only: { type: 'string', multiple: true },
      output: { type: 'string', default: path.join(root, 'output/bootstrap') },
      krait: { type: 'string', default: path.join(root, 'dist/main.js') },
      'with-real': { type: 'boolean', default: false },
      'fetch-only': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help || (positionals.length > 0 && values.only === undefined)) {
    console.error(usage)
    process.exit(values.help ? 0 : 2)
  }
  return {
    only: values.only === undefined ? undefined : [...values.only, ...positionals],
    output: path.resolve(values.output),
    krait: path.resolve(values.krait),
    real: values['with-real'],
    fetchOnly: values['fetch-only'],
    cache: process.env.KRAIT_DOWNLOADS ?? path.join(homedir(), '.cache/krait-downloads'),
    rest: end < 0 ? [] : given.slice(end + 1),
  }
}

/** Every recipe of a directory: its name, what it downloads, and the packages it names as requirements. */
function readRecipes(parent) {
  const names = existsSync(path.join(root, parent)) ? readdirSync(path.join(root, parent)) : []
  return names
    .filter((name) => existsSync(path.join(root, parent, name, 'recipe.yaml')))
    .map((name) => {
      const directory = path.join(root, parent, name)
      const recipe = parse(readFileSync(path.join(directory, 'recipe.yaml'), 'utf8'))
      return { name, parent, directory, downloads: recipe.extra?.downloads ?? {}, needs: namesIn(recipe) }
    })
}

/** Every first word of a text below `requirements`; a word that is no recipe does no harm. */
function namesIn(value, inside = false) {
  if (typeof value === 'string') {
    const [, call] = /^\$\{\{ (.*) \}\}$/.exec(value) ?? []
    return inside ? [compilers[call] ?? value.split(/[\s=<>]/)[0]] : []
  }
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, item]) => namesIn(item, inside || key === 'requirements'))
}

/** The recipes of one directory that are wanted. */
function group(parent) {
  const all = recipes.filter((recipe) => recipe.parent === parent)
  if (options.only === undefined) return all
  const unknown = options.only.find((name) => !recipes.some((recipe) => recipe.name === name))
  if (unknown !== undefined) {
    console.error(
      `there is no recipe \`${unknown}\`; there are: ${recipes.map(({ name }) => name).join(', ')}`,
    )
    process.exit(2)
  }
  const wanted = new Set(options.only)
  for (const name of wanted)
    for (const recipe of recipes.filter((item) => item.name === name))
      for (const need of recipe.needs) wanted.add(need)
  // What real software is built from are the recipes of the bootstrap.
  return all.filter(({ name }) =>
    parent === 'recipes/real' ? options.only.includes(name) : wanted.has(name),
  )
}

/** @returns the exit code of the first call of krait that failed, or 0 */
function build(wanted) {
  mkdirSync(options.output, { recursive: true })
  const started = Date.now()
  let status = 0
  for (const parent of new Set(wanted.map((recipe) => recipe.parent))) {
    const ours = wanted.filter((recipe) => recipe.parent === parent)
    const which =
      options.only === undefined
        ? ['--recipe-dir', path.join(root, parent)]
        : ours.flatMap((recipe) => ['--recipe', recipe.directory])
    const call = [
      'build',
      ...which,
      '-j',
      '2',
      '--keep-going',
      '--output-dir',
      options.output,
      '--channel',
      options.output,
    ]
    // Staging outputs are experimental.
    if (parent === 'recipes/real') call.push('--experimental')
    // The default level is for packages that are downloaded a thousand times.
    if (!options.rest.includes('--package-format')) call.push('--package-format', 'conda:3')
    const variants = path.join(root, 'recipes/bootstrap/variants.yaml')
    const result = spawnSync(process.execPath, [options.krait, ...call, '-m', variants, ...options.rest], {
      stdio: 'inherit',
      cwd: root,
    })
    status = status === 0 ? (result.status ?? 1) : status
  }
  printTable(started)
  return status
}

/** What this run built, from the records that krait leaves beside the packages. */
function printTable(started) {
  const logs = path.join(options.output, 'logs')
  const records = (existsSync(logs) ? readdirSync(logs) : [])
    .filter((file) => file.endsWith('.record.json'))
    .map((file) => JSON.parse(readFileSync(path.join(logs, file), 'utf8')))
    .filter((record) => record.timestamp * 1000 >= started - 1000)
  console.log(`\n${'package'.padEnd(44)} ${'seconds'.padStart(8)} ${'kB'.padStart(9)}`)
  for (const record of records) {
    const ms = record.stages.reduce((sum, stage) => sum + stage.ms, 0)
    const size = record.artifact?.size ?? 0
    const kilobytes = Math.ceil(size / 1000)
    console.log(
      `${record.output.padEnd(44)} ${(ms / 1000).toFixed(1).padStart(8)} ${String(kilobytes).padStart(9)}`,
    )
  }
  const seconds = ((Date.now() - started) / 1000).toFixed(0)
  console.log(`${records.length} packages in ${options.output}, ${seconds} s`)
}
