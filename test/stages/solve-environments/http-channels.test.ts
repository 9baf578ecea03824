import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { compressZstd } from '../../../src/archive/index.js'
import { solve, solveEnvironments } from '../../../src/stages/solve-environments/index.js'
import { tempDirectory, testContext } from '../../support/system.js'
import { writePackage } from '../install-prefixes/packages.js'
import { buildPlan, platform } from './plan.js'

interface ServedFile {
  readonly body: Uint8Array | string
  readonly etag?: string
}

/** A server on the loopback that answers conditional requests and remembers what it was asked. */
async function serve(files: Record<string, ServedFile>, status = 404) {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    const file = files[request.url ?? '']
    if (!file) response.writeHead(status).end()
    else if (file.etag && request.headers['if-none-match'] === file.etag) response.writeHead(304).end()
    else response.writeHead(200, file.etag ? { etag: file.etag } : {}).end(file.body)
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
