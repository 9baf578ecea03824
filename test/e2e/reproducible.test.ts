/** The same recipe on two machines: one package, byte by byte. What can differ between machines differs here. */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { type PackageSpec, writeIndex, writePackage } from '../stages/install-prefixes/packages.js'
import { cleanEnv, mainFile } from '../support/krait.js'
import { tempDirectory, testContext } from '../support/system.js'
import { unpack } from '../support/unpack.js'

const recipe = `package:
  name: repro
  version: "1.0"
source:
  - path: src
build:
  number: 0
  script:
    - mkdir -p "$PREFIX/bin" "$PREFIX/lib" "$PREFIX/share"
    - gcc -g -O2 -ffile-prefix-map="$SRC_DIR=/src" -DDATA="\\"$PREFIX/share\\"" main.c -o "$PREFIX/bin/repro" -Wl,-rpath,"$PREFIX/lib"
    - printf '#!/bin/sh\\nexec %s/bin/repro\\n' "$PREFIX" > "$PREFIX/bin/wrap"
    - chmod 755 "$PREFIX/bin/wrap"
    - ls *.txt > "$PREFIX/share/sorted"
    - LC_ALL= date -d @0 > "$PREFIX/share/zone"
    - echo "$PREFIX $SOURCE_DATE_EPOCH $LANG $TZ" > "$PREFIX/share/facts"
    - ln -s "$PREFIX/bin/repro" "$PREFIX/bin/alias"
    - head -c 3000000 /dev/zero > "$PREFIX/share/large"
    - mkdir "$PREFIX/share/closed"
    - cp "$PREFIX/share/tool/data" "$PREFIX/share/closed/data"
requirements:
  host: [tool]
about:
  license: MIT
  license_file: LICENSE
tests:
  - script: repro
    files:
      source: ["*.txt"]
      recipe: [extra.sh]
`

const tool: PackageSpec = {
  name: 'tool',
  files: { 'share/tool/data': 'data\n' },
  runExports: { weak: ['tool >=1.0'] },
}

/** A machine: its own directories, channel and caches. */
async function setUp(...deeper: string[]) {
  const place = path.join(tempDirectory(), ...deeper)
  const recipeDirectory = path.join(place, 'recipe')
  const channel = path.join(place, 'my-channel')
  mkdirSync(path.join(recipeDirectory, 'src'), { recursive: true })
  const files = {
    'recipe.yaml': recipe,
    'extra.sh': 'true\n',
    'src/main.c': 'const char *data = DATA; int main(void) { return __FILE__[0] == 0 || data[0] == 0; }\n',
    'src/LICENSE': 'free\n',
    'src/B.txt': '',
    'src/a.txt': '',
    'src/ä.txt': '',
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(recipeDirectory, name), text)
  const record = await writePackage(channel, tool, testContext().context)
  writeIndex(channel, [record])
  return { place, recipeDirectory, channel }
}

const isRoot = process.getuid?.() === 0
const nobody = 65_534

function openFor(user: number, directory: string): void {
  execFileSync('chown', ['-R', `${user}:${user}`, directory])
  // Temporary directories are closed to others on the way there.
  for (let at = path.dirname(directory); at !== os.tmpdir() && at !== '/'; at = path.dirname(at))
    chmodSync(at, statSync(at).mode | 0o055)
}

interface Machine {
  readonly umask: string
  readonly env: Readonly<Record<string, string>>
  /** In front of the command. */
  readonly wrapper: readonly string[]
  readonly format: string
}

function build({ place, channel }: Awaited<ReturnType<typeof setUp>>, machine: Machine): string {
  const env = cleanEnv({
    SOURCE_DATE_EPOCH: '1700000000',
    KRAIT_CACHE_DIR: path.join(place, 'cache'),
    ...machine.env,
  })
  const command = [...machine.wrapper, process.execPath, mainFile, 'build', 'recipe', '-c', channel]
  const words = [...command, '--test', 'skip', '--output-dir', 'out', '--package-format', machine.format]
  const script = `umask ${machine.umask}; exec "$@"`
  const done = spawnSync('sh', ['-c', script, 'sh', ...words], { cwd: place, env, encoding: 'utf8' })
  expect({ status: done.status, stderr: done.status === 0 ? '' : done.stderr }).toEqual({
    status: 0,
    stderr: '',
  })
  expect(done.stderr).not.toContain('path of the work directory')
  const [name = ''] = readdirSync(path.join(place, 'out/linux-64')).filter((file) =>
    file.startsWith('repro-'),
  )
  return path.join(place, 'out/linux-64', name)
}

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}

test.each(['conda', 'tar-bz2'])(
  'a %s package is the same from another directory, user, umask, locale, time zone and number of processors',
  async (format) => {
    const first = await setUp()
    const second = await setUp('a much longer path', 'with blanks', 'ünd umlauts')
    if (isRoot) openFor(nobody, second.place)
    const asNobody = isRoot
      ? ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', '--']
      : []
    const one = build(first, { umask: '022', env: { TZ: 'UTC' }, wrapper: [], format })
    const other = build(second, {
      umask: '077',
      env: {
        LANG: 'de_DE.UTF-8',
        LC_ALL: 'tr_TR.UTF-8',
        TZ: 'Asia/Tokyo',
        HOME: second.place,
        USER: 'somebody',
      },
      wrapper: [...asNobody, 'taskset', '-c', '0'],
      format,
    })
    expect(sha256(other)).toBe(sha256(one))
    expect(path.basename(other)).toBe(path.basename(one))
  },
)

test('no file of a package names a place of the machine, and every file with the prefix is listed', async () => {
  const machine = await setUp()
  const archive = build(machine, { umask: '022', env: {}, wrapper: [], format: 'conda' })
  const unpacked = unpack(archive)
  const files = readdirSync(unpacked, { recursive: true, encoding: 'utf8' }).filter((file) =>
    statSync(path.join(unpacked, file)).isFile(),
  )
  const { paths } = JSON.parse(readFileSync(path.join(unpacked, 'info/paths.json'), 'utf8'))
  const listed = new Map<string, string>(
    paths.map((entry: { _path: string; prefix_placeholder?: string }) => [
      entry._path,
      entry.prefix_placeholder,
    ]),
  )
  const withPrefix: string[] = []
  for (const file of files) {
    const text = readFileSync(path.join(unpacked, file), 'latin1')
    for (const place of [machine.place, os.hostname(), os.tmpdir()])
      expect(`${file}: ${text.includes(`${place}/`)}`).toBe(`${file}: false`)
    if (text.includes('_placehold_placehold') && !file.startsWith('info/')) withPrefix.push(file)
  }
  expect(withPrefix.sort()).toEqual(['bin/alias', 'bin/repro', 'bin/wrap', 'share/facts'])
  for (const file of ['bin/repro', 'bin/wrap', 'share/facts']) expect(listed.get(file)).toHaveLength(255)
  const about = JSON.parse(readFileSync(path.join(unpacked, 'info/about.json'), 'utf8'))
  expect(about.channels).toEqual(['file:///krait/channels/my-channel/'])
})
