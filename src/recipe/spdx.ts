/**
 * Decides whether a license text is an SPDX expression (spdx.github.io/spdx-spec, annex on license
 * expressions).
 */
import { closest } from '../text/index.js'
import { deprecatedLicenseIds, exceptionIds, licenseIds } from './spdx-names.js'

export interface LicenseMistake {
  readonly reason: string
  readonly hint?: string
}

/**
 * What is wrong with a license expression, or undefined. Ids are case-sensitive; `and` and `or` need not be.
 */
export function checkLicense(text: string): LicenseMistake | undefined {
  const words = text.match(/[()]|[^()\s]+/g) ?? []
  const reader = { words, position: 0 }
  const mistake = checkAlternatives(reader, 0)
  if (mistake) return mistake
  const left = words[reader.position]
  return left === undefined ? undefined : unexpected(left)
}

interface Words {
  readonly words: readonly string[]
  position: number
}

const maxNesting = 50

function checkAlternatives(reader: Words, depth: number): LicenseMistake | undefined {
  if (depth > maxNesting) return { reason: 'nested too deeply' }
  for (;;) {
    const mistake = checkTerm(reader, depth)
    if (mistake) return mistake
    if (!/^(?:and|or|AND|OR)$/.test(reader.words[reader.position] ?? '')) return undefined
    reader.position += 1
  }
}

function checkTerm(reader: Words, depth: number): LicenseMistake | undefined {
  const word = reader.words[reader.position]
  if (word === undefined) return { reason: 'a license id is missing at the end' }
  reader.position += 1
  if (word !== '(') return checkLicenseId(word) ?? checkException(reader)
  const mistake = checkAlternatives(reader, depth + 1)
  if (mistake) return mistake
  const closing = reader.words[reader.position]
  reader.position += 1
  return closing === ')' ? undefined : { reason: 'a closing parenthesis is missing' }
}

function checkLicenseId(word: string): LicenseMistake | undefined {
  if (/^(?:DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+$/.test(word)) return undefined
  if (word === 'NOASSERTION') return undefined
  const id = word.endsWith('+') ? word.slice(0, -1) : word
  if (deprecatedLicenseIds.has(word) || deprecatedLicenseIds.has(id)) return deprecated(word)
  if (licenseIds.has(id)) {
    const isGnu = /^(?:A|L)?GPL-|^GFDL-/.test(id)
    return isGnu && id !== word ? { reason: `'${word}': a GNU license was followed by a '+'` } : undefined
  }
  return unexpected(word, probableId(word))
}

/** `GPLv3`, `GPL3` and `bsd` are how people write licenses elsewhere. */
function probableId(word: string): string | undefined {
  const [, family, version] = /^((?:A|L)?GPL)-?v?(\d(?:\.\d)?)(?:\+|-or-later)?$/i.exec(word) ?? []
  const gnu = family && version ? `${family.toUpperCase()}-${version.padEnd(3, '.0')}-or-later` : undefined
  if (gnu !== undefined && licenseIds.has(gnu)) return gnu
  return popularNames.get(word.toLowerCase()) ?? closest(word, licenseIds)
}

const popularNames: ReadonlyMap<string, string> = new Map([
  ['bsd', 'BSD-3-Clause'],
  ['apache', 'Apache-2.0'],
  ['apache2', 'Apache-2.0'],
  ['psf', 'PSF-2.0'],
  ['public', 'Unlicense'],
  ['mpl', 'MPL-2.0'],
  ['proprietary', 'LicenseRef-Proprietary'],
])

function checkException(reader: Words): LicenseMistake | undefined {
  if (!/^(?:with|WITH)$/.test(reader.words[reader.position] ?? '')) return undefined
  const exception = reader.words[reader.position + 1]
  reader.position += 2
  if (exception === undefined) return { reason: 'an exception id is missing behind WITH' }
  if (exceptionIds.has(exception) || /^(?:DocumentRef-[\w.-]+:)?AdditionRef-[\w.-]+$/.test(exception))
    return undefined
  return { reason: `unknown exception: '${exception}'` }
}

function deprecated(word: string): LicenseMistake {
  const id = word.replace(/\+$/, '')
  const successors = [`${id}-or-later`, `${id}-only`].filter((name) => licenseIds.has(name))
  const hint =
    successors.length > 0 ? `write ${successors.map((name) => `\`${name}\``).join(' or ')}` : undefined
  return { reason: `'${word}': a deprecated license identifier was used`, ...(hint && { hint }) }
}

function unexpected(word: string, near?: string): LicenseMistake {
  return { reason: `'${word}': unknown term`, ...(near && { hint: `did you mean \`${near}\`?` }) }
}
