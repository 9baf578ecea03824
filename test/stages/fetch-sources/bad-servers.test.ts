/** Servers that break off, lie, change their mind or say no: what arrives is right, or there is an error and no trace. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createSocketServer } from 'node:net'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { RenderedSource } from '../../../src/recipe/index.js'
import { fetchSources } from '../../../src/stages/fetch-sources/index.js'
import { tempDirectory, testContext } from '../../support/system.js'
import { buildPlan } from '../write-package/build-plan.js'

const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex')
const noise = (length: number, seed: number) =>
  Buffer.from(Array.from({ length }, (_, index) => ((index * index) ^ seed) & 0xff))
const content = noise(300_000, 1)
const changed = noise(300_000, 7)

type Handler = (request: IncomingMessage, response: ServerResponse, count: number) => void

async function serve(handler: Handler) {
  const asked: IncomingMessage[] = []
  const server = createServer((request, response) => {
    asked.push(request)
    handler(request, response, asked.length)
  }).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise((resolve) => server.once('listening', resolve))
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

/** Fetches into a fresh work directory with the cache of `root`. */
async function fetch(source: RenderedSource, root = tempDirectory(), signal?: AbortSignal) {
  const plan = buildPlan(root, { recipe: { source: [source] } })
  fs.rmSync(plan.directories.work, { recursive: true, force: true })
  const { context, events } = testContext()
  const cacheDirectory = path.join(root, 'cache')
  const running = fetchSources(plan, { cacheDirectory }, signal ? { ...context, signal } : context)
  const result = await running.then(
    () => undefined,
    (error: unknown) => error as Error & { code?: string; hint?: string },
  )
  const read = (file: string) => fs.readFileSync(path.join(plan.directories.work, file))
  return { error: result, events, read, root }
}

/** Files that count as fetched. */
function stored(root: string): string[] {
  const directory = path.join(root, 'cache/sources/sha256')
  if (!fs.existsSync(directory)) return []
  const all = fs.readdirSync(directory, { recursive: true, encoding: 'utf8' })
  return all.filter((name) => path.basename(name) === 'archive')
}

function breakAfter(response: ServerResponse, bytes: Buffer): void {
  // Closed in order, not reset: a reset may take bytes back that were on their way.
  response.write(bytes, () => setTimeout(() => response.socket?.end(), 100))
}

function startOf(request: IncomingMessage): number {
  return Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
}

test('a connection that drops in the middle is continued where it broke', async () => {
  const { base, asked } = await serve((request, response, count) => {
    const start = startOf(request)
    const headers = { etag: '"1"', 'content-length': content.length - start }
    const range = `bytes ${start}-${content.length - 1}/${content.length}`
    response.writeHead(start > 0 ? 206 : 200, start > 0 ? { ...headers, 'content-range': range } : headers)
    if (count < 3) breakAfter(response, content.subarray(start, start + 100_000))
    else response.end(content.subarray(start))
  })
  const { error, read, root } = await fetch({ url: `${base}/f.bin`, sha256: sha256(content) })
  expect(error).toBeUndefined()
  expect(read('f.bin').equals(content)).toBe(true)
  expect(asked).toHaveLength(3)
  const last = asked[2] as IncomingMessage
  expect(last.headers['if-range']).toBe('"1"')
  expect(startOf(last)).toBeGreaterThanOrEqual(100_000)
  expect(stored(root)).toHaveLength(1)
})

