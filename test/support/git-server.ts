/** Real repositories on a real git server on loopback: `git http-backend` behind an http server that speaks CGI. */
import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { onTestFinished } from 'vitest'

/** Runs git with an identity; what it prints, without the last line end. */
export function git(cwd: string, ...args: string[]): string {
  const identity = ['-c', 'user.email=a@b.c', '-c', 'user.name=n', '-c', 'protocol.file.allow=always']
  return execFileSync('git', [...identity, '-c', 'init.defaultBranch=main', ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
  }).trim()
}

/** Commits all files of a directory; a new repository when it is none. @returns the commit */
export function commitAll(directory: string, message: string): string {
  if (!fs.existsSync(path.join(directory, '.git'))) git(directory, 'init', '-q')
  git(directory, 'add', '.')
  git(directory, 'commit', '-qm', message)
  return git(directory, 'rev-parse', 'HEAD')
}

/** Puts a repository beside itself as `<directory>.git`, the way servers have them. */
export function publish(directory: string): void {
  fs.rmSync(`${directory}.git`, { recursive: true, force: true })
  git(directory, 'clone', '-q', '--bare', directory, `${directory}.git`)
}

export interface GitServer {
  /** Of the directory; repositories below it are `<url>/<name>.git`. */
  readonly url: string
  readonly requests: () => number
}

/** Serves all repositories below a directory until the test ends. */
export async function serveGit(root: string): Promise<GitServer> {
  let requests = 0
  const server = createServer((request, response) => {
    requests += 1
    answer(root, request, response)
  }).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, requests: () => requests }
}

function answer(root: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url ?? '/', 'http://localhost')
  const backend = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH ?? '',
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
      REQUEST_METHOD: request.method ?? 'GET',
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
  })
  const chunks: Buffer[] = []
  request.pipe(backend.stdin)
  backend.stdin.on('error', () => {})
  backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  backend.once('close', () => {
    const all = Buffer.concat(chunks)
    const end = all.indexOf('\r\n\r\n')
    const headers = all.subarray(0, end).toString().split('\r\n')
    const fields = headers.map((line) => line.split(/: */, 2) as [string, string])
    const status = fields.find(([name]) => name === 'Status')?.[1] ?? '200'
    response.writeHead(Number.parseInt(status, 10), fields.filter(([name]) => name !== 'Status').flat())
    response.end(all.subarray(end + 4))
  })
}
