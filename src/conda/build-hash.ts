/** Decides hash and language prefix of a build string from the variant (spec: render.md 8). */
import { createHash } from 'node:crypto'
import { canonicalJson } from '../text/index.js'

/** Values keep their type, because `3`, `"3"` and `true` hash differently. */
export type HashedVariant = Readonly<Record<string, string | number | boolean>>

/** Tags in the order they appear, and how many parts of the version follow. */
const languages = [
  { tag: 'np', keys: ['numpy'], parts: 2 },
  { tag: 'py', keys: ['python'], parts: 2 },
  { tag: 'pl', keys: ['perl'], parts: 3 },
  { tag: 'lua', keys: ['lua'], parts: 2 },
  // When both exist the later one in sort order wins.
  { tag: 'r', keys: ['r_base', 'r'], parts: 2 },
]

/** First 7 hex digits of the SHA-1 of the variant's canonical JSON, and for example `np2py312`. */
export function hashVariant(
  variant: HashedVariant,
  options: { readonly noarch?: 'python' | 'generic' | undefined } = {},
): { readonly hash: string; readonly prefix?: string } {
  const hash = createHash('sha1').update(canonicalJson(variant)).digest('hex').slice(0, 7)
  const prefix = options.noarch === 'python' ? 'py' : languagePrefix(variant)
  return prefix === '' ? { hash } : { hash, prefix }
}

function languagePrefix(variant: HashedVariant): string {
  return languages
    .map(({ tag, keys, parts }) => {
      const key = keys.find((candidate) => Object.hasOwn(variant, candidate))
      return key === undefined ? '' : tag + versionDigits(String(variant[key]), parts)
    })
    .join('')
}

/** `3.12.* *_cpython` with 2 parts is `312`. */
function versionDigits(value: string, parts: number): string {
  return value.split('.').slice(0, parts).join('')
}
