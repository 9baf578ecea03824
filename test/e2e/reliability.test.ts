/** What happens to a channel when processes die, disks fill up, and many write at once. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { cleanEnv, krait, mainFile, startKrait } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'

function recipe(directory: string, name: string, script: string): string {
  const at = path.join(directory, name)
  mkdirSync(at, { recursive: true })
  const text = `package:\n  name: ${name}\n  version: "1.0"\nbuild:\n  noarch: generic\n  script: |\n    mkdir -p $PREFIX/share\n    ${script}\n`
  writeFileSync(path.join(at, 'recipe.yaml'), text)
  return at
}

interface Listed {
  readonly fn: string
  readonly sha256: string
}

/** What a reader of the channel sees; throws when it is no valid index. */
function readIndex(channel: string): readonly Listed[] {
  const file = path.join(channel, 'noarch/repodata.json')
  if (!existsSync(file)) return []
  const index = JSON.parse(readFileSync(file, 'utf8'))
  return Object.entries<{ sha256: string }>(index['packages.conda']).map(([fn, { sha256 }]) => ({
    fn,
    sha256,
  }))
}

/** Every listed file is there, complete. */
function expectTrue(channel: string): void {
  for (const { fn, sha256 } of readIndex(channel)) {
    const bytes = readFileSync(path.join(channel, 'noarch', fn))
    expect({ fn, sha256: createHash('sha256').update(bytes).digest('hex') }).toEqual({ fn, sha256 })
  }
}

const kills = 50

test(`a channel is true after each of ${kills} publications that were killed, and the next one succeeds`, {
  timeout: 300_000,
}, async () => {
  const directory = tempDirectory()
  const env = { KRAIT_CACHE_DIR: path.join(directory, 'cache') }
  const at = recipe(directory, 'demo', 'seq 20000 > $PREFIX/share/demo')
  const args = (lane: number) => [
    'publish',
    at,
    '--to',
    path.join(directory, `channel-${lane}`),
    '--output-dir',
    path.join(directory, `out-${lane}`),
    '--force',
  ]
  const startedMs = performance.now()
  expect((await krait(args(0), { env })).code).toBe(0)
  const tookMs = performance.now() - startedMs
  const lanes = 3
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (let round = lane; round < kills; round += lanes) {
        const child = startKrait(args(lane), { env })
        const ended = new Promise((resolve) => child.once('close', resolve))
        await new Promise((resolve) =>
          setTimeout(resolve, ((round + Math.random()) / kills) * tookMs * lanes * 0.8),
        )
        child.kill('SIGKILL')
        await ended
        for (const place of ['channel', 'out']) expectTrue(path.join(directory, `${place}-${lane}`))
      }
      expect(await krait(args(lane), { env })).toMatchObject({ code: 0 })
      for (const place of ['channel', 'out']) {
        expectTrue(path.join(directory, `${place}-${lane}`))
        expect(readIndex(path.join(directory, `${place}-${lane}`))).toHaveLength(1)
      }
    }),
  )
})

/** Who is not root gets a user namespace in which he is. */
const asRoot = process.getuid?.() === 0 ? [] : ['-r']

/** Containers without rights and changed roots forbid it; CI has to allow it. */
const canMount =
  process.env.CI !== undefined ||
  spawnSync('unshare', [...asRoot, '-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/tmp']).status === 0