test.each([
  { what: 'honours If-Range', honest: true },
  { what: 'does not know If-Range', honest: false },
])('content that changes between attempts is not mixed when the server $what', async ({ honest }) => {
  const { base } = await serve((request, response, count) => {
    const body = count === 1 ? content : changed
    const etag = count === 1 ? '"old"' : '"new"'
    const start = honest && request.headers['if-range'] !== etag ? 0 : startOf(request)
    const range = { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` }
    response.writeHead(start > 0 ? 206 : 200, {
      etag,
      'content-length': body.length - start,
      ...(start > 0 && range),
    })
    if (count === 1) breakAfter(response, body.subarray(0, 100_000))
    else response.end(body.subarray(start))
  })
  const { error, read } = await fetch({ url: `${base}/f.bin` })
  expect(error).toBeUndefined()
  expect(read('f.bin').equals(changed)).toBe(true)
})

test('a server that promises more than it has is an error, and nothing counts as fetched', async () => {
  const { base } = await serve((_, response) => {
    response.writeHead(200, { 'content-length': content.length + 1 })
    breakAfter(response, content)
  })
  const { error, root } = await fetch({ url: `${base}/f.bin` })
  expect(error).toMatchObject({ code: 'source/download-failed' })
  expect(error?.message).toContain('Request failed after 3 retries')
  expect(stored(root)).toEqual([])
})

test('a server that has more than it promised brings a wrong checksum, and nothing counts as fetched', async () => {
  const server = createSocketServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n`)
      socket.end(content)
    })
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/f.bin`
  const { error, root } = await fetch({ url, sha256: sha256(content) })
  expect(error).toMatchObject({ code: expect.stringMatching(/^source\/(?:checksum|download-failed)$/) })
  expect(stored(root)).toEqual([])
})

test.each([429, 503])('status %i is waited out as long as Retry-After says', async (status) => {
  const times: number[] = []
  const { base } = await serve((_, response, count) => {
    times.push(performance.now())
    if (count === 1) response.writeHead(status, { 'retry-after': '1' }).end('later')
    else response.end('content')
  })
  const { error, read } = await fetch({ url: `${base}/f.txt` })
  expect(error).toBeUndefined()
  expect(read('f.txt').toString()).toBe('content')
  const [first = 0, second = 0] = times
  // A timer never fires early, however busy the machine is.
  expect(second - first).toBeGreaterThan(900)
})

test.each([
  [429, 'HTTP status client error (429 Too Many Requests)'],
  [503, 'HTTP status server error (503 Service Unavailable)'],
])('status %i that stays is named after four requests', async (status, says) => {
  const { base, asked } = await serve((_, response) => {
    response.writeHead(status, { 'retry-after': '0' }).end()
  })
  const { error, root } = await fetch({ url: `${base}/f.txt` })
  expect(error?.message).toContain(says)
  expect(error).toMatchObject({ code: 'source/download-failed' })
  expect(asked).toHaveLength(4)
  expect(stored(root)).toEqual([])
})

test('waiting for a server ends with the build', async () => {
  const abort = new AbortController()
  const { base, asked } = await serve((_, response) => {
    response.writeHead(503, { 'retry-after': '3600' }).end()
    setTimeout(() => abort.abort(), 50)
  })
  const { error, root } = await fetch({ url: `${base}/f.txt` }, tempDirectory(), abort.signal)
  expect(error).toBeInstanceOf(Error)
  expect(asked).toHaveLength(1)
  expect(stored(root)).toEqual([])
})

test('redirects are followed, and those in circles are an error at once', async () => {
  const { base, asked } = await serve((request, response) => {
    const moves: Record<string, string> = { '/a': '/b', '/b': 'a', '/old/f.txt': '../new.txt' }
    const to = moves[request.url ?? '']
    if (to === undefined) response.end('moved here')
    else response.writeHead(302, { location: to }).end()
  })
  const good = await fetch({ url: `${base}/old/f.txt` })
  expect(good.read('f.txt').toString()).toBe('moved here')
  asked.length = 0
  const bad = await fetch({ url: `${base}/a` })
  expect(bad.error).toMatchObject({ code: 'system/too-many-redirects' })
  expect(bad.error?.message).toBe(`more than 10 redirects: \`${base}/a\` leads in circles`)
  expect(asked).toHaveLength(11)
  const mirrored = await fetch({ url: [`${base}/a`, `${base}/f.txt`] })
  expect(mirrored.error).toBeUndefined()
})

test.each(['file:///etc/passwd', 'http://[', 'ftp://127.0.0.1/x'])(
  'a redirect to %s is not followed',
  async (location) => {
    const { base } = await serve((_, response) => void response.writeHead(302, { location }).end())
    const { error, root } = await fetch({ url: `${base}/f.txt` })
    expect(error).toMatchObject({ code: 'source/download-failed' })
    expect(stored(root)).toEqual([])
  },
)

