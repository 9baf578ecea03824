/** `krait package inspect` and `extract`: finished packages, good ones and hostile ones. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { type PackageSpec, writePackage } from '../stages/install-prefixes/packages.js'
import { krait } from '../support/krait.js'
import { serveDirectory } from '../support/serve-directory.js'
import { tempDirectory, testContext } from '../support/system.js'

const demo: PackageSpec = {
  name: 'demo',
  files: {
    'bin/demo': { text: '#!/opt/ph/bin/sh\n', executable: true, placeholder: '/opt/ph', mode: 'text' },
    'lib/libdemo.so': { link: 'libdemo.so.1' },
    'lib/libdemo.so.1': 'no library',
  },
  index: { depends: ['zlib >=1.3'], constrains: ['other <2'], license: 'MIT' },
  runExports: { weak: ['demo >=1.0'] },
  info: { 'about.json': JSON.stringify({ summary: 'A \u001b[31mdemo', home: 'https://example.org/' }) },
}

async function written(spec: PackageSpec = demo) {
  const directory = tempDirectory()
  const { context } = testContext()
  const { subdir, fn } = await writePackage(directory, spec, context)
  return { directory, file: path.join(directory, subdir, fn) }
}

describe.each(['conda', 'tar.bz2'] as const)('a %s package', (format) => {
  test('is shown as a table, without control sequences', async () => {
    const { file } = await written({ ...demo, format })
    const { code, stdout, stderr } = await krait(['package', 'inspect', file])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^Name +demo\nVersion +1\.0\nBuild +0\nBuild number +0\nSubdir +linux-64$/m)
    expect(stdout).toMatch(/^Timestamp +2023-11-14 22:13:20 UTC$/m)
    expect(stdout).toMatch(/^Summary +A demo$/m)
    expect(stdout).toContain('Depends:\n  zlib >=1.3\n\nConstrains:\n  other <2\n')
    expect(stdout).not.toContain('Run exports')
    const all = (await krait(['package', 'inspect', file, '--all'])).stdout
    expect(all).toContain('Run exports (weak):\n  demo >=1.0\n')
    expect(all).toMatch(/^ {2}bin\/demo +17 B {2}file {5}text {4}[0-9a-f]{64}$/m)
    expect(all).toMatch(/^ {2}lib\/libdemo\.so +12 B {2}symlink {2}- {7}[0-9a-f]{64}$/m)
  })

  test('is shown as JSON with the sections that were asked for', async () => {
    const { file } = await written({ ...demo, format })
    const look = async (...flags: string[]) =>
      JSON.parse((await krait(['package', 'inspect', file, '--json', ...flags])).stdout)
    expect(Object.keys(await look())).toEqual(['index'])
    expect(await look('--run-exports')).toMatchObject({
      index: { name: 'demo' },
      run_exports: { weak: ['demo >=1.0'] },
    })
    const all = await look('--all')
    expect(Object.keys(all)).toEqual(['index', 'about', 'paths', 'run_exports'])
    expect(all.paths.paths).toHaveLength(3)
  })

  test('is unpacked, from a file and from a URL', async () => {
    const { directory, file } = await written({ ...demo, format })
    const out = path.join(directory, 'out')
    const { code, stdout } = await krait(['package', 'extract', file, '-d', out])
    expect(code).toBe(0)
    const sum = createHash('sha256').update(readFileSync(file)).digest('hex')
    expect(stdout).toContain(`Destination: ${out}\nSHA256: ${sum}\n`)
    expect(statSync(path.join(out, 'bin/demo')).mode & 0o111).toBe(0o111)
    expect(readFileSync(path.join(out, 'lib/libdemo.so'), 'utf8')).toBe('no library')
    const { url } = await serveDirectory(path.dirname(file))
    const elsewhere = path.join(directory, 'elsewhere')
    mkdirSync(elsewhere)
    const given = [`${url}/demo-1.0-0.${format}`, '--json']
    const fetched = await krait(['package', 'extract', ...given], { cwd: elsewhere })
    expect(JSON.parse(fetched.stdout)).toMatchObject({ sha256: sum, files: 7 })
    expect(readdirSync(path.join(elsewhere, 'demo-1.0-0'))).toEqual(['bin', 'info', 'lib'])
  })
})

test('a directory with files in it is left alone', async () => {
  const { directory, file } = await written()
  const { code, stderr } = await krait(['package', 'extract', file, '-d', directory])
  expect([code, stderr]).toEqual([2, expect.stringContaining('exists and is not empty')])
  for (const other of ['/dev/null', file]) {
    const refused = await krait(['package', 'extract', file, '-d', other])
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining(`\`${other}\` is not a directory`),
    ])
  }
  const empty = path.join(directory, 'empty')
  mkdirSync(empty)
  expect((await krait(['package', 'extract', file, '-d', empty])).code).toBe(0)
})

test.each([
  { given: 'missing.conda', code: 2, says: 'Package file does not exist: missing.conda' },
  { given: 'text.conda', code: 7, says: 'is not an archive: it begins with `just text`' },
  { given: 'cut.conda', code: 7, says: 'truncated' },
  { given: 'empty.tar.bz2', code: 7, says: '`info/index.json` of `empty.tar.bz2` cannot be used' },
  { given: 'evil.tar.bz2', code: 7, says: 'unsafe path: `../planted`' },
])('$given gives one message from inspect, and nothing is left of it by extract', async (sample) => {
  const { directory, file } = await written()
  const at = (name: string) => path.join(directory, name)
  writeFileSync(at('text.conda'), 'just text')
  writeFileSync(at('cut.conda'), readFileSync(file).subarray(0, 500))
  execFileSync('tar', ['-cjf', at('empty.tar.bz2'), '-T', '/dev/null'])
  writeFileSync(at('planted'), 'evil')
  execFileSync('tar', ['-cjPf', at('evil.tar.bz2'), '../planted'], { cwd: path.dirname(file) })
  const looked = await krait(['package', 'inspect', sample.given], { cwd: directory })
  expect([looked.code, looked.stdout]).toEqual([sample.code, ''])
  expect(looked.stderr).toContain(sample.says)
  expect(looked.stderr.match(/error/g)).toHaveLength(1)
  const before = readdirSync(directory)
  if (sample.given === 'empty.tar.bz2') return
  expect((await krait(['package', 'extract', sample.given], { cwd: directory })).code).toBe(sample.code)
  expect(readdirSync(directory)).toEqual(before)
})

test('a server that does not have the package is named with its answer, without credentials', async () => {
  const { url } = await serveDirectory(tempDirectory())
  const secret = url.replace('http://', 'http://me:hunter2hunter2@')
  const { code, stderr } = await krait(['package', 'inspect', `${secret}/demo-1.0-0.conda`])
  expect([code, stderr]).toEqual([7, expect.stringContaining('the server answered with 404')])
  expect(stderr).not.toContain('hunter2')
})

test.each([
  { words: ['inspct'], says: 'did you mean `krait package inspect`?' },
  { words: ['inspect'], says: '`krait package inspect` needs a package' },
  { words: ['inspect', 'a.conda', 'b.conda'], says: 'takes one package, not 2' },
])('krait package $words is a usage error', async ({ words, says }) => {
  const { code, stderr } = await krait(['package', ...words])
  expect([code, stderr]).toEqual([2, expect.stringContaining(says)])
  expect(existsSync('a.conda')).toBe(false)
})
