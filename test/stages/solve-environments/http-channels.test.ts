import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { encode } from '@msgpack/msgpack'
import { describe, expect, onTestFinished, test } from 'vitest'
import { compressZstd } from '../../../src/archive/index.js'
import { solve, solveEnvironments } from '../../../src/stages/solve-environments/index.js'
import { type System, withNetwork } from '../../../src/system/index.js'
import { tempDirectory, testContext } from '../../support/system.js'
import { writePackage } from '../install-prefixes/packages.js'
import { buildPlan, platform } from './plan.js'

interface ServedFile {
  readonly body: Uint8Array | string
  readonly etag?: string
  readonly cacheControl?: string
}

/** A server on the loopback that answers conditional requests and remembers what it was asked. */
async function serve(files: Record<string, ServedFile>, status = 404) {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    const file = files[request.url ?? '']
    if (!file) response.writeHead(status).end()
    else if (file.etag && request.headers['if-none-match'] === file.etag) response.writeHead(304).end()
    else {
      const { etag, cacheControl } = file
      const headers = { ...(etag && { etag }), ...(cacheControl && { 'cache-control': cacheControl }) }
      response.writeHead(200, headers).end(file.body)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, requests }
}

const entry = (name: string, version = '1') => ({
  [`${name}-${version}-0.conda`]: {
    name,
    version,
    build: '0',
    build_number: 0,
    depends: [],
    subdir: 'linux-64',
    run_exports: {},
  },
})
const repodata = (packages: object) => JSON.stringify({ info: {}, packages: {}, 'packages.conda': packages })
const options = (channel: string, cacheDirectory?: string) => ({
  channels: [channel],
  platform: platform('linux-64'),
  cacheDirectory,
})

