/**
 * Times whole `krait build --render-only --with-solve` processes against generated channels of 1,000, 20,000 and 300,000
 * records, with and without the index that the first run keeps, and an impossible request. The channels are made once, in
 * the user's cache (`KRAIT_BENCH_CACHE`). `npm run bench:environments [RECORDS...]`
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { performance } from 'node:perf_hooks'
import { pathToFileURL } from 'node:url'
import { makeChannel } from './make-channel.mjs'

/** Raised when the generator changes, so that old channels are not used. */
const generation = 1
const cache = process.env.KRAIT_BENCH_CACHE ?? path.join(os.homedir(), '.cache', 'krait-bench')
const command = path.join(process.env.KRAIT_COMMAND_DIR ?? 'dist', 'main.js')
const scratch = mkdtempSync(path.join(os.tmpdir(), 'krait-bench-'))
const runs = 7
/** For the largest channel with a kept index; an impossible request has three seconds. */
const limits = { ms: 500, megabytes: 300, impossibleMs: 3000 }

const possible = writeRecipe('possible', ['python', 'pkg13', 'pkg15', 'pkg17', 'pkg19'])
const impossible = writeRecipe('impossible', ['pkg15', 'python 3.9.*', 'pkg13', 'python >=3.12'])
const peakFile = path.join(scratch, 'peak')
const peakModule = path.join(scratch, 'peak.mjs')
writeFileSync(
  peakModule,
  `import fs from 'node:fs'\nprocess.on('exit', () => fs.writeFileSync(${JSON.stringify(peakFile)}, String(process.resourceUsage().maxRSS)))\n`,
)

let failed = false
try {
  const counts = process.argv.slice(2).map(Number)
  for (const records of counts.length > 0 ? counts : [1000, 20_000, 300_000]) benchChannel(records)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
process.exitCode = failed ? 1 : 0

function writeRecipe(name, host) {
  const directory = path.join(scratch, name)
  mkdirSync(directory)
  writeFileSync(
    path.join(directory, 'recipe.yaml'),
    `package: {name: ${name}, version: "1"}\nrequirements: {host: ${JSON.stringify(host)}}\n`,
  )
  return directory
}

function benchChannel(records) {
  const channel = path.join(cache, `channel-${generation}-${records}`)
  if (!existsSync(path.join(channel, 'noarch', 'repodata.json'))) makeChannel(channel, records)
  const krait = (recipe, cacheDirectory, code) => measure(recipe, { channel, cacheDirectory, code })
  const fresh = () => mkdtempSync(path.join(scratch, 'cache-'))
  const kept = fresh()
  krait(possible, kept, 0)
  const first = best(() => krait(possible, fresh(), 0))
  const next = best(() => krait(possible, kept, 0))
  const refusal = best(() => krait(impossible, kept, 4))
  report(records, 'first run', first)
  report(records, 'later runs', next, records === 300_000 ? limits : undefined)
  report(records, 'impossible', refusal, { ms: limits.impossibleMs, megabytes: limits.megabytes })
}

function measure(recipe, { channel, cacheDirectory, code }) {
  const args = ['build', '-r', recipe, '--render-only', '--with-solve', '-c', channel]
  const places = ['--output-dir', path.join(scratch, 'out'), '--cache-dir', cacheDirectory]
  const env = { ...process.env, NODE_OPTIONS: `--import=${pathToFileURL(peakModule)}` }
  const started = performance.now()
  const { status, stderr } = spawnSync(process.execPath, [command, ...args, ...places], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ms = performance.now() - started
  if (status !== code) throw new Error(`krait ended with ${status}: ${stderr}`)
  return { ms, megabytes: Number(readFileSync(peakFile, 'utf8')) / 1024 }
}

/** What the machine can do when nothing else runs: the fastest of several, and the largest memory. */
function best(run) {
  const all = Array.from({ length: runs }, run)
  return {
    ms: Math.min(...all.map(({ ms }) => ms)),
    megabytes: Math.max(...all.map(({ megabytes }) => megabytes)),
  }
}

function report(records, title, { ms, megabytes }, limit) {
  const isOver = limit !== undefined && (ms > limit.ms || megabytes > limit.megabytes)
  if (isOver) failed = true
  const verdict =
    limit === undefined ? '' : `${isOver ? 'over' : 'within'} ${limit.ms} ms, ${limit.megabytes} MB`
  console.log(
    `${String(records).padStart(7)} records  ${title.padEnd(11)} ${ms.toFixed(0).padStart(5)} ms  ${megabytes.toFixed(0).padStart(4)} MB  ${verdict}`,
  )
}
