/** Builds the recipes of this checkout with the built command: real sources, real compiler, real interpreters. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { createSecretScan, mask } from '../../src/events/index.js'
import { krait, root } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'
import { unpack } from '../support/unpack.js'

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((file) => path.join(directory, file))
    .filter((file) => statSync(file).isFile())
}

function packages(output: string): string[] {
  return filesBelow(output)
    .filter((file) => /\.(conda|tar\.bz2)$/.test(file))
    .sort()
}

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}

describe('recipes/mustache', () => {
  test('becomes a tested package in an indexed channel', async () => {
    const output = tempDirectory()
    const { code, stderr } = await krait(['build', 'recipes/mustache', '--output-dir', output])
    expect(stderr).toContain('all tests passed!')
    expect(stderr).toMatch(/mustache-4\.2\.0-h[0-9a-f]{7}_0\.conda \(\d+ kB\)/)
    expect(stderr).not.toContain('\x1b')
    expect(code).toBe(0)
    const [archive = ''] = packages(output)
    const repodata = JSON.parse(readFileSync(path.join(output, 'noarch/repodata.json'), 'utf8'))
    expect(repodata['packages.conda'][path.basename(archive)]).toMatchObject({
      name: 'mustache',
      version: '4.2.0',
      noarch: 'generic',
      license: 'MIT',
      depends: [],
      sha256: sha256(archive),
    })
    expect(existsSync(path.join(output, 'bld')) && readdirSync(path.join(output, 'bld'))).toEqual([])
  })

  test('gives the same bytes in another directory, and names no path of this machine', async () => {
    const env = { SOURCE_DATE_EPOCH: '1700000000' }
    const outputs = [tempDirectory(), path.join(tempDirectory(), 'a longer path with spaces')]
    for (const output of outputs) {
      expect(
        (await krait(['build', 'recipes/mustache', '--output-dir', output, '--test', 'skip'], { env })).code,
      ).toBe(0)
    }
    const [first = '', second = ''] = outputs.flatMap(packages)
    expect(sha256(second)).toBe(sha256(first))
    const content = filesBelow(unpack(first))
      .map((file) => readFileSync(file, 'latin1'))
      .join('\n')
    for (const place of [...outputs, root]) expect(content).not.toContain(place)
  })

  test('can be written as .tar.bz2 as well', async () => {
    const output = tempDirectory()
    expect(
      (await krait(['build', 'recipes/mustache', '--output-dir', output, '--package-format', 'tar.bz2']))
        .code,
    ).toBe(0)
    const [archive = ''] = packages(output)
    const names = execFileSync('tar', ['-tjf', archive], { encoding: 'utf8' }).trim().split('\n')
    expect(names).toEqual(expect.arrayContaining(['info/index.json', 'info/paths.json', 'bin/mustache']))
  })
})

test('recipes/greeter and recipes/report build on each other through the local channel', async () => {
  const output = tempDirectory()
  const greeter = await krait(['build', 'recipes/greeter', '--output-dir', output, '-v'])
  expect(greeter.stderr).toContain('2 packages in')
  expect(greeter.code).toBe(0)
  const report = await krait(['build', 'recipes/report', '--output-dir', output])
  expect(report.stderr).toMatch(/variant: tone=calm[\s\S]*variant: tone=loud/)
  expect(report.code).toBe(0)
  const names = packages(output).map((file) => path.basename(file))
  expect(names).toEqual([
    expect.stringMatching(/^greeter-1\.2\.0-h/),
    expect.stringMatching(/^libgreet-1\.2\.0-h/),
    expect.stringMatching(/^report-0\.3-calm_h[0-9a-f]{7}_2\.conda$/),
    expect.stringMatching(/^report-0\.3-loud_h[0-9a-f]{7}_2\.conda$/),
  ])
  const greeterPackage = packages(output).find((file) => path.basename(file).startsWith('greeter-')) ?? ''
  const program = path.join(unpack(greeterPackage), 'bin/greeter')
  const dynamic = execFileSync('readelf', ['-dW', program], { encoding: 'utf8' })
  expect(dynamic).toMatch(/(RPATH|RUNPATH).*\[\$ORIGIN\/\.\.\/lib\]/)
  const index = JSON.parse(readFileSync(path.join(unpack(greeterPackage), 'info/index.json'), 'utf8'))
  expect(index.depends).toEqual(['libgreet >=1.2.0,<2.0a0'])
}, 120_000)

test('recipes/secret-echo leaves no trace of its secret anywhere', async () => {
  const secret = "hunter2 'quoted' é/+secret"
  const output = tempDirectory()
  const result = await krait(['build', 'recipes/secret-echo', '--output-dir', output, '--keep-build', '-v'], {
    env: { KRAIT_DEMO_SECRET: secret },
  })
  expect(result.stderr).toContain(mask)
  expect(result.code).toBe(0)
  const scan = createSecretScan([{ name: 'KRAIT_DEMO_SECRET', value: secret, kind: 'declared' }])
  const unpacked = packages(output).map(unpack)
  const files = [output, ...unpacked].flatMap(filesBelow)
  expect(files.length).toBeGreaterThan(10)
  const leaks = files.filter((file) => scan.search().push(readFileSync(file)))
  expect(leaks).toEqual([])
  expect(scan.findInText(result.stderr + result.stdout)).toBeUndefined()
})

test('a finished package is tested again from its file', async () => {
  const output = tempDirectory()
  await krait(['build', 'recipes/mustache', '--output-dir', output, '--test', 'skip'])
  const [archive = ''] = packages(output)
  const { code, stderr } = await krait(['test', archive])
  expect(stderr).toContain('all tests passed!')
  expect(code).toBe(0)
})

test.each([[[]], [['--no-build-id']]])(
  'builds at the same time into one channel (%j) do not disturb each other',
  async (flags) => {
    const output = tempDirectory()
    const calls = ['mustache', 'secret-echo', 'mustache'].map((name, at) =>
      // Other times give other bytes: packages of one name take each other's place in the channel.
      krait(['build', `recipes/${name}`, '--output-dir', output, ...flags], {
        env: { SOURCE_DATE_EPOCH: `170000000${at}` },
      }),
    )
    expect((await Promise.all(calls)).map(({ code }) => code)).toEqual([0, 0, 0])
    const repodata = JSON.parse(readFileSync(path.join(output, 'noarch/repodata.json'), 'utf8'))
    const listed = Object.entries<{ sha256: string }>(repodata['packages.conda'])
    expect(listed.map(([name, { sha256: hash }]) => [name, hash])).toEqual(
      packages(output).map((file) => [path.basename(file), sha256(file)]),
    )
  },
)
