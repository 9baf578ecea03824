/**
 * Times what happens after the script: packaging a tree of 46,500 files and 720 MB, beside the peer in the same run when
 * KRAIT_PEER is set (a command that takes rattler-build's arguments), and indexing a channel of 5,000 packages.
 * `node bench/package.mjs [tree|index]`.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { performance } from 'node:perf_hooks'

const scratch = mkdtempSync(path.join(process.env.KRAIT_BENCH_DIR ?? os.tmpdir(), 'krait-bench-'))
const env = { ...process.env, KRAIT_CACHE_DIR: path.join(scratch, 'cache') }
const command = path.join(process.env.KRAIT_COMMAND_DIR ?? 'dist', 'main.js')
const peer = process.env.KRAIT_PEER?.split(' ')
const only = process.argv.slice(2)
// Its own path, because what is called `python3` may be a script that looks for it.
const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
}).trim()
let failed = false

const measured = `
import resource, subprocess, sys, time
start = time.monotonic()
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
print(time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
sys.exit(code)
`

/** Texts, tables of numbers and noise, as in a package of a scientific library. */
const makeTree = `
import os, random, sys
random.seed(1)
words = [''.join(random.choices('abcdefghijklmnopqrstuvwxyz', k=random.randint(2, 10))) for _ in range(4000)]
text = ' '.join(random.choices(words, k=200000)).encode()
noise = random.randbytes(1 << 20)
for at in range(46500):
    directory = os.path.join(sys.argv[1], f'd{at // 150}')
    if at % 150 == 0: os.makedirs(directory)
    size = 15500 + at % 31
    start = random.randrange(len(text) - size)
    start_noise = random.randrange(len(noise) - size)
    body = text[start:start + size] if at % 4 else noise[start_noise:start_noise + size]
    with open(os.path.join(directory, f'f{at}'), 'wb') as file: file.write(body)
`

const makePackages = `
import io, json, os, sys, tarfile
directory = os.path.join(sys.argv[1], 'noarch')
os.makedirs(directory, exist_ok=True)
for at in range(int(sys.argv[2])):
    name = (sys.argv[3] if len(sys.argv) > 3 else 'p') + str(at)
    index = {'name': name, 'version': '1.0', 'build': '0', 'build_number': 0, 'depends': ['python >=3.8', 'numpy'], 'subdir': 'noarch', 'timestamp': 1700000000000, 'license': 'MIT'}
    files = {'info/index.json': index, 'info/paths.json': {'paths': [], 'paths_version': 1}, 'info/about.json': {'summary': name}}
    with tarfile.open(os.path.join(directory, name + '-1.0-0.tar.bz2'), 'w:bz2') as tar:
        for path, content in files.items():
            data = json.dumps(content).encode()
            member = tarfile.TarInfo(path)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
`

try {
  if (only.length === 0 || only.includes('tree')) benchTree()
  if (only.length === 0 || only.includes('index')) benchIndex()
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
process.exitCode = failed ? 1 : 0

/** Wall time in seconds and peak memory in MB of a whole process; anything but success ends the benchmark. */
function time(words, more = {}) {
  const args = ['-c', measured, ...words]
  const { status, stdout, stderr } = spawnSync(python, args, { env: { ...env, ...more }, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${words.join(' ')} failed:\n${stderr.slice(-2000)}`)
  const [seconds, rss] = stdout.trim().split('\n').at(-1).split(' ').map(Number)
  return { seconds, rss }
}

function tell(name, value, limit, unit) {
  const isGood = value <= limit
  failed ||= !isGood
  console.log(`${isGood ? 'ok  ' : 'FAIL'} ${name}: ${value.toFixed(2)} ${unit} (goal ${limit})`)
}

function benchTree() {
  const source = path.join(scratch, 'tree')
  execFileSync('python3', ['-c', makeTree, source])
  // In a directory of its own, because a package holds the directory of its recipe.
  const recipe = path.join(scratch, 'recipe', 'recipe.yaml')
  mkdirSync(path.dirname(recipe))
  writeFileSync(
    recipe,
    `package: {name: tree, version: "1"}\nbuild: {noarch: generic, script: "mkdir -p $PREFIX && cp -al ${source} $PREFIX/tree"}\n`,
  )
  const args = (name) => [
    'build',
    '-r',
    recipe,
    '--output-dir',
    path.join(scratch, name),
    '--test',
    'skip',
    '-c',
    emptyChannel(),
  ]
  const script = seconds(() => execFileSync('cp', ['-al', source, path.join(scratch, 'floor')]))
  console.log(`the script itself takes ${script.toFixed(1)} s`)
  // The level at which compressing, and writing and hashing what it leaves, takes the least.
  const fast = time([process.execPath, command, ...args('fast'), '--package-format', 'conda:1'])
  tell('everything besides compression', fast.seconds - script, 8, 's')
  const own = time([process.execPath, command, ...args('own')])
  tell('peak memory', own.rss, 600, 'MB')
  console.log(`krait ${own.seconds.toFixed(1)} s, ${own.rss} MB`)
  if (!peer) return
  const other = time([...peer, ...args('peer')])
  console.log(`peer ${other.seconds.toFixed(1)} s, ${other.rss} MB`)
  tell('against the peer', own.seconds / other.seconds, 1, 'x')
  const wasm = time([process.execPath, command, ...args('wasm')], { PATH: programsWithoutZstd() })
  console.log(`krait without the zstd program ${wasm.seconds.toFixed(1)} s, ${wasm.rss} MB`)
  tell('against the peer without the program', wasm.seconds / other.seconds, 1.8, 'x')
  tell('peak memory without the program', wasm.rss, 600, 'MB')
}

/** What the script and krait need, and nothing that compresses. */
function programsWithoutZstd() {
  const directory = path.join(scratch, 'programs')
  mkdirSync(directory)
  for (const name of ['bash', 'cp', 'mkdir']) {
    symlinkSync(execFileSync('which', [name], { encoding: 'utf8' }).trim(), path.join(directory, name))
  }
  return directory
}

function benchIndex() {
  const channel = path.join(scratch, 'channel')
  execFileSync('python3', ['-c', makePackages, channel, '5000'])
  const index = [process.execPath, command, 'channel', 'index', channel]
  tell('index of 5,000 packages from nothing', time(index).seconds, 20, 's')
  const again = time(index).seconds
  console.log(`nothing new: ${again.toFixed(2)} s`)
  // The median, because a call this short says more about the moment than about the work.
  const calls = Array.from({ length: 9 }, (_, at) => {
    execFileSync('python3', ['-c', makePackages, channel, '1', `more${at}`])
    return time(index).seconds
  })
  tell('one more package', calls.sort((left, right) => left - right)[4], 0.3, 's')
  console.log(`${readdirSync(path.join(channel, 'noarch')).length} files`)
}

function emptyChannel() {
  const channel = path.join(scratch, 'empty')
  mkdirSync(path.join(channel, 'noarch'), { recursive: true })
  writeFileSync(path.join(channel, 'noarch/repodata.json'), '{"packages":{},"packages.conda":{}}')
  return channel
}

function seconds(work) {
  const start = performance.now()
  work()
  return (performance.now() - start) / 1000
}
