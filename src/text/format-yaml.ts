/** Writes YAML the way packages have always held it: block style, list items not indented below their key. */

/** Plain data; `undefined` members are left out, key order is kept. */
export type YamlValue =
  | string
  | number
  | boolean
  | null
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue | undefined }

/** By JSON pointer (RFC 6901), numbers that are written otherwise than JavaScript would: `3.0`, integers beyond 2^53. */
export type NumberSpellings = ReadonlyMap<string, string>

/** A document that ends in a newline (spec: package.md 2.8, contract.md 4). */
export function formatYaml(value: YamlValue, numbers: NumberSpellings = new Map()): string {
  return `${formatNode(value, { indent: 0, pointer: '', numbers }).replace(/^\n/, '')}\n`
}

interface Place {
  readonly indent: number
  readonly pointer: string
  readonly numbers: NumberSpellings
}

/** The node as it follows a key or a dash: on the same line, or from a new line on. */
function formatNode(value: YamlValue, place: Place): string {
  if (typeof value === 'string') return formatText(value, place.indent)
  if (typeof value === 'number') return place.numbers.get(place.pointer) ?? String(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (isList(value)) return value.length === 0 ? '[]' : formatList(value, place)
  const entries = Object.entries(value).filter(([, member]) => member !== undefined)
  return entries.length === 0 ? '{}' : formatMapping(entries, place)
}

function formatList(items: readonly YamlValue[], place: Place): string {
  const pad = ' '.repeat(place.indent)
  const indent = place.indent + 2
  return items
    .map((item, index) => {
      const text = formatNode(item, { ...place, indent, pointer: `${place.pointer}/${index}` })
      return `\n${pad}- ${afterDash(text, indent)}`
    })
    .join('')
}

/** The first line of a nested block stands behind the dash itself. */
function afterDash(text: string, indent: number): string {
  return text.startsWith('\n') ? text.slice(1 + indent) : text
}

function formatMapping(entries: readonly (readonly [string, YamlValue | undefined])[], place: Place): string {
  const pad = ' '.repeat(place.indent)
  return entries
    .map(([key, member = null]) => {
      const isBlockList = isList(member) && member.length > 0
      const indent = isBlockList ? place.indent : place.indent + 2
      const pointer = `${place.pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
      const text = formatNode(member, { ...place, indent, pointer })
      return `\n${pad}${formatScalar(key)}:${text.startsWith('\n') ? '' : ' '}${text}`
    })
    .join('')
}

/** Blocks are for texts that look in them as they are: no odd characters, no lines of blanks, nothing in front. */
function formatText(text: string, indent: number): string {
  const isBlock =
    text.includes('\n') && /^[^\s]/.test(text) && !/\n[ \t]+(?:\n|$)/.test(text) && !unprintable.test(text)
  if (!isBlock) return formatScalar(text)
  const chomp = text.endsWith('\n') ? (text.endsWith('\n\n') ? '+' : '') : '-'
  const pad = ' '.repeat(Math.max(2, indent))
  const lines = text.replace(/\n$/, '').split('\n')
  return `|${chomp}\n${lines.map((line) => (line === '' ? '' : pad + line)).join('\n')}`
}

const unprintable = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\p{Surrogate}/u

// What another reader would take for something else than this text (YAML 1.1 words included).
const ambiguous =
  /^(?:~|[-+]?(?=[_,]*[\d.])[\d_,]*\.?[\d_]*(?:e[-+]?\d+)?|null|true|false|yes|no|on|off|y|n|[-+]?(?:\d[\d_]*|0x[\da-f]+|0o[0-7]+|0b[01]+)|[-+]?(?:\d[\d_]*)?\.?\d+(?:e[-+]?\d+)?|[-+]?\d+\.|[-+]?\.(?:inf|nan)|\.nan|\d+(?::[0-5]?\d)+(?:\.\d*)?|\d{4}-\d\d?-\d\d?.*)$/i
const needsQuotes = /^[\s\-?:,[\]{}#&*!|>'"%@`]|[:\s]$|: | #|^$|^---|^\.\.\.|^=$|^<<$/

function formatScalar(text: string): string {
  if (/[\t\n]/.test(text) || unprintable.test(text)) return quote(text)
  if (ambiguous.test(text)) return `'${text}'`
  if (!needsQuotes.test(text) || (/^[-?:][^\s,[\]{}]/.test(text) && !/: | #|[:\s]$/.test(text))) return text
  return `'${text.replaceAll("'", "''")}'`
}

/** JSON's escapes are YAML's, but YAML has more characters that must not stand for themselves. */
function quote(text: string): string {
  const odd = new RegExp(unprintable, 'gu')
  const toEscape = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  return JSON.stringify(text).replace(odd, toEscape)
}

// `Array.isArray` does not narrow readonly arrays.
function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value)
}
