/**
 * Times the linking of one cached package with very many files against `cp -al`, the platform's floor for hard links, in
 * one run and in turn. `node bench/prefix.mjs [FILES]`; needs a built dist/ (or KRAIT_COMMAND_DIR).
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { performance } from 'node:perf_hooks'

const files = Number(process.argv[2] ?? 46_500)
const perDirectory = 15
const runs = 5
const scratch = mkdtempSync(path.join(process.env.KRAIT_BENCH_DIR ?? os.tmpdir(), 'krait-prefix-'))
const cache = path.join(scratch, 'cache')
const env = { ...process.env, KRAIT_CACHE_DIR: cache }
const main = path.join(process.env.KRAIT_COMMAND_DIR ?? 'dist', 'main.js')

try {
  const channel = writeChannel()
  const create = (spec, name) => {
    return [process.execPath, main, 'env', 'create', '-p', path.join(scratch, name), spec, '-c', channel]
  }
  time(create('many', 'first'))
  time(create('few', 'first-few'))
  const packages = path.join(cache, 'pkgs/v1')
  const entry = readdirSync(packages).find((name) => name.startsWith('many-')) ?? ''
  const rows = Array.from({ length: runs }, (_, run) => ({
    krait: remove(`k${run}`, time(create('many', `k${run}`))),
    few: remove(`f${run}`, time(create('few', `f${run}`))),
    floor: remove(`c${run}`, time(['cp', '-al', path.join(packages, entry), path.join(scratch, `c${run}`)])),
  }))
  const [krait, few, floor] = ['krait', 'few', 'floor'].map((key) => median(rows.map((row) => row[key])))
  const facts = [
    `krait ${krait.toFixed(0)} ms`,
    `of it ${(krait - few).toFixed(0)} ms for the files`,
    `cp -al ${floor.toFixed(0)} ms`,
    `ratio ${((krait - few) / floor).toFixed(2)}`,
  ]
  console.log(`${files} files: ${facts.join(', ')}`)
  process.exitCode = files <= 46_500 && krait > 2000 ? 1 : 0
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

/** Packages in the old format, because `tar` can write it; what is timed comes after they were unpacked. */
function writeChannel() {
  const channel = path.join(scratch, 'channel')
  const noarch = path.join(channel, 'noarch')
  mkdirSync(noarch, { recursive: true })
  const packages = Object.fromEntries(
    ['many', 'few'].map((name) => [`${name}-1-0.tar.bz2`, pack(name, noarch)]),
  )
  writeFileSync(path.join(noarch, 'repodata.json'), JSON.stringify({ info: { subdir: 'noarch' }, packages }))
  return channel
}

function pack(name, noarch) {
  const root = path.join(scratch, `content-${name}`)
  const identity = { name, version: '1', build: '0', build_number: 0 }
  const index = { ...identity, depends: [], noarch: 'generic', subdir: 'noarch' }
  const count = name === 'many' ? files : 1
  const paths = Array.from({ length: count }, (_, at) => {
    const text = `${name} ${at}\n`
    const directory = Math.floor(at / perDirectory)
    const file = `lib/${name}/m${Math.floor(directory / 50)}/d${directory}/file-${at}.py`
    mkdirSync(path.join(root, path.dirname(file)), { recursive: true })
    writeFileSync(path.join(root, file), text)
    const sha256 = createHash('sha256').update(text).digest('hex')
    return { _path: file, path_type: 'hardlink', sha256, size_in_bytes: text.length }
  })
  mkdirSync(path.join(root, 'info'))
  writeFileSync(path.join(root, 'info/index.json'), JSON.stringify(index))
  writeFileSync(path.join(root, 'info/paths.json'), JSON.stringify({ paths, paths_version: 1 }))
  const archive = path.join(noarch, `${name}-1-0.tar.bz2`)
  time(['tar', '-cjf', archive, '-C', root, 'info', 'lib'])
  rmSync(root, { recursive: true })
  const sha256 = createHash('sha256').update(readFileSync(archive)).digest('hex')
  return { ...index, timestamp: 1_700_000_000_000, sha256 }
}

function time([program, ...args]) {
  const started = performance.now()
  const { status, stderr } = spawnSync(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr}`)
  return performance.now() - started
}

function remove(name, ms) {
  rmSync(path.join(scratch, name), { recursive: true, force: true })
  return ms
}

function median(values) {
  return values.sort((left, right) => left - right)[Math.floor(values.length / 2)]
}
