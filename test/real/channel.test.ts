/** The channel as a whole, and every package of it by itself. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, inject, test } from 'vitest'
import { parse } from 'yaml'
import { krait, root } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'

const channel = inject('channel')

interface ChannelRecord {
  readonly name: string
  readonly version: string
  readonly build: string
  readonly depends: readonly string[]
  readonly license?: string
  readonly sha256: string
  readonly size: number
}

interface PackagedPath {
  readonly _path: string
  readonly path_type: string
  readonly sha256: string
  readonly size_in_bytes: number
  readonly prefix_placeholder?: string
}

const subdirs = ['linux-64', 'noarch', 'linux-aarch64'].filter((subdir) =>
  existsSync(path.join(channel, subdir)),
)
const packages = subdirs.flatMap((subdir) => {
  const repodata = JSON.parse(readFileSync(path.join(channel, subdir, 'repodata.json'), 'utf8'))
  const records = Object.entries<ChannelRecord>({ ...repodata.packages, ...repodata['packages.conda'] })
  return records.map(([file, record]) => {
    return { subdir, file, record, archive: path.join(channel, subdir, file) }
  })
})
const names = new Set(packages.map(({ record }) => record.name))

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}

test('every recipe that was asked for gave a package, and every package is in the index', async () => {
  const asked = (process.env.KRAIT_REAL_ONLY ?? '').split(/\s+/).filter((name) => name !== '')
  const recipes = ['bootstrap', 'real'].flatMap((kind) => {
    const directory = path.join(root, 'recipes', kind)
    const found = readdirSync(directory).filter((name) =>
      existsSync(path.join(directory, name, 'recipe.yaml')),
    )
    return found.map((name) => ({ kind, name }))
  })
  const wanted = recipes.filter(
    ({ kind, name }) => (asked.length === 0 || asked.includes(name)) && isPossible(kind, name),
  )
  expect(wanted.length).toBeGreaterThanOrEqual(new Set(asked).size)
  const logs = readdirSync(path.join(channel, 'logs')).filter((file) => file.endsWith('.record.json'))
  const built = new Set(
    logs.map((file) => {
      const { recipe } = JSON.parse(readFileSync(path.join(channel, 'logs', file), 'utf8'))
      const directory = path.dirname(recipe.path)
      return `${path.basename(path.dirname(directory))}/${path.basename(directory)}`
    }),
  )
  expect([...built]).toEqual(expect.arrayContaining(wanted.map(({ kind, name }) => `${kind}/${name}`)))
  const { code, stderr } = await krait(['channel', 'check', channel])
  expect(stderr).not.toContain('error')
  expect(code).toBe(0)
})

/** scripts/bootstrap-channel leaves out what wraps a program that this machine has not. */
function isPossible(kind: string, name: string): boolean {
  const text = readFileSync(path.join(root, 'recipes', kind, name, 'recipe.yaml'), 'utf8')
  const programs = Object.keys(parse(text).extra?.programs ?? {})
  return programs.every((program) => spawnSync('which', [program]).status === 0)
}

test('every dependency is in the channel or belongs to the machine', () => {
  const missing = packages.flatMap(({ file, record }) =>
    record.depends
      .map((spec) => spec.split(/[\s=<>]/)[0] ?? '')
      .filter((name) => !name.startsWith('__') && !names.has(name))
      .map((name) => `${file}: ${name}`),
  )
  expect(missing).toEqual([])
})

describe.each(packages)('$subdir/$file', ({ subdir, archive, record }) => {
  test('is what the index says, holds what it says itself, and no path of the build', async () => {
    expect(sha256(archive)).toBe(record.sha256)
    const extracted = path.join(tempDirectory(), 'extracted')
    expect((await krait(['package', 'extract', archive, '--dest', extracted])).code).toBe(0)
    const index = JSON.parse(readFileSync(path.join(extracted, 'info/index.json'), 'utf8'))
    const { name, version, build, depends, license } = record
    expect(index).toMatchObject({ name, version, build, depends, license })
    expect(readdirSync(path.join(extracted, 'info/licenses')).length).toBeGreaterThan(0)
    const listed = (
      JSON.parse(readFileSync(path.join(extracted, 'info/paths.json'), 'utf8')) as {
        paths: PackagedPath[]
      }
    ).paths
    expect(findWrongFiles(extracted, listed)).toEqual([])
    expect(findForeignPaths(extracted, listed)).toEqual([])
    expect(findForeignMachines(extracted, listed, subdir)).toEqual([])
  })

  test('has nothing that breaks on another machine', async () => {
    const { code, stdout, stderr } = await krait(['package', 'check', archive])
    const errors = `${stdout}${stderr}`.split('\n').filter((line) => line.startsWith('error'))
    expect(errors).toEqual([])
    expect(code).toBe(0)
  })
})

/** Files whose content is not the one that the package lists. */
function findWrongFiles(extracted: string, listed: readonly PackagedPath[]): string[] {
  return listed
    .filter((entry) => entry.path_type === 'hardlink')
    .filter((entry) => {
      const content = readFileSync(path.join(extracted, entry._path))
      const hash = createHash('sha256').update(content).digest('hex')
      return hash !== entry.sha256 || content.length !== entry.size_in_bytes
    })
    .map((entry) => entry._path)
}

/** What ELF files say they are for, in the two bytes at 18. */
const machines = new Map([
  ['linux-64', 62],
  ['linux-aarch64', 183],
])

/** Programs and libraries for another processor than that of the platform; packages for all may have any. */
function findForeignMachines(
  extracted: string,
  listed: readonly PackagedPath[],
  subdir: string,
): readonly string[] {
  const machine = machines.get(subdir)
  if (machine === undefined) return []
  return listed
    .filter((entry) => entry.path_type === 'hardlink')
    .filter((entry) => {
      const content = readFileSync(path.join(extracted, entry._path))
      return content.subarray(0, 4).toString('latin1') === '\x7fELF' && content.readUInt16LE(18) !== machine
    })
    .map((entry) => entry._path)
}

/** Files with the directory that they were built in, or with a placeholder that no installer replaces. */
function findForeignPaths(extracted: string, listed: readonly PackagedPath[]): string[] {
  const replaced = new Map(listed.map((entry) => [entry._path, entry.prefix_placeholder]))
  const files = readdirSync(extracted, { recursive: true, withFileTypes: true })
  return files.flatMap((entry) => {
    const file = path.join(entry.parentPath, entry.name)
    const shown = path.relative(extracted, file)
    if (entry.isSymbolicLink()) return path.isAbsolute(readlinkSync(file)) ? [shown] : []
    if (!entry.isFile()) return []
    const content = readFileSync(file)
    const placeholder = replaced.get(shown)
    // Metadata tells the placeholder, and bytecode the file it came from, which nobody needs.
    const mayNameIt = shown.startsWith(`info${path.sep}`) || shown.endsWith('.pyc')
    const foreign = [channel, '/rattler-build_', ...(mayNameIt ? [] : ['_placehold_placehold'])]
    const rest = placeholder === undefined ? content : withoutText(content, placeholder)
    return foreign.some((text) => rest.includes(text)) ? [shown] : []
  })
}

function withoutText(content: Buffer, text: string): Buffer {
  return Buffer.from(content.toString('latin1').replaceAll(text, ''), 'latin1')
}
