import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Warning } from '../../src/errors/index.js'
import { type NetworkPolicy, type System, withNetwork } from '../../src/system/index.js'
import { tempDirectory, testSystem } from '../support/system.js'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** A server on loopback; its address, and the requests it got. */
async function serve(answer: Answer = (_request, response) => response.end('ok')) {
  const requests: { url: string; authorization: string | undefined }[] = []
  const server = createServer((request, response) => {
    requests.push({ url: request.url ?? '', authorization: request.headers.authorization })
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests }
}

function open(policy: Partial<NetworkPolicy> = {}, env: Record<string, string> = {}) {
  const secrets: string[] = []
  const warnings: Warning[] = []
  const home = tempDirectory()
  const base: System = testSystem({ env, host: { homeDirectory: home } })
  const system = withNetwork(
    base,
    { offline: false, mirrors: {}, authFile: undefined, ...policy },
    { addSecret: (value) => secrets.push(value), warn: (warning) => warnings.push(warning) },
  )
  const text = async (url: string) => {
    const response = await system.http.get(url)
    const chunks: Buffer[] = []
    for await (const chunk of response.body) chunks.push(chunk as Buffer)
    return `${response.status} ${Buffer.concat(chunks)}`
  }
  return { system, text, secrets, warnings, home }
}

function authFile(content: object): string {
  const file = path.join(tempDirectory(), 'auth.json')
  writeFileSync(file, JSON.stringify(content))
  return file
}

describe('credentials', () => {
  test.each([
    [{ BearerToken: 'tok' }, '/a/b', 'Bearer tok'],
    [{ BasicHTTP: { username: 'me', password: 'p:w' } }, '/a/b', `Basic ${btoa('me:p:w')}`],
    [{ CondaToken: 'tok' }, '/t/tok/a/b', undefined],
    [{ OAuth: { access_token: 'tok', client_id: 'x' } }, '/a/b', 'Bearer tok'],
    [{ S3Credentials: { access_key_id: 'x' } }, '/a/b', undefined],
  ])('of the auth file are sent: %j', async (entry, url, authorization) => {
    const { base, requests } = await serve()
    const { text, secrets } = open({ authFile: authFile({ '127.0.0.1': entry }) })
    expect(await text(`${base}/a/b`)).toBe('200 ok')
    expect(requests).toEqual([{ url, authorization }])
    expect(secrets.length > 0).toBe(JSON.stringify(entry).includes('tok') || authorization !== undefined)
  })

  test('may be given for a port, for all hosts of a domain, and only for the host they belong to', async () => {
    const { base, requests } = await serve()
    const { port } = new URL(base)
    const file = authFile({
      [`127.0.0.1:${port}`]: { BearerToken: 'one' },
      '*.0.0.1': { BearerToken: 'all' },
    })
    await open({ authFile: file }).text(`${base}/`)
    await open({ authFile: authFile({ '*.0.0.1': { BearerToken: 'all' } }) }).text(`${base}/`)
    await open({ authFile: authFile({ 'example.com': { BearerToken: 'no' } }) }).text(`${base}/`)
    expect(requests.map(({ authorization }) => authorization)).toEqual([
      'Bearer one',
      'Bearer all',
      undefined,
    ])
  })

  test('come from netrc when nothing else knows the host, and never stay after a redirect elsewhere', async () => {
    const other = await serve()
    const elsewhere = other.base.replace('127.0.0.1', 'localhost')
    const { base, requests } = await serve((_request, response) =>
      response.writeHead(302, { location: `${elsewhere}/x` }).end(),
    )
    const netrc = path.join(tempDirectory(), 'netrc')
    writeFileSync(netrc, 'machine 127.0.0.1 login me password secret')
    const { text, secrets } = open({}, { NETRC: netrc })
    expect(await text(`${base}/a`)).toBe('200 ok')
    expect(requests[0]?.authorization).toBe(`Basic ${btoa('me:secret')}`)
    expect(other.requests).toEqual([{ url: '/x', authorization: undefined }])
    expect(secrets).toContain('secret')
  })

  test('in the URL itself win, and those of a channel serve everything below it', async () => {
    const { base, requests } = await serve()
    const { text, system } = open({ authFile: authFile({ '127.0.0.1': { BearerToken: 'file' } }) })
    await text(base.replace('http://', 'http://me:p%40ss@'))
    system.http.accessThrough(`${base}/channel/`, `${base}/t/token/channel/`)
    await text(`${base}/channel/noarch/a.conda`)
    expect(requests[0]?.authorization).toBe(`Basic ${btoa('me:p@ss')}`)
    expect(requests[1]?.url).toBe('/t/token/channel/noarch/a.conda')
  })

  test('of a file that cannot be used are a warning when somebody named it', async () => {
    const { base } = await serve()
    const broken = path.join(tempDirectory(), 'auth.json')
    writeFileSync(broken, '{"host": "hunter2"')
    const named = open({ authFile: broken }, { NETRC: '/nowhere/netrc' })
    expect(await named.text(base)).toBe('200 ok')
    expect(named.warnings.map(({ message }) => message)).toEqual([
      `no credentials are read from \`${broken}\`: it is not a JSON object`,
      'no credentials are read from `/nowhere/netrc`: there is no such file',
    ])
    const silent = open()
    expect(await silent.text(base)).toBe('200 ok')
    expect(silent.warnings).toEqual([])
  })
})

describe('mirrors', () => {
  test('are asked in place of the address that begins like the longest key', async () => {
    const { base, requests } = await serve()
    const mirrors = {
      'https://conda.example.org': [`${base}/all`],
      'https://conda.example.org/main': [`${base}/main`],
    }
    const { text } = open({ mirrors })
    await text('https://conda.example.org/main/noarch/repodata.json')
    await text('https://conda.example.org/mainly/x')
    expect(requests.map(({ url }) => url)).toEqual(['/main/noarch/repodata.json', '/all/mainly/x'])
  })

  test('that fail give way to the next, and are asked last from then on', async () => {
    const bad = await serve((_request, response) => response.writeHead(404).end('no'))
    const good = await serve()
    const { text } = open({ mirrors: { 'https://c.example.org/': [bad.base, good.base] } })
    expect(await text('https://c.example.org/a')).toBe('200 ok')
    expect(await text('https://c.example.org/b')).toBe('200 ok')
    expect(bad.requests.map(({ url }) => url)).toEqual(['/a'])
    expect(good.requests.map(({ url }) => url)).toEqual(['/a', '/b'])
  })

  test('that all fail leave the answer of the last', async () => {
    const bad = await serve((_request, response) => response.writeHead(404).end('no'))
    const { text } = open({ mirrors: { 'https://c.example.org/': [`${bad.base}/1`, `${bad.base}/2`] } })
    expect(await text('https://c.example.org/a')).toBe('404 no')
    expect(bad.requests.map(({ url }) => url)).toEqual(['/1/a', '/2/a'])
  })
})

test('offline every request is refused, and the message shows no password', async () => {
  const { base, requests } = await serve()
  const { system } = open({ offline: true })
  expect(system.http.isOffline).toBe(true)
  await expect(system.http.get(base.replace('http://', 'http://me:hunter2@'))).rejects.toMatchObject({
    code: 'system/offline',
    message: `network access is disabled by offline mode: \`${base}\` is not in the cache`,
  })
  expect(requests).toEqual([])
})

test.each([
  ['0', 'seconds'],
  [new Date(0).toUTCString(), 'a date'],
])('the wait that a busy server asks for is read: %s', async (value) => {
  let asked = 0
  const { base } = await serve((_request, response) => {
    asked += 1
    if (asked === 1) response.writeHead(429, { 'retry-after': value }).end()
    else response.end('ok')
  })
  expect(await open().text(base)).toBe('200 ok')
})
