/**
 * Answers questions with another implementation, `@conda-org/rattler`. It runs in a worker because it may trap or never
 * end; it can read repodata only with the global `fetch`, which is private to the worker.
 */
import { createRequire } from 'node:module'
import { parentPort } from 'node:worker_threads'

const { simpleSolve, Version, VersionSpec } = createRequire(import.meta.url)('@conda-org/rattler')

const channel = 'https://channel.invalid/c/'
const empty = JSON.stringify({ info: { subdir: 'noarch' }, packages: {}, 'packages.conda': {} })
let repodata = empty

globalThis.fetch = async (request) => {
  const url = typeof request === 'string' ? request : request.url
  const isList = url.endsWith('/repodata.json')
  const body = isList ? (url.includes('/noarch/') ? empty : repodata) : ''
  const response = new Response(body, { status: isList ? 200 : 404 })
  // It asks for the address after redirects, and ends the process when there is none.
  Object.defineProperty(response, 'url', { value: url })
  return response
}

const answers = {
  solve: async ({ specs, repodata: text }) => {
    repodata = text
    try {
      const packages = await simpleSolve(specs, [channel], ['linux-64', 'noarch'], [])
      return packages.map(({ filename }) => filename)
    } catch (error) {
      // Refusals are plain texts, anything else is a defect.
      if (typeof error === 'string' && error.startsWith('Cannot solve the request')) return undefined
      throw error
    }
  },
  compare: ({ left, right }) => new Version(left).compare(new Version(right)),
  matches: ({ spec, version }) => new VersionSpec(spec, 'lenient').matches(new Version(version)),
}

parentPort.on('message', async ({ kind, question }) => {
  try {
    parentPort.postMessage({ answer: await answers[kind](question) })
  } catch (error) {
    parentPort.postMessage({ defect: String(error) })
  }
})
