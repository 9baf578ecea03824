/** An environment whose creation is killed at any moment is right after the next call. */
import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import {
  type PackageFile,
  type PackageSpec,
  writeIndex,
  writePackage,
} from '../stages/install-prefixes/packages.js'
import { krait, startKrait } from '../support/krait.js'
import { tempDirectory, testContext } from '../support/system.js'

const placeholder = `/placeholder${'_x'.repeat(120)}`
const rounds = 20
const lanes = 4

function bigPackage(name: string, depends: readonly string[]): PackageSpec {
  const files: Record<string, PackageFile> = {}
  for (let at = 0; at < 300; at += 1) {
    files[`lib/${name}/d${at % 20}/f${at}`] =
      at % 5 === 0 ? { text: `${name} ${at} ${placeholder}\n`, placeholder } : { text: `${name} ${at}\n` }
  }
  return { name, subdir: 'noarch', index: { depends }, files }
}

test(`a creation that was killed is repaired by the next one, ${rounds} times`, {
  timeout: 120_000,
}, async () => {
  const directory = tempDirectory()
  const channel = path.join(directory, 'channel')
  const { context } = testContext()
  const names = ['a', 'b', 'c', 'd']
  const records = []
  for (const [at, name] of names.entries()) {
    records.push(await writePackage(channel, bigPackage(name, names.slice(0, at)), context))
  }
  writeIndex(channel, records)
  const place = (name: string) => {
    const home = path.join(directory, name)
    const env = { KRAIT_CACHE_DIR: path.join(home, 'cache') }
    return { home, env, args: ['env', 'create', '-p', path.join(home, 'env'), '-c', channel, 'd'] }
  }
  const calm = place('calm-0')
  const startedMs = performance.now()
  expect((await krait(calm.args, { env: calm.env })).code).toBe(0)
  const tookMs = performance.now() - startedMs
  const expected = readTree(calm.home)
  expect(Object.keys(expected).length).toBeGreaterThan(names.length * 300)

  const disturb = async (round: number): Promise<void> => {
    const { home, env, args } = place(`lane-${round}`)
    const child = startKrait(args, { env })
    const ended = new Promise((resolve) => child.once('close', resolve))
    await new Promise((resolve) => setTimeout(resolve, ((round + Math.random()) / rounds) * tookMs * 1.5))
    child.kill('SIGKILL')
    await ended
    expect(await krait(['cache', 'verify'], { env })).toMatchObject({ code: 0, stderr: '' })
    expect(await krait(args, { env })).toMatchObject({ code: 0 })
    expect(readTree(home)).toEqual(expected)
  }
  const queue = Array.from({ length: rounds }, (_, round) => round).values()
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (const round of queue) await disturb(round)
    }),
  )
})

/**
 * Mode and content of everything in the environment and of the unpacked packages, without what differs by place and
 * time. Locks and half-filled directories of the killed process are nobody's; `krait cache clean` takes them away.
 */
function readTree(home: string): Record<string, string> {
  const tree: Record<string, string> = {}
  for (const root of ['env', 'cache/pkgs/v1']) {
    for (const relative of readdirSync(path.join(home, root), { recursive: true, encoding: 'utf8' })) {
      if (relative.startsWith('.unpack-')) continue
      const file = path.join(home, root, relative)
      const info = lstatSync(file)
      const links = info.isFile() ? info.nlink : 1
      const content = info.isFile() ? normalise(readFileSync(file, 'utf8'), home) : ''
      const sum = createHash('sha256').update(content).digest('hex')
      tree[`${root}/${relative}`] = `${info.mode.toString(8)} ${links} ${sum}`
    }
  }
  return tree
}

function normalise(content: string, home: string): string {
  return content
    .replaceAll(home, '@')
    .replaceAll(/"(?:sha256_in_prefix|fingerprint|size_in_bytes)": ?"?\w+"?/g, '')
    .replace(/==> .* <==/, '')
}