describe.runIf(canMount)('on a disk that is full', () => {
  /** Runs krait in a mount namespace of its own, on a disk of that size; gives what is on it afterwards. */
  function buildOnDisk(sizeKb: number, directory: string): { code: number; stderr: string; files: string } {
    const disk = path.join(directory, `disk-${sizeKb}`)
    mkdirSync(disk)
    const script = `
mount -t tmpfs -o size=${sizeKb}k tmpfs "$1" || exit 99
code=0
"$2" "$3" build "$4" --output-dir "$1/out" --test skip 2> "$1.err" || code=$?
cd "$1" && find . -type f \\( -name "*.conda" -o -name "repodata.json" -o -name "*.tmp" \\) > "$1.files"
if [ -f out/noarch/repodata.json ]; then cp out/noarch/repodata.json "$1.repodata"; fi
exit $code`
    const args = [
      '-m',
      'sh',
      '-c',
      script,
      'sh',
      disk,
      process.execPath,
      mainFile,
      path.join(directory, 'big'),
    ]
    let code = 0
    try {
      execFileSync('unshare', [...asRoot, ...args], { env: cleanEnv(), stdio: 'pipe' })
    } catch (error) {
      code = (error as { status: number }).status
    }
    return { code, stderr: readFileSync(`${disk}.err`, 'utf8'), files: readFileSync(`${disk}.files`, 'utf8') }
  }

  test.each([24, 64, 160, 400, 700, 1000, 1300, 1600, 2000, 2600, 3200])(
    'of %i kB a build either succeeds, or says so and leaves nothing half-written',
    { timeout: 60_000 },
    (sizeKb) => {
      const directory = tempDirectory()
      recipe(directory, 'big', 'head -c 700000 /dev/urandom > $PREFIX/share/big')
      const { code, stderr, files } = buildOnDisk(sizeKb, directory)
      expect(stderr).not.toContain('error[bug]')
      expect(code).not.toBe(99)
      const packages = files.split('\n').filter((file) => file.endsWith('.conda'))
      expect(files).not.toContain('.tmp')
      if (code === 0) {
        expect(packages).toHaveLength(1)
        return
      }
      expect(stderr).toMatch(/no space left|ENOSPC|disk/i)
      expect(packages).toEqual([])
      const repodata = path.join(directory, `disk-${sizeKb}.repodata`)
      if (existsSync(repodata))
        expect(JSON.parse(readFileSync(repodata, 'utf8'))['packages.conda']).toEqual({})
    },
  )

  test('the sizes above cover both ends', { timeout: 60_000 }, () => {
    const directory = tempDirectory()
    recipe(directory, 'big', 'head -c 700000 /dev/urandom > $PREFIX/share/big')
    expect(buildOnDisk(24, directory).code).not.toBe(0)
    expect(buildOnDisk(8000, directory).code).toBe(0)
  })
})

test('eight processes that publish into one channel at once lose nothing, and readers see only what is true', {
  timeout: 180_000,
}, async () => {
  const directory = tempDirectory()
  const channel = path.join(directory, 'channel')
  const env = { KRAIT_CACHE_DIR: path.join(directory, 'cache') }
  const first = recipe(directory, 'first', 'echo first > $PREFIX/share/first')
  const to = (at: string, output: string) => [
    'publish',
    at,
    '--to',
    channel,
    '--output-dir',
    path.join(directory, output),
    '--force',
  ]
  expect((await krait(to(first, 'out-first'), { env })).code).toBe(0)
  const reader = startReader(channel)
  const names = ['a', 'b', 'c', 'd', 'e', 'same', 'same', 'same']
  const calls = names.map((name, at) =>
    krait(to(recipe(directory, name, `echo ${name} > $PREFIX/share/${name}`), `out-${at}`), {
      env: { ...env, SOURCE_DATE_EPOCH: `${1_700_000_000 + at}` },
    }),
  )
  const results = await Promise.all(calls)
  expect(results.map(({ code }) => code)).toEqual(names.map(() => 0))
  expect(await reader.stop()).toEqual({ reads: expect.any(Number), problems: [] })
  expectTrue(channel)
  expect(readIndex(channel).map(({ fn }) => fn.split('-')[0])).toEqual([
    'a',
    'b',
    'c',
    'd',
    'e',
    'first',
    'same',
  ])
  expect((await krait(['channel', 'check', channel])).code).toBe(0)
  expect(readdirSync(path.join(channel, 'noarch')).filter((name) => name.endsWith('.tmp'))).toEqual([])
})

