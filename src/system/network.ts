/** Decides where a request really goes: offline mode, mirrors, and the credentials of hosts and channels. */
import { isBuildError, type Warning } from '../errors/index.js'
import { basic, type Credential, createCredentialFinder, type FindCredential } from './credentials.js'
import { offline } from './errors.js'
import { createHttpClient } from './http.js'
import type { HttpClient, HttpOptions, HttpResponse, System } from './types.js'

export interface NetworkPolicy {
  /** Refuses every request. */
  readonly offline: boolean
  /** From the beginning of a URL to what takes its place; the first that works is used. */
  readonly mirrors: Readonly<Record<string, readonly string[]>>
  /** A JSON file with credentials, as rattler-build writes it. */
  readonly authFile: string | undefined
}

export interface NetworkHooks {
  /** Called with everything that must not be shown. */
  readonly addSecret: (value: string) => void
  readonly warn: (warning: Warning) => void
}

/** The same system with requests that follow the policy. */
export function withNetwork(system: System, policy: NetworkPolicy, hooks: NetworkHooks): System {
  return { ...system, http: createNetwork(system, policy, hooks) }
}

/** A client that follows the policy; files with credentials are read when the first request is made. */
export function createNetwork(
  system: Omit<System, 'http'>,
  policy: NetworkPolicy,
  hooks: NetworkHooks,
): HttpClient {
  const direct = createHttpClient(system.env)
  const findCredential = createCredentialFinder(system, { authFile: policy.authFile, warn: hooks.warn })
  const channels = new Map<string, string>()
  const failures = new Map<string, number>()
  const network: Network = { direct, findCredential, hooks, channels }
  return {
    isOffline: policy.offline,
    accessThrough: (publicUrl, accessUrl) => void channels.set(publicUrl, accessUrl),
    get: async (url, options = {}) => {
      if (policy.offline) throw offline(url)
      const places = mirrorsOf(url, policy.mirrors, failures)
      return getFirst(places, network, { options, failures })
    },
  }
}

interface Network {
  readonly direct: Pick<HttpClient, 'get'>
  readonly findCredential: FindCredential
  readonly hooks: NetworkHooks
  /** From a channel's URL as it is shown to the one that opens it. */
  readonly channels: ReadonlyMap<string, string>
}

interface Place {
  readonly url: string
  /** What failures are counted for. */
  readonly base: string
}

/** Where a URL can be had: its mirrors, those that failed least first; else only itself. */
function mirrorsOf(
  url: string,
  mirrors: NetworkPolicy['mirrors'],
  failures: ReadonlyMap<string, number>,
): readonly Place[] {
  const [prefix] = Object.keys(mirrors)
    .filter((key) => url === key || url.startsWith(withSlash(key)))
    .sort((left, right) => right.length - left.length)
  const bases = prefix === undefined ? [] : (mirrors[prefix] ?? [])
  if (prefix === undefined || bases.length === 0) return [{ url, base: url }]
  const rest = url.slice(withSlash(prefix).length)
  return bases
    .map((base) => ({ base, url: withSlash(base) + rest }))
    .sort((left, right) => (failures.get(left.base) ?? 0) - (failures.get(right.base) ?? 0))
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`
}

/** The answer of the first place that has one; the last place's failure is everybody's. */
async function getFirst(
  places: readonly Place[],
  network: Network,
  { options, failures }: { readonly options: HttpOptions; readonly failures: Map<string, number> },
): Promise<HttpResponse> {
  for (const [index, { url, base }] of places.entries()) {
    const isLast = index === places.length - 1
    try {
      const response = await getWithCredentials(url, network, options)
      if (isLast || response.status < 400) return response
      response.body.resume()
    } catch (error) {
      if (isLast || options.signal?.aborted || !isBuildError(error)) throw error
    }
    failures.set(base, (failures.get(base) ?? 0) + 1)
  }
  throw new Error('a request has at least one place')
}

/** Credentials in the URL itself win over those of the channel, and these over the files. */
async function getWithCredentials(
  url: string,
  network: Network,
  options: HttpOptions,
): Promise<HttpResponse> {
  const target = new URL(throughChannel(url, network.channels))
  const { username, password } = target
  target.username = ''
  target.password = ''
  const isKnown = username !== '' || password !== ''
  const credential = isKnown
    ? basic(decodeURIComponent(username), decodeURIComponent(password))
    : await network.findCredential(target)
  for (const secret of credential?.secrets ?? []) network.hooks.addSecret(secret)
  const { headers } = options
  return network.direct.get(addressOf(target, credential), {
    ...options,
    headers: {
      ...headers,
      ...(credential?.kind === 'header' && { authorization: credential.authorization }),
    },
  })
}

function throughChannel(url: string, channels: ReadonlyMap<string, string>): string {
  for (const [publicUrl, accessUrl] of channels) {
    if (url.startsWith(publicUrl)) return accessUrl + url.slice(publicUrl.length)
  }
  return url
}

function addressOf(url: URL, credential: Credential | undefined): string {
  if (credential?.kind !== 'path-token' || url.pathname.startsWith('/t/')) return url.href
  return new URL(`/t/${credential.token}${url.pathname}${url.search}`, url).href
}