describe('a channel on a server', () => {
  test('is read compressed when it can be, and plain otherwise', async () => {
    const { context } = testContext()
    const text = Buffer.from(repodata({ ...entry('a') }))
    const server = await serve({
      '/ch/linux-64/repodata.json.zst': { body: await compressZstd(text, 3, context.system) },
      '/ch/noarch/repodata.json': { body: repodata({ ...entry('b') }) },
    })
    const records = await solve(['a', 'b'], options(`http://${server.host}/ch`), context)
    expect(records.map(({ url, channel }) => [url, channel])).toEqual([
      [`http://${server.host}/ch/linux-64/a-1-0.conda`, `http://${server.host}/ch/`],
      [`http://${server.host}/ch/noarch/b-1-0.conda`, `http://${server.host}/ch/`],
    ])
  })

  test('is asked only whether its index changed when there is a cache', async () => {
    const cache = tempDirectory()
    const files: Record<string, ServedFile> = {
      '/ch/noarch/repodata.json': { body: repodata(entry('a')), etag: '"one"' },
    }
    const server = await serve(files)
    const solveAnew = async () =>
      solve(['a'], options(`http://${server.host}/ch`, cache), testContext().context)
    expect(await solveAnew()).toMatchObject([{ version: '1' }])
    files['/ch/noarch/repodata.json'] = { body: 'not sent', etag: '"one"' }
    expect(await solveAnew()).toMatchObject([{ version: '1' }])
    files['/ch/noarch/repodata.json'] = { body: repodata(entry('a', '2')), etag: '"two"' }
    expect(await solveAnew()).toMatchObject([{ version: '2' }])
  })

  test('is read as bzip2 where it is offered so', async () => {
    const body = execFileSync('bzip2', ['-zc'], { input: repodata(entry('a')) })
    const server = await serve({ '/ch/noarch/repodata.json.bz2': { body } })
    const records = await solve(['a'], options(`http://${server.host}/ch`), testContext().context)
    expect(records).toMatchObject([{ name: 'a' }])
  })

  test('is not asked again for a form that it did not have, until two weeks later', async () => {
    const cache = tempDirectory()
    const body = repodata(entry('a'))
    const server = await serve({
      '/ch/noarch/repodata.json': { body },
      '/ch/linux-64/repodata.json': { body: repodata({}) },
    })
    const paths = async (nowMs: number, env: Record<string, string> = {}) => {
      server.requests.length = 0
      await solve(['a'], options(`http://${server.host}/ch`, cache), testContext({ nowMs, env }).context)
      return server.requests
        .map(({ url = '' }) => url.replace('/ch/noarch/', ''))
        .filter((url) => !url.includes('/'))
    }
    const plain = 'repodata.json'
    const all = ['repodata_shards.msgpack.zst', `${plain}.zst`, `${plain}.bz2`, plain]
    const day = 24 * 3_600_000
    expect(await paths(20 * day)).toEqual(all)
    expect(await paths(21 * day)).toEqual([plain])
    expect(await paths(40 * day, { RATTLER_BZ2: 'false', KRAIT_SHARDED: '0' })).toEqual([
      `${plain}.zst`,
      plain,
    ])
  })

  test('is not asked at all within the time that it allows', async () => {
    const cache = tempDirectory()
    const file = { body: repodata(entry('a')), cacheControl: 'public, max-age=60' }
    const server = await serve({
      '/ch/noarch/repodata.json': file,
      '/ch/linux-64/repodata.json': { ...file, body: repodata({}) },
    })
    const asked = async (nowMs: number) => {
      server.requests.length = 0
      await solve(['a'], options(`http://${server.host}/ch`, cache), testContext({ nowMs }).context)
      return server.requests.length
    }
    expect(await asked(1e12)).toBeGreaterThan(0)
    expect(await asked(1e12 + 59_000)).toBe(0)
    expect(await asked(1e12 + 61_000)).toBe(2)
  })

  test('is used offline as it was when it was last asked, and is missed when it never was', async () => {
    const cache = tempDirectory()
    const server = await serve({ '/ch/noarch/repodata.json': { body: repodata(entry('a')) } })
    const channel = `http://${server.host}/ch`
    await solve(['a'], options(channel, cache), testContext().context)
    server.requests.length = 0
    const { context } = testContext()
    const policy = { offline: true, mirrors: {}, authFile: undefined }
    const system: System = withNetwork(context.system, policy, { addSecret: () => {}, warn: () => {} })
    expect(await solve(['a'], options(channel, cache), { ...context, system })).toMatchObject([{ name: 'a' }])
    await expect(
      solve(['a'], options(channel, tempDirectory()), { ...context, system }),
    ).rejects.toMatchObject({
      code: 'system/offline',
      message: expect.stringContaining(`${channel}/`),
    })
    expect(server.requests).toEqual([])
  })

  test('gets the password of its URL, and no record shows it', async () => {
    const server = await serve({ '/t/token123/ch/noarch/repodata.json': { body: repodata(entry('a')) } })
    const channel = `http://me:s3cret@${server.host}/t/token123/ch`
    const records = await solve(['a'], options(channel, tempDirectory()), testContext().context)
    expect(JSON.stringify(records)).not.toMatch(/s3cret|token123/)
    const expected = `Basic ${Buffer.from('me:s3cret').toString('base64')}`
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(
      server.requests.map(() => expected),
    )
  })

  test.each([
    [404, 'channel/missing-noarch', 'could not find subdir'],
    [403, 'channel/http-status', 'HTTP 403'],
  ])('that answers %i is refused as %s', async (status, code, message) => {
    const server = await serve({}, status)
    await expect(
      solve(['a'], options(`http://${server.host}/ch`), testContext().context),
    ).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    })
  })

  test('gives packages to read run exports from when it has no list of them', async () => {
    const directory = tempDirectory()
    const { context } = testContext()
    const made = await writePackage(directory, { name: 'lib', runExports: { strong: ['lib >=1'] } }, context)
    const { fn, url: _url, channel: _channel, ...fields } = made
    const server = await serve({
      '/ch/noarch/repodata.json': { body: repodata({}) },
      '/ch/linux-64/repodata.json': { body: repodata({ [fn]: fields }) },
      [`/ch/linux-64/${fn}`]: { body: await context.system.fs.readBytes(`${directory}/linux-64/${fn}`) },
    })
    const plan = buildPlan({ requirements: { host: ['lib'] } })
    const solved = await solveEnvironments(plan, { channels: [`http://${server.host}/ch`] }, context)
    expect(solved.environments.run.depends).toEqual([{ spec: 'lib >=1', from: 'host', run_export: 'lib' }])
  })
})

