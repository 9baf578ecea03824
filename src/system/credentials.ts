/** Decides what a host is told about who we are (spec: environment.md D; package.md 9.10). */
import path from 'node:path'
import type { Warning } from '../errors/index.js'
import { unusableCredentials } from './errors.js'
import { parseNetrc } from './netrc.js'
import type { FileSystem, System } from './types.js'

/** How a request proves who it is from. */
export type Credential =
  | { readonly kind: 'header'; readonly authorization: string; readonly secrets: readonly string[] }
  /** `/t/<token>` in front of the path. */
  | { readonly kind: 'path-token'; readonly token: string; readonly secrets: readonly string[] }

export type FindCredential = (url: URL) => Promise<Credential | undefined>

export interface CredentialOptions {
  /** `--auth-file`: a JSON object from host to credential. */
  readonly authFile: string | undefined
  readonly warn: (warning: Warning) => void
}

/**
 * Looks into the auth file, `~/.rattler/credentials.json` and netrc, in this order; the first that knows the host wins.
 * The files are read when the first request is made. One that cannot be used is a warning, if somebody named it.
 */
export function createCredentialFinder(
  system: Pick<System, 'fs' | 'env' | 'host'>,
  options: CredentialOptions,
): FindCredential {
  let stores: Promise<readonly Store[]> | undefined
  return async (url) => {
    stores ??= readStores(system, options)
    for (const store of await stores) {
      const found = hostKeys(url)
        .map(store)
        .find((credential) => credential !== undefined)
      if (found) return found
    }
    return undefined
  }
}

type Store = (key: string) => Credential | undefined

/** The host with and without its port, then `*.domain` for each domain it is in. */
function hostKeys({ host, hostname }: URL): readonly string[] {
  const labels = hostname.split('.')
  const domains = labels.slice(0, -1).map((_, index) => `*.${labels.slice(index).join('.')}`)
  return [...new Set([host, hostname, ...domains])]
}

async function readStores(
  { fs, env, host }: Pick<System, 'fs' | 'env' | 'host'>,
  { authFile, warn }: CredentialOptions,
): Promise<readonly Store[]> {
  const netrc = env.get('NETRC')
  const places = [
    { file: authFile, isNamed: true, read: readJsonStore },
    {
      file: path.join(host.homeDirectory, '.rattler', 'credentials.json'),
      isNamed: false,
      read: readJsonStore,
    },
    { file: netrc || path.join(host.homeDirectory, '.netrc'), isNamed: Boolean(netrc), read: readNetrcStore },
  ]
  const stores: Store[] = []
  for (const { file, isNamed, read } of places) {
    if (file === undefined) continue
    const text = await readIfThere(file, fs)
    try {
      if (text === undefined && !isNamed) continue
      if (text === undefined) throw new Error('there is no such file')
      stores.push(read(text))
    } catch (error) {
      warn(unusableCredentials(file, (error as Error).message))
    }
  }
  return stores
}

async function readIfThere(file: string, fs: FileSystem): Promise<string | undefined> {
  return (await fs.stat(file))?.type === 'file' ? fs.readText(file) : undefined
}

function readNetrcStore(text: string): Store {
  const entries = parseNetrc(text)
  return (key) => {
    const entry = entries.find(({ machine }) => machine === key || machine === undefined)
    return entry && basic(entry.login, entry.password)
  }
}

function readJsonStore(text: string): Store {
  const data = parseObject(text)
  return (key) => {
    const entry = Object.hasOwn(data, key) ? data[key] : undefined
    return typeof entry === 'object' && entry !== null ? readCredential(entry as Fields) : undefined
  }
}

type Fields = Readonly<Record<string, unknown>>

function parseObject(text: string): Fields {
  try {
    const data: unknown = JSON.parse(text)
    if (typeof data === 'object' && data !== null && !Array.isArray(data)) return data as Fields
  } catch {
    // The parser's own message quotes the text, which holds secrets.
  }
  throw new Error('it is not a JSON object')
}

/** Undefined for kinds that http requests have no use for (S3). */
function readCredential(entry: Fields): Credential | undefined {
  const { BearerToken: bearer, CondaToken: token, BasicHTTP: login, OAuth: oauth } = entry
  if (typeof bearer === 'string')
    return { kind: 'header', authorization: `Bearer ${bearer}`, secrets: [bearer] }
  if (typeof token === 'string') return { kind: 'path-token', token, secrets: [token] }
  const { username, password } = fieldsOf(login)
  if (typeof username === 'string' && typeof password === 'string') return basic(username, password)
  const { access_token: access } = fieldsOf(oauth)
  return typeof access === 'string'
    ? { kind: 'header', authorization: `Bearer ${access}`, secrets: [access] }
    : undefined
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

/** The header for a login and a password. */
export function basic(login: string, password: string): Credential {
  const encoded = Buffer.from(`${login}:${password}`).toString('base64')
  return { kind: 'header', authorization: `Basic ${encoded}`, secrets: [password, encoded] }
}
