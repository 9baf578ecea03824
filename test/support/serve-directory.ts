/** A real http server on loopback that hands out the files of a directory. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { onTestFinished } from 'vitest'

export interface ServedDirectory {
  /** Without trailing slash. */
  readonly url: string
  /** Paths of all requests that were answered with a file. */
  readonly served: readonly string[]
}

/** Stops with the test. */
export async function serveDirectory(directory: string): Promise<ServedDirectory> {
  const served: string[] = []
  const server = createServer((request, response) => {
    const name = decodeURIComponent(request.url ?? '/')
    const file = path.join(directory, name)
    if (!existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end()
      return
    }
    served.push(name)
    const content = readFileSync(file)
    response.writeHead(200, { 'content-length': content.length, etag: `"${content.length}"` }).end(content)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close().closeAllConnections())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, served }
}
