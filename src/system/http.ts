/** GET requests with retries, proxies and CA bundles, through undici (loaded on the first request). */
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { isBuildError } from '../errors/index.js'
import { requestFailed, tooManyRedirects } from './errors.js'
import type { Environment, HttpClient, HttpOptions, HttpResponse } from './types.js'

const attempts = 4
const retryStatus = new Set([408, 425, 429, 500, 502, 503, 504])

/** A client that reads proxy and CA settings from the caller's environment. */
export function createHttpClient(env: Environment): Pick<HttpClient, 'get'> {
  let dispatcher: Promise<Dispatcher> | undefined
  return {
    get: async (url, options = {}) => {
      dispatcher ??= createDispatcher(env)
      return getWithRetries(url, { ...options, dispatcher: await dispatcher })
    },
  }
}

type Undici = typeof import('undici')
type Dispatcher = InstanceType<Undici['Agent']> | InstanceType<Undici['EnvHttpProxyAgent']>

interface RequestOptions extends HttpOptions {
  readonly dispatcher: Dispatcher
}

async function createDispatcher(env: Environment): Promise<Dispatcher> {
  const { default: undici } = await import('undici')
  const { EnvHttpProxyAgent } = undici
  const ca = await readCaBundle(env)
  const proxy = (name: string) => env.get(name.toLowerCase()) ?? env.get(name.toUpperCase())
  const httpProxy = proxy('http_proxy')
  const httpsProxy = proxy('https_proxy')
  return new EnvHttpProxyAgent({
    noProxy: proxy('no_proxy') ?? '',
    ...(httpProxy && { httpProxy }),
    ...(httpsProxy && { httpsProxy }),
    ...(ca && { connect: { ca }, requestTls: { ca } }),
  })
}

async function readCaBundle(env: Environment): Promise<string | undefined> {
  const file = env.get('SSL_CERT_FILE') ?? env.get('REQUESTS_CA_BUNDLE') ?? env.get('CURL_CA_BUNDLE')
  if (!file) return undefined
  const { readFile } = await import('node:fs/promises')
  return readFile(file, 'utf8')
}

async function getWithRetries(url: string, options: RequestOptions): Promise<HttpResponse> {
  let failure: unknown
  for (let attempt = 0; attempt < attempts; attempt++) {
    try {
      const response = await getOnce(url, options)
      if (!retryStatus.has(response.status) || attempt === attempts - 1) return response
      response.body.resume()
      await pause(retryDelayMs(attempt, response.headers['retry-after']), options.signal)
    } catch (error) {
      // Redirects that go in circles do so again.
      if (options.signal?.aborted || isBuildError(error)) throw error
      failure = error
      if (attempt < attempts - 1) await pause(retryDelayMs(attempt), options.signal)
    }
  }
  throw requestFailed(url, failure)
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return sleep(ms, undefined, signal && { signal })
}

const longestDelayMs = 60_000

/** The server's own `Retry-After`, in seconds or as a date, wins, up to a minute; else 0.2 s doubling. */
function retryDelayMs(attempt: number, retryAfter = ''): number {
  const wanted = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now()
  return Number.isFinite(wanted) ? Math.min(Math.max(wanted, 0), longestDelayMs) : 200 * 2 ** attempt
}

const maxRedirects = 10

async function getOnce(url: string, options: RequestOptions): Promise<HttpResponse> {
  const { default: undici } = await import('undici')
  const { request } = undici
  let current = url
  let headers = { 'user-agent': 'krait', ...options.headers }
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const response = await request(current, {
      dispatcher: options.dispatcher,
      headers,
      ...(options.signal && { signal: options.signal }),
    })
    const location = response.headers.location
    if (response.statusCode < 300 || response.statusCode >= 400 || typeof location !== 'string') {
      return {
        status: response.statusCode,
        headers: flatten(response.headers),
        url: current,
        body: response.body as Readable,
      }
    }
    response.body.resume()
    const next = new URL(location, current)
    // Credentials belong to the host they were given for.
    if (next.host !== new URL(current).host) headers = withoutCredentials(headers)
    current = next.href
  }
  throw tooManyRedirects(url, maxRedirects)
}

function withoutCredentials<T extends Record<string, string>>(headers: T): T {
  const kept = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization')
  return Object.fromEntries(kept) as T
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
  }
  return flat
}
