/**
 * Times krait against the platform's floor, pair by pair in one run, and prints ratios of medians: absolute times say
 * more about the machine than about krait. With KRAIT_PEER set to a command that takes rattler-build's arguments, builds
 * and renderings are timed against it as well. `npm run bench [NAME...]` runs only the named ones.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { performance } from 'node:perf_hooks'

const scratch = mkdtempSync(path.join(os.tmpdir(), 'krait-bench-'))
const env = {
  ...process.env,
  KRAIT_CACHE_DIR: path.join(scratch, 'cache'),
  RATTLER_CACHE_DIR: path.join(scratch, 'cache'),
}
const node = process.execPath
const floor = [node, '-e', '0']
const krait = (...args) => [node, path.join(process.env.KRAIT_COMMAND_DIR ?? 'dist', 'main.js'), ...args]
const peer = process.env.KRAIT_PEER?.split(' ')

const three = path.join(scratch, 'three')
mkdirSync(three)
writeFileSync(
  path.join(three, 'recipe.yaml'),
  'package:\n  name: three\n  version: "1"\nbuild:\n  noarch: generic\n  script: mkdir -p $PREFIX && echo hi > $PREFIX/three.txt\nabout:\n  summary: three lines\n',
)
const matrix = path.join(scratch, 'matrix')
mkdirSync(matrix)
const axis = (key) => `${key}: [${Array.from({ length: 24 }, (_, value) => `"${value}"`)}]\n`
writeFileSync(path.join(matrix, 'variants.yaml'), ['a', 'b', 'c'].map(axis).join(''))
writeFileSync(
  path.join(matrix, 'recipe.yaml'),
  'package: {name: matrix, version: "1"}\nbuild: {skip: [not ((a == "3" and b == "5") or (a == "7" and c == "9"))]}\nrequirements: {host: [a, b, c]}\n',
)
const output = (name) => ['--output-dir', path.join(scratch, name)]

/** Name, what is timed, against what, how often, and the ratio that must not be passed. */
const benches = [
  { name: 'version', a: krait('--version'), b: floor, runs: 15, limit: 1.5 },
  {
    name: 'render-one',
    a: krait('build', '-r', three, '--render-only', ...output('r')),
    b: floor,
    runs: 11,
    limit: 2,
  },
  {
    name: 'render-13824-combinations',
    a: krait('build', '-r', matrix, '--render-only', ...output('m')),
    b: floor,
    runs: 5,
    limit: 25,
  },
  {
    name: 'build-three-lines',
    a: krait('build', '-r', three, '-q', ...output('k')),
    b: floor,
    runs: 9,
    limit: 8,
  },
  ...(peer
    ? [
        {
          name: 'build-vs-peer',
          a: krait('build', '-r', three, '-q', ...output('k2')),
          b: [...peer, 'build', '-r', three, ...output('p2')],
          runs: 5,
        },
        {
          name: 'render-vs-peer',
          a: krait('build', '-r', three, '--render-only', ...output('k3')),
          b: [...peer, 'build', '-r', three, '--render-only', ...output('p3')],
          runs: 5,
        },
      ]
    : []),
]

const wanted = process.argv.slice(2)
let failed = false
try {
  for (const bench of benches.filter(({ name }) => wanted.length === 0 || wanted.includes(name)))
    report(bench, measure(bench))
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
process.exitCode = failed ? 1 : 0

/** Runs both in turn, so that a machine that slows down slows both. */
function measure({ a, b, runs }) {
  time(a)
  time(b)
  const pairs = Array.from({ length: runs }, () => [time(a), time(b)])
  return {
    a: median(pairs.map(([x]) => x)),
    b: median(pairs.map(([, y]) => y)),
    ratio: median(pairs.map(([x, y]) => x / y)),
  }
}

function time([program, ...args]) {
  const started = performance.now()
  const { status, stderr } = spawnSync(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr}`)
  return performance.now() - started
}

function median(values) {
  return values.sort((left, right) => left - right)[Math.floor(values.length / 2)]
}

function report({ name, limit }, { a, b, ratio }) {
  const verdict = limit === undefined ? '' : ratio <= limit ? `within ${limit}x` : `over ${limit}x`
  if (verdict.startsWith('over')) failed = true
  console.log(
    `${name.padEnd(26)} ${a.toFixed(0).padStart(6)} ms  against ${b.toFixed(0).padStart(6)} ms  ratio ${ratio.toFixed(2)}  ${verdict}`,
  )
}
