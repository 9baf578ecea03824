// Debian packages with apt and npm packages with npm, checked, kept between runs, and laid out for each recipe.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/**
 * Puts what each recipe downloads into `.downloads/<recipe>` beside the recipes, with a list of the checksums used.
 * The recipes are `{ name, directory, downloads: { debian?: names, npm?: name@version, version?: variable } }`.
 * @returns the upstream version of the first Debian package of each recipe with `version`, by the name of that variable
 */
export function fetchDownloads(recipes, cache) {
  mkdirSync(cache, { recursive: true })
  const wanted = recipes.flatMap((recipe) => recipe.downloads.debian ?? [])
  const debian = fetchDebian([...new Set(wanted)], cache)
  for (const recipe of recipes) {
    const files = [
      ...(recipe.downloads.debian ?? []).map((name) => debian.get(name)),
      ...(recipe.downloads.npm ?? []).map((name) => fetchNpm(name, cache)),
    ]
    layOut(recipe, files, cache)
  }
  const following = recipes.filter(({ downloads }) => downloads.version !== undefined)
  return Object.fromEntries(
    following.map(({ downloads }) => [
      downloads.version,
      upstreamVersion(debian.get(downloads.debian[0]) ?? ''),
    ]),
  )
}

/** `3.0.22` of `libssl3_3.0.22-1~deb12u2_amd64.deb`: without the epoch and Debian's revision. */
function upstreamVersion(file) {
  const [, version = ''] = decodeURIComponent(file).split('_')
  return version.replace(/^\d+:/, '').replace(/-[^-]*$/, '')
}

/** @returns file name by package name */
function fetchDebian(names, cache) {
  if (names.length === 0) return new Map()
  const found = locate(names)
  const missing = found.filter(({ file, sha256 }) => sha256Of(path.join(cache, file)) !== sha256)
  if (missing.length > 0) {
    console.log(`downloading ${missing.length} Debian packages to ${cache}`)
    execFileSync('apt-get', ['download', '-q', ...missing.map(({ name }) => name)], {
      cwd: cache,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  }
  for (const { file, sha256 } of missing) {
    const actual = sha256Of(path.join(cache, file))
    if (actual !== sha256)
      throw new Error(`\`${file}\` has SHA-256 ${actual}, and Debian's signed list says ${sha256}`)
  }
  return new Map(found.map(({ name, file }) => [name, file]))
}

/** What apt would download, with the checksums of its signed lists; reads the lists anew when it knows none. */
function locate(names) {
  const ask = () =>
    execFileSync('apt-get', ['download', '--print-uris', '-qq', ...names], {
      encoding: 'utf8',
      stdio: 'pipe',
    })
  let lines
  try {
    lines = ask()
  } catch {
    execFileSync('apt-get', ['-o', 'DPkg::Lock::Timeout=600', 'update', '-q'], { stdio: 'inherit' })
    lines = ask()
  }
  return [...lines.matchAll(/^'[^']*' (\S+) \d+ SHA256:([0-9a-f]{64})$/gm)].map(([, file, sha256]) => {
    return { name: file.split('_')[0], file, sha256 }
  })
}

/** npm itself compares with the checksum of the registry. @returns the file name */
function fetchNpm(name, cache) {
  const file = `${name.replace(/^@/, '').replace(/[/@]/g, '-')}.tgz`
  const known = readSums(cache).get(file)
  if (known !== undefined && sha256Of(path.join(cache, file)) === known) return file
  console.log(`downloading ${name} to ${cache}`)
  execFileSync('npm', ['pack', '--silent', name], { cwd: cache, stdio: ['ignore', 'ignore', 'inherit'] })
  const sums = readSums(cache).set(file, sha256Of(path.join(cache, file)))
  const lines = [...sums].map(([sumFile, sum]) => `${sum}  ${sumFile}\n`)
  writeFileSync(path.join(cache, 'npm.sha256'), lines.join(''))
  return file
}

function readSums(cache) {
  const list = path.join(cache, 'npm.sha256')
  const lines = existsSync(list) ? readFileSync(list, 'utf8').trim().split('\n') : []
  return new Map(lines.map((line) => line.split('  ').reverse()))
}

function layOut(recipe, files, cache) {
  const place = path.join(path.dirname(recipe.directory), '.downloads', recipe.name)
  rmSync(place, { recursive: true, force: true })
  if (files.length === 0) return
  mkdirSync(place, { recursive: true })
  for (const file of files) placeFile(path.join(cache, file), path.join(place, file))
  const sums = files.map((file) => `${sha256Of(path.join(place, file))}  ${file}\n`)
  writeFileSync(path.join(place, 'SHA256SUMS'), sums.join(''))
}

/** A link where the file system allows it: the downloads are some hundred megabytes. */
function placeFile(from, to) {
  try {
    linkSync(from, to)
  } catch {
    copyFileSync(from, to)
  }
}

function sha256Of(file) {
  return existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('hex') : undefined
}
