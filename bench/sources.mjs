/**
 * Times the extraction of an archive of 20,000 files against GNU tar, pair by pair in one run, and tells the peak memory.
 * Ratios of medians: absolute times say more about the machine than about krait. With `--large` it is an archive of 2 GB,
 * once for each compression, and only the peak memory counts.
 */
import { spawnSync } from 'node:child_process'
import { randomFillSync } from 'node:crypto'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { performance } from 'node:perf_hooks'

const scratch = mkdtempSync(path.join(os.tmpdir(), 'krait-bench-'))
const files = 20_000
const runs = 5
/** The ratio that must not be passed. */
const limit = 2

const top = path.join(scratch, 'pkg-1.0')
const archive = path.join(scratch, 'pkg-1.0.tar.gz')
const library = path.resolve(process.env.KRAIT_LIBRARY_DIR ?? 'dist/lib/src')
const program = `
const { extractArchive } = await import('file://${library}/archive/index.js')
const { createSystem } = await import('file://${library}/system/index.js')
const context = { system: createSystem(), emit: () => {}, signal: new AbortController().signal }
await extractArchive(process.argv[1], process.argv[2], context)
console.log(process.resourceUsage().maxRSS)
`

/** Half zeros and half noise, in one file of 1 GiB and many of 1 MiB. */
function writeLarge() {
  const block = Buffer.alloc(1 << 20)
  mkdirSync(top)
  for (let index = 0; index < 2048; index += 1) {
    randomFillSync(block, 0, block.length >> 1)
    if (index < 1024) appendFileSync(path.join(top, 'large'), block)
    else writeFileSync(path.join(top, `part${index}`), block)
  }
}

const mostMemory = 200

function measureLarge() {
  writeLarge()
  for (const filter of ['gzip -1', 'zstd -1', 'xz -0', 'bzip2 -1']) {
    const packed = spawnSync('tar', ['-c', '-I', filter, '-f', archive, '-C', scratch, 'pkg-1.0'])
    if (packed.status !== 0) throw new Error(packed.stderr.toString())
    const { stdout } = time(krait)
    const peak = Math.round(Number(stdout) / 1024)
    console.log(
      `extract 2 GiB of ${filter}: peak ${peak} MiB (${peak <= mostMemory ? 'ok' : `MORE THAN ${mostMemory}`})`,
    )
    if (peak > mostMemory) process.exitCode = 1
  }
}

function writeMany() {
  for (let index = 0; index < files; index += 1) {
    const directory = path.join(top, `d${index % 200}`)
    if (index < 200) mkdirSync(directory, { recursive: true })
    writeFileSync(
      path.join(directory, `f${index}.c`),
      `int f${index}(void) { return ${index}; }\n`.repeat((index % 40) + 1),
    )
  }
  spawnSync('tar', ['-czf', archive, '-C', scratch, 'pkg-1.0'], { stdio: 'inherit' })
  rmSync(top, { recursive: true })
}

function time(command) {
  const target = path.join(scratch, 'out')
  mkdirSync(target)
  const started = performance.now()
  const [name, ...args] = command(target)
  const { status, stdout, stderr } = spawnSync(name, args, { encoding: 'utf8' })
  const ms = performance.now() - started
  if (status !== 0) throw new Error(stderr)
  rmSync(target, { recursive: true })
  return { ms, stdout }
}

const krait = (target) => [process.execPath, '--input-type=module', '-e', program, archive, target]
const tar = (target) => ['tar', '-xzf', archive, '-C', target]
const median = (values) => [...values].sort((left, right) => left - right)[values.length >> 1]

function compareMany() {
  writeMany()
  const [own, other] = [[], []]
  let memory = 0
  for (let run = 0; run < runs; run += 1) {
    const result = time(krait)
    memory = Math.max(memory, Number(result.stdout))
    own.push(result.ms)
    other.push(time(tar).ms)
  }
  const ratio = median(own) / median(other)
  const verdict = ratio <= limit ? 'ok' : `MORE THAN ${limit}`
  console.log(
    `extract ${files} files: krait ${Math.round(median(own))} ms, tar ${Math.round(median(other))} ms, ratio ${ratio.toFixed(2)} (${verdict}), peak ${Math.round(memory / 1024)} MiB`,
  )
  if (ratio > limit) process.exitCode = 1
}

try {
  if (process.argv.includes('--large')) measureLarge()
  else compareMany()
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