test('a web page in place of a file is called that, and its checksum is not recommended', async () => {
  const page = '\n<!DOCTYPE html>\n<html>Please log in</html>'
  const { base } = await serve((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html', etag: '"page"' }).end(page)
  })
  const { error, root } = await fetch({ url: `${base}/x-1.0.tar.gz`, sha256: sha256(content) })
  expect(error).toMatchObject({ code: 'source/checksum' })
  expect(error?.hint).toContain('what came is a web page (`<!DOCTYPE html>`)')
  expect(error?.hint).not.toContain(sha256(page))
  expect(stored(root)).toEqual([])
})

test('an archive that cannot be read is fetched anew, although the server says it is unchanged', async () => {
  const directory = tempDirectory()
  fs.writeFileSync(path.join(directory, 'a'), 'A')
  const archive = execFileSync('tar', ['-cz', 'a'], { cwd: directory })
  let body = archive.subarray(0, archive.length - 12)
  const { base } = await serve((request, response) => {
    const same = request.headers['if-none-match'] === '"always"'
    response.writeHead(same ? 304 : 200, { etag: '"always"' }).end(same ? undefined : body)
  })
  const url = `${base}/x.tar.gz`
  const cut = await fetch({ url })
  expect(cut.error).toMatchObject({ code: 'archive/corrupt' })
  body = archive
  const whole = await fetch({ url }, cut.root)
  expect(whole.error).toBeUndefined()
  expect(whole.read('a').toString()).toBe('A')
})

test('an archive that was damaged in the cache is fetched anew', async () => {
  const directory = tempDirectory()
  fs.writeFileSync(path.join(directory, 'a'), 'A')
  const archive = execFileSync('tar', ['-cz', 'a'], { cwd: directory })
  const { base } = await serve((_, response) => response.end(archive))
  const source = { url: `${base}/x.tar.gz`, sha256: sha256(archive) }
  const first = await fetch(source)
  const [name = ''] = stored(first.root)
  const kept = path.join(first.root, 'cache/sources/sha256', name)
  fs.rmSync(path.join(path.dirname(kept), 'tree'), { recursive: true })
  fs.writeFileSync(kept, archive.subarray(0, 30))
  const second = await fetch(source, first.root)
  expect(second.error).toMatchObject({ code: 'archive/corrupt' })
  expect((await fetch(source, first.root)).error).toBeUndefined()
})

test('mirrors are asked in their order until one brings the right file', async () => {
  const answers: Record<string, (response: ServerResponse) => void> = {
    '/gone/f.bin': (response) => void response.writeHead(404).end(),
    '/page/f.bin': (response) => void response.end('<html>'),
    '/cut/f.bin': (response) => {
      response.writeHead(200, { 'content-length': content.length })
      breakAfter(response, content.subarray(0, 10))
    },
    '/good/f.bin': (response) => void response.end(content),
  }
  const { base, asked } = await serve((request, response) => answers[request.url ?? '']?.(response))
  const names = ['gone', 'page', 'cut', 'good', 'never']
  const url = names.map((name) => `${base}/${name}/f.bin`)
  const { error, read, events, root } = await fetch({ url, sha256: sha256(content) })
  expect(error).toBeUndefined()
  expect(read('f.bin').equals(content)).toBe(true)
  const order = [...new Set(asked.map((request) => request.url?.split('/')[1]))]
  expect(order).toEqual(['gone', 'page', 'cut', 'good'])
  expect(events.filter(({ type }) => type === 'warning')).toHaveLength(3)
  expect(stored(root)).toHaveLength(1)
})

test('a file in the cache is checked against an md5 that was added later', async () => {
  const { base, asked } = await serve((_, response) => response.end(content))
  const source = { url: `${base}/f.bin`, sha256: sha256(content) }
  const { root } = await fetch(source)
  const { error } = await fetch({ ...source, md5: '0'.repeat(32) }, root)
  expect(error).toMatchObject({ code: 'source/checksum' })
  expect(asked).toHaveLength(1)
})
