/** Looks for the values of secrets in the content of files (spec: features.md D2). */
import { createFormMatcher, toBytes } from './form-matcher.js'
import { type SecretEncoding, secretForms } from './secret-forms.js'

export interface NamedSecret {
  readonly name: string
  readonly value: string
  /** A recipe declares a secret by name; a variable that is only called like one is suspected to hold one. */
  readonly kind: 'declared' | 'suspected'
}

/** A secret that was found; its value is not in here. */
export interface SecretFinding {
  readonly name: string
  readonly kind: NamedSecret['kind']
  readonly encoding: SecretEncoding
  /** In bytes from the start of the content. */
  readonly offset: number
}

/** Searches content that arrives in pieces; made for one file. */
export interface SecretSearch {
  /** The first secret that ends in these bytes. */
  push(bytes: Uint8Array): SecretFinding | undefined
}

export interface SecretScan {
  /** False when there is nothing to look for. */
  readonly active: boolean
  /** Of the variables whose values are looked for. */
  readonly names: readonly string[]
  findInText(text: string): SecretFinding | undefined
  search(): SecretSearch
}

/** Strings of this length are made of the bytes that are searched; larger ones would fill the memory twice. */
const pieceLength = 1 << 20

/** A search for all spellings of the secrets. */
export function createSecretScan(secrets: readonly NamedSecret[]): SecretScan {
  const findings = secrets.flatMap(({ name, kind, value }) =>
    secretForms(value).map(({ text, encoding }) => ({
      text: toBytes(text),
      found: { name, kind, encoding },
    })),
  )
  const matcher = createFormMatcher(findings.map(({ text }) => text))
  const overlap = Math.max(0, ...findings.map(({ text }) => text.length - 1))
  const search = (): SecretSearch => {
    let tail = ''
    let passed = 0
    return {
      push: (bytes) => {
        for (let at = 0; at < bytes.length; at += pieceLength) {
          const text = tail + latin1(bytes.subarray(at, at + pieceLength))
          const [match] = matcher.findAll(text)
          const found = match && findings[match.form]?.found
          if (match && found) return { ...found, offset: passed - tail.length + match.start }
          passed += text.length - tail.length
          tail = overlap === 0 ? '' : text.slice(-overlap)
        }
        return undefined
      },
    }
  }
  return {
    active: findings.length > 0,
    names: [...new Set(findings.map(({ found }) => found.name))],
    findInText: (text) => search().push(Buffer.from(text, 'utf8')),
    search,
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