/** A process that reads the index all the time, and notes each record without its file. */
function startReader(channel: string): { stop: () => Promise<{ reads: number; problems: string[] }> } {
  const script = `
import json, os, sys, time
reads, problems = 0, []
stop = sys.argv[2]
while not os.path.exists(stop):
    reads += 1
    try:
        index = json.load(open(os.path.join(sys.argv[1], 'noarch', 'repodata.json')))
        for fn in index['packages.conda']:
            if not os.path.exists(os.path.join(sys.argv[1], 'noarch', fn)): problems.append('no file ' + fn)
    except Exception as error:
        problems.append(repr(error))
    time.sleep(0.002)
print(json.dumps({'reads': reads, 'problems': problems}))
`
  const stopFile = path.join(tempDirectory(), 'stop')
  const child = spawn('python3', ['-c', script, channel, stopFile])
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  const ended = new Promise((resolve) => child.once('close', resolve))
  return {
    stop: async () => {
      writeFileSync(stopFile, '')
      await ended
      return JSON.parse(text)
    },
  }
}

describe('a package of unusual size', () => {
  test('with 50,000 small files is built, and lists all of them', { timeout: 300_000 }, async () => {
    const directory = tempDirectory()
    const script =
      'cd $PREFIX/share && seq 50000 | awk \'{ d = "d" int($1 / 500); if (!(d in s)) { system("mkdir -p " d); s[d] = 1 }; f = d "/f" $1; print $1 > f; close(f) }\''
    const at = recipe(directory, 'many', script)
    const output = path.join(directory, 'out')
    const { code, stderr } = await krait(['build', at, '--output-dir', output, '--package-format', 'conda:1'])
    expect(stderr).toContain('50,000 files')
    expect(code).toBe(0)
    expectTrue(output)
  })

  test('with a file of 3 GB is built, and the file comes back whole', { timeout: 300_000 }, async () => {
    const directory = tempDirectory()
    const at = recipe(
      directory,
      'huge',
      'truncate -s 3000000000 $PREFIX/share/huge && echo end >> $PREFIX/share/huge',
    )
    const output = path.join(directory, 'out')
    const { code } = await krait([
      'build',
      at,
      '--output-dir',
      output,
      '--package-format',
      'conda:1',
      '--test',
      'skip',
    ])
    expect(code).toBe(0)
    expectTrue(output)
    const [{ fn = '' } = {}] = readIndex(output)
    const archive = path.join(output, 'noarch', fn)
    const unpack = `unzip -p ${archive} 'pkg-*.tar.zst' | zstd -dcq | tar -xOf - share/huge | tail -c 4`
    expect(execFileSync('sh', ['-c', unpack], { encoding: 'utf8' })).toBe('end\n')
    const sizes = `unzip -p ${archive} 'pkg-*.tar.zst' | zstd -dcq | tar -tvf - share/huge`
    expect(execFileSync('sh', ['-c', sizes], { encoding: 'utf8' })).toContain('3000000004')
  })
})

describe('a result on standard output', () => {
  const shell = (command: string) =>
    spawnSync('bash', ['-c', `set -o pipefail; "$0" "$1" ${command}`, process.execPath, mainFile], {
      env: cleanEnv(),
      encoding: 'utf8',
    })

  test.each([{ call: '--version' }, { call: '--help' }, { call: 'schema' }])(
    'of $call that a full disk cuts off is no success',
    ({ call }) => {
      const { status, stderr } = shell(`${call} > /dev/full`)
      expect(stderr).toMatch(/^error\[system\/no-space\]: .*`standard output`\n {2}help: .*\n$/)
      expect(status).toBe(7)
    },
  )

  test('that nobody reads to its end is a success without a word', () => {
    expect(shell('schema | head -1')).toMatchObject({ status: 0, stdout: '{\n', stderr: '' })
  })
})
