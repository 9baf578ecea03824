import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { download } from '../../src/system/index.js'
import { tempDirectory, testSystem } from '../support/system.js'

const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251))

interface Behaviour {
  /** Bytes after which the connection is cut, one for each request; the last counts for all others. */
  readonly cuts?: readonly number[]
  /** Empty for a server that sends none. */
  readonly etag?: string
  readonly status?: number
}

/** A server that can continue files, and breaks off where it is told to, once the client has begun to write `file`. */
async function serve(file: string, { cuts = [], etag = '"one"', status }: Behaviour = {}) {
  const ranges: (string | undefined)[] = []
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const cut = cuts[ranges.length] ?? Number.POSITIVE_INFINITY
    ranges.push(request.headers.range)
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const fits = start > 0 && request.headers['if-range'] === etag
    const body = content.subarray(fits ? start : 0)
    const headers = { 'content-length': body.length, ...(etag && { etag }) }
    const range = { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` }
    response.writeHead(status ?? (fits ? 206 : 200), fits ? { ...headers, ...range } : headers)
    const breakAfter = async (sizeBytes: number) => {
      while ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) < sizeBytes) await setTimeout(5)
      response.destroy()
    }
    if (body.length <= cut) response.end(body)
    else response.write(body.subarray(0, cut), () => void breakAfter(cut === 0 ? 0 : start + 1))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`, ranges }
}

function fetchTo(file: string, url: string) {
  const system = testSystem()
  let chunks: Uint8Array[] = []
  const consume = {
    reset: () => {
      chunks = []
    },
    update: (chunk: Uint8Array) => void chunks.push(chunk),
  }
  const result = download({ url, file, signal: new AbortController().signal, consume }, system)
  return { result, seen: () => Buffer.concat(chunks) }
}

test.each<[string, Behaviour, number]>([
  ['a whole answer', {}, 1],
  ['a connection that breaks twice', { cuts: [100_000, 50_000] }, 3],
  ['a server without validators', { cuts: [100_000], etag: '' }, 2],
  ['a server with weak validators', { cuts: [100_000], etag: 'W/"one"' }, 2],
])('%s gives the whole file, and every byte is seen once', async (_what, behaviour, requests) => {
  const file = path.join(tempDirectory(), 'file')
  const { url, ranges } = await serve(file, behaviour)
  const { result, seen } = fetchTo(file, url)
  expect((await result).status).toBe(200)
  expect(readFileSync(file).equals(content)).toBe(true)
  expect(seen().equals(content)).toBe(true)
  expect(existsSync(`${file}.json`)).toBe(false)
  expect(ranges).toHaveLength(requests)
  const continued = ranges.slice(1).every((range) => range !== undefined)
  expect(continued).toBe(behaviour.etag === undefined)
})

test('what an earlier run left is continued', async () => {
  const file = path.join(tempDirectory(), 'file')
  const broken = await serve(file, { cuts: [100_000, 0, 0, 0] })
  await expect(fetchTo(file, broken.url).result).rejects.toMatchObject({ code: 'system/request-failed' })
  const size = readFileSync(file).length
  expect(size).toBeGreaterThan(0)
  const { url, ranges } = await serve(file)
  writeFileSync(`${file}.json`, JSON.stringify({ url, etag: '"one"' }))
  const { result, seen } = fetchTo(file, url)
  await result
  expect(seen().equals(content)).toBe(true)
  expect(ranges).toEqual([`bytes=${size}-`])
})

test.each([
  ['another content', JSON.stringify({ url: 'URL', etag: '"old"' })],
  ['another address', JSON.stringify({ url: 'https://example.org/', etag: '"one"' })],
  ['a damaged note', '{'],
])('a part of %s is replaced', async (_what, note) => {
  const file = path.join(tempDirectory(), 'file')
  const { url } = await serve(file)
  writeFileSync(file, 'something else')
  writeFileSync(`${file}.json`, note.replace('URL', url))
  const { result, seen } = fetchTo(file, url)
  await result
  expect(readFileSync(file).equals(content)).toBe(true)
  expect(seen().equals(content)).toBe(true)
})

test('an answer without content comes back, and a part is kept for later', async () => {
  const file = path.join(tempDirectory(), 'file')
  const { url } = await serve(file, { status: 404 })
  writeFileSync(file, 'part')
  const { result } = fetchTo(file, url)
  const response = await result
  response.body.resume()
  expect(response.status).toBe(404)
  expect(readFileSync(file, 'utf8')).toBe('part')
})