describe('a sharded channel', () => {
  const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest()

  /** Files of a subdir whose shards lie elsewhere on the server. */
  async function shardedSubdir(
    packages: Readonly<Record<string, object>>,
    removed: readonly string[] = [],
    v3?: object,
  ) {
    const { context } = testContext()
    const zstd = (value: unknown) => compressZstd(encode(value), 3, context.system)
    const files: Record<string, ServedFile> = {}
    const shards: Record<string, Uint8Array> = {}
    for (const [name, records] of Object.entries(packages)) {
      const body = await zstd({ packages: {}, 'packages.conda': records, removed, ...(v3 && { v3 }) })
      files[`/shards/${hash(body).toString('hex')}.msgpack.zst`] = { body }
      shards[name] = hash(body)
    }
    const info = { subdir: 'noarch', base_url: '../files/', shards_base_url: '/shards' }
    files['/ch/noarch/repodata_shards.msgpack.zst'] = { body: await zstd({ version: 1, info, shards }) }
    return files
  }

  const record = (name: string, depends: readonly string[] = []) => {
    const [[fn, fields] = ['', {}]] = Object.entries(entry(name))
    return { [fn]: { ...fields, depends, sha256: Buffer.alloc(32, 7) } }
  }

  test('is asked only for the packages that are needed, and for each shard once', async () => {
    const cache = tempDirectory()
    const files = await shardedSubdir({ a: record('a', ['b']), b: record('b'), c: record('c') })
    const server = await serve(files)
    const solveAnew = () => solve(['a'], options(`http://${server.host}/ch`, cache), testContext().context)
    expect(await solveAnew()).toMatchObject([
      { name: 'b', url: `http://${server.host}/ch/files/b-1-0.conda`, sha256: '07'.repeat(32) },
      { name: 'a' },
    ])
    const shards = () => server.requests.filter(({ url }) => url?.startsWith('/shards/'))
    expect(shards()).toHaveLength(2)
    await solveAnew()
    expect(shards()).toHaveLength(2)
    expect(readdirSync(path.join(cache, 'repodata/shards'))).toHaveLength(2)
  })

  test('has packages of revision 3, too', async () => {
    const [[fn = '', fields] = []] = Object.entries(record('a'))
    const files = await shardedSubdir({ a: {} }, [], { conda: { [fn.replace('.conda', '')]: fields } })
    const server = await serve(files)
    const solved = await solve(['a'], options(`http://${server.host}/ch`), testContext().context)
    expect(solved).toMatchObject([{ name: 'a', url: `http://${server.host}/ch/files/a-1-0.conda` }])
  })

  test('hides what it has removed', async () => {
    const files = await shardedSubdir({ a: { ...record('a'), ...entry('a', '2') } }, ['a-2-0.conda'])
    const server = await serve(files)
    const solved = await solve(['a'], options(`http://${server.host}/ch`), testContext().context)
    expect(solved).toMatchObject([{ version: '1' }])
  })

  test.each([
    [
      'another content',
      (files: Record<string, ServedFile>, shard: string) => ({ ...files, [shard]: { body: 'x' } }),
    ],
    [
      'an index that is no msgpack',
      (files: Record<string, ServedFile>) => ({
        ...files,
        '/ch/noarch/repodata_shards.msgpack.zst': {
          body: Buffer.from('28b52ffd0401090000c1a2d26d9e', 'hex'),
        },
      }),
    ],
  ])('with %s is refused', async (_what, damage) => {
    const files = await shardedSubdir({ a: record('a') })
    const shard = Object.keys(files).find((name) => name.startsWith('/shards/')) ?? ''
    const server = await serve(damage(files, shard))
    const run = solve(['a'], options(`http://${server.host}/ch`), testContext().context)
    await expect(run).rejects.toMatchObject({ code: expect.stringMatching(/^(?:channel|archive)\//) })
  })
})
