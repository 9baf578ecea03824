// Fetches what the recipes ask for below `extra.downloads` with the ordinary package clients, checks it, and runs krait
// on the recipes as a user would.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
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

/** What functions of templates name, without the platform. */
const compilers = { 'compiler("c")': 'gcc', 'compiler("cxx")': 'gxx', 'stdlib("c")': 'sysroot' }
const root = path.resolve(import.meta.dirname, '..')
const options = readOptions(process.argv.slice(2))
const recipes = ['recipes/bootstrap', 'recipes/real'].flatMap((directory) => readRecipes(directory))
const groups = [...group('recipes/bootstrap'), ...(options.real ? group('recipes/real') : [])].filter(
  isPossible,
)
const versions = fetchDownloads(groups, options.cache)
process.exitCode = options.fetchOnly ? 0 : build(groups)

function readOptions(given) {
  const end = given.indexOf('--')
  const { values, positionals } = parseWords(end < 0 ? given : given.slice(0, end))
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

/** A mistake in the call is told with how to call. */
function parseWords(args) {
  try {
    return parseArgs({
      args,
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
  } catch (error) {
    console.error(`error: ${error.message}\n\n${usage}`)
    process.exit(2)
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
      const { downloads = {}, programs = {}, cross = [] } = recipe.extra ?? {}
      const needs = ['linux-64', ...cross].flatMap((platform) => namesIn(recipe, platform))
      return { name, parent, directory, downloads, programs, cross, needs }
    })
}

/** Every first word of a text below `requirements`; a word that is no recipe does no harm. */
function namesIn(value, platform, inside = false) {
  if (typeof value === 'string') {
    const [, call] = /^\$\{\{ (.*) \}\}$/.exec(value) ?? []
    const tool = compilers[call]
    return inside ? [tool === undefined ? value.split(/[\s=<>]/)[0] : `${tool}_${platform}`] : []
  }
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, item]) =>
    namesIn(item, platform, inside || key === 'requirements'),
  )
}

/** Whether the machine has the programs that a recipe wraps; says so when it has not. */
function isPossible({ name, parent, programs }) {
  const missing = Object.entries(programs).filter(([program]) => !isInstalled(program))
  for (const [program, packages] of missing)
    console.log(
      `left out: ${parent}/${name}, because \`${program}\` is not installed; apt-get install ${packages}`,
    )
  return missing.length === 0
}

function isInstalled(program) {
  return (process.env.PATH ?? '').split(path.delimiter).some((directory) => {
    try {
      accessSync(path.join(directory, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
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
  const statuses = [...new Set(wanted.map((recipe) => recipe.parent))].map((parent) => {
    const ours = wanted.filter((recipe) => recipe.parent === parent)
    const isWhole = ours.length === recipes.filter((recipe) => recipe.parent === parent).length
    const which = isWhole ? ['--recipe-dir', path.join(root, parent)] : namedRecipes(ours)
    // Staging outputs are experimental.
    return runKrait([...which, ...(parent === 'recipes/real' ? ['--experimental'] : [])])
  })
  statuses.push(...buildCross(wanted))
  printTable(started)
  return statuses.find((status) => status !== 0) ?? 0
}

function namedRecipes(ours) {
  return ours.flatMap((recipe) => ['--recipe', recipe.directory])
}

/** Builds recipes again for the platforms that they name, each with the compiler for it. */
function buildCross(wanted) {
  const platforms = [...new Set(wanted.flatMap((recipe) => recipe.cross))]
  return platforms.flatMap((platform) => {
    const ours = wanted.filter((recipe) => recipe.cross.includes(platform))
    if (wanted.some(({ name }) => name === `gcc_${platform}`))
      return [runKrait([...namedRecipes(ours), '--target-platform', platform])]
    console.log(`left out for ${platform}: ${ours.map(({ name }) => name).join(', ')}`)
    return []
  })
}

/** @returns the exit code */
function runKrait(words) {
  const variants = path.join(root, 'recipes/bootstrap/variants.yaml')
  const call = ['build', ...words, '-j', '2', '--keep-going', '--output-dir', options.output]
  // The default level is for packages that are downloaded a thousand times.
  if (!options.rest.includes('--package-format')) call.push('--package-format', 'conda:3')
  const result = spawnSync(
    process.execPath,
    [options.krait, ...call, '--channel', options.output, '-m', variants, ...options.rest],
    { stdio: 'inherit', cwd: root, env: { ...versions, ...process.env } },
  )
  return result.status ?? 1
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
