/**
 * Times what happens to the output of scripts: 300,000 lines through the masker, in megabytes a second, and a whole build
 * that prints them, against the program alone that writes them to a file. Needs `npm run build`.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { performance } from 'node:perf_hooks'
import { createLineStream, createMasker } from '../dist/lib/src/events/index.js'

const lines = 300_000
const leastMegabytes = 50
const mostTimes = 30
const secrets = {
  'no secret': [],
  'two secrets': ['hunter2-secret-value', 'ghp_abcdefghijklmnopqrstuvwxyz0123456789'],
  'a short one': ['a9x!'],
  'a key of 28 lines': [
    Array.from({ length: 28 }, (_, i) => `${i}${'MIIEvQIBADANBgkqhki'.repeat(3)}`).join('\n'),
  ],
}

const scratch = mkdtempSync(path.join(os.tmpdir(), 'krait-bench-'))
let failed = false
try {
  for (const [name, values] of Object.entries(secrets)) report(name, measureMasker(values), leastMegabytes)
  reportBuild(measureBuild())
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
process.exitCode = failed ? 1 : 0

function line(index) {
  return `[${index}/${lines}] Building C object src/CMakeFiles/demo.dir/some/long/path/file_${index}.c.o with flags -O2 -fPIC -DNDEBUG`
}

/** Megabytes a second, the best of five. */
function measureMasker(values) {
  const bytes = Buffer.from(`${Array.from({ length: lines }, (_, index) => line(index)).join('\n')}\n`)
  const runs = Array.from({ length: 5 }, () => {
    let count = 0
    const stream = createLineStream(createMasker(values), () => {
      count += 1
    })
    const started = performance.now()
    for (let at = 0; at < bytes.length; at += 65_536) stream.push(bytes.subarray(at, at + 65_536))
    stream.end()
    if (count !== lines) throw new Error(`${count} lines came out of ${lines}`)
    return bytes.length / 1000 / (performance.now() - started)
  })
  return Math.max(...runs)
}

function report(name, megabytes, least) {
  const verdict = megabytes >= least ? `above ${least}` : `below ${least}`
  if (megabytes < least) failed = true
  console.log(`${`masker, ${name}`.padEnd(28)} ${megabytes.toFixed(0).padStart(6)} MB/s  ${verdict}`)
}

/** Milliseconds of the build and of the program that writes the lines, medians of three. */
function measureBuild() {
  const program = `awk 'BEGIN { for (i = 0; i < ${lines}; i++) print "[" i "/${lines}] Building C object src/CMakeFiles/demo.dir/some/long/path/file_" i ".c.o with flags -O2 -fPIC -DNDEBUG" }'`
  const recipe = path.join(scratch, 'recipe')
  mkdirSync(recipe)
  const script = JSON.stringify([program, 'mkdir -p $PREFIX && echo hi > $PREFIX/x'])
  writeFileSync(
    path.join(recipe, 'recipe.yaml'),
    `package: {name: flood, version: "1"}\nbuild: {noarch: generic, script: ${script}}\n`,
  )
  const main = path.join(process.env.KRAIT_COMMAND_DIR ?? 'dist', 'main.js')
  const build = [process.execPath, main, 'build', recipe, '-q', '--output-dir', path.join(scratch, 'out')]
  const floor = ['sh', '-c', `${program} > ${path.join(scratch, 'lines')}`]
  const pairs = Array.from({ length: 3 }, () => [time(build), time(floor)])
  return { build: median(pairs.map(([a]) => a)), floor: median(pairs.map(([, b]) => b)) }
}

function time([program, ...args]) {
  const started = performance.now()
  const { status, stderr } = spawnSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`)
  return performance.now() - started
}

function median(values) {
  return values.sort((left, right) => left - right)[Math.floor(values.length / 2)]
}

function reportBuild({ build, floor }) {
  const ratio = build / floor
  const verdict = ratio <= mostTimes ? `within ${mostTimes}x` : `over ${mostTimes}x`
  if (ratio > mostTimes) failed = true
  console.log(
    `${'build of 300,000 lines'.padEnd(28)} ${build.toFixed(0).padStart(6)} ms    against ${floor.toFixed(0)} ms  ratio ${ratio.toFixed(1)}  ${verdict}`,
  )
}
