/** The spellings in which a secret value can turn up in output and in files (spec: build.md 6.3). */

/** Shorter texts cannot be masked without making everything unreadable. */
export const shortestForm = 4

/** How a value is spelled, for messages. */
export type SecretEncoding =
  | 'plain text'
  | 'a part'
  | 'quoted'
  | 'JSON'
  | 'percent-encoding'
  | 'hex'
  | 'base64'

export interface SecretForm {
  readonly text: string
  readonly encoding: SecretEncoding
}

/** All spellings of one value worth masking, without duplicates; none for values that are too short. */
export function secretForms(value: string): readonly SecretForm[] {
  if (value.length < shortestForm) return []
  const lines = value.split(/\r?\n/)
  const parts = lines.length > 1 ? lines.flatMap(linesToForms) : []
  const forms = new Map<string, SecretForm>()
  for (const form of [...spellings(value), ...parts]) {
    if (form.text.length >= shortestForm && !forms.has(form.text)) forms.set(form.text, form)
  }
  return [...forms.values()]
}

/** A line of a longer value says enough on its own to be hidden from this length on. */
const shortestPart = 8

/** A line as it is and without its indentation, which tools change. */
function linesToForms(line: string): SecretForm[] {
  const texts = new Set([line, line.trim()].filter((text) => text.trim().length >= shortestPart))
  return [...texts].flatMap(spellings).map((form) => {
    return form.encoding === 'plain text' ? { ...form, encoding: 'a part' } : form
  })
}

function spellings(text: string): SecretForm[] {
  const bytes = Buffer.from(text, 'utf8')
  const label = (encoding: SecretEncoding, texts: readonly string[]) =>
    texts.map((spelled): SecretForm => ({ text: spelled, encoding }))
  return [
    ...label('plain text', [text]),
    ...label('quoted', quotedForms(text, bytes)),
    ...label('JSON', jsonForms(text)),
    ...label('percent-encoding', percentForms(text, bytes)),
    ...label('hex', hexForms(bytes)),
    ...label('base64', base64Forms(bytes)),
  ]
}

/** What shells and languages print when they show an argument so that it could be read again. */
function quotedForms(text: string, bytes: Buffer): string[] {
  return [
    text.replaceAll("'", "'\\''"),
    text.replaceAll("'", `'"'"'`),
    text.replaceAll(/[\\"$`]/g, '\\$&'),
    text.replaceAll(/[^\w@%+=:,./-]/g, '\\$&'),
    text.replace(/[\\'\x00-\x1f\x7f]/g, ansiC),
    // Where the locale has no UTF-8, bash spells every byte of a character.
    bytes.toString('latin1').replace(/[\\'\x00-\x1f\x7f-\xff]/g, ansiC),
    text.replaceAll('\\', '\\\\'),
  ]
}

/** Bash prints arguments with control characters as `$'...'` when it traces. */
function ansiC(char: string): string {
  return ansiCNames[char] ?? `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`
}

const ansiCNames: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\x07': '\\a',
  '\b': '\\b',
  '\x1b': '\\E',
  '\f': '\\f',
  '\v': '\\v',
}

function jsonForms(text: string): string[] {
  const json = JSON.stringify(text).slice(1, -1)
  const ascii = json.replaceAll(/[^\x00-\x7f]/g, escapeUnit)
  return [json, ascii, json.replaceAll('/', '\\/')]
}

function escapeUnit(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** Libraries agree on letters and digits, and on little else. */
function percentForms(text: string, bytes: Buffer): string[] {
  const wellFormed = bytes.toString('utf8')
  const strict = encodeURIComponent(wellFormed).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  const form = new URLSearchParams({ value: text }).toString().slice('value='.length)
  const forms = [
    encodeURIComponent(wellFormed),
    encodeURI(wellFormed),
    strict,
    strict.replaceAll('%2F', '/'),
    form,
  ]
  const withPlus = forms.map((spelled) => spelled.replaceAll('%20', '+'))
  const lower = [...forms, ...withPlus].map((spelled) =>
    spelled.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  )
  return [...forms, ...withPlus, ...lower].filter((spelled) => spelled !== text)
}

/** `xxd -p` breaks its output into lines. */
const hexColumns = 60

function hexForms(bytes: Buffer): string[] {
  const hex = bytes.toString('hex')
  const forms = [hex, ...wrapped(hex, hexColumns)]
  return forms.flatMap((form) => [form, form.toUpperCase()])
}

/** `base64` and `openssl` break their output into lines. */
const base64Columns = [76, 64]

/**
 * Base64 of the value at the three alignments it can have inside a longer text. The first and last characters
 * also depend on the neighbours, so only those that the value alone decides are kept.
 */
function base64Forms(bytes: Buffer): string[] {
  const whole = bytes.toString('base64')
  const forms = [whole, bytes.toString('base64url')]
  const sure = whole.slice(0, Math.floor((bytes.length * 8) / 6))
  for (const columns of base64Columns) forms.push(...wrapped(sure, columns))
  for (const [alignment, skip] of [0, 2, 3].entries()) {
    const padded = Buffer.concat([Buffer.alloc(alignment), bytes])
    const complete = Math.floor((padded.length * 8) / 6)
    for (const encoding of ['base64', 'base64url'] as const) {
      const inner = padded.toString(encoding).slice(skip, complete)
      // A short inner part would match innocent text.
      if (inner.length >= shortestPart) forms.push(inner)
    }
  }
  return forms
}

/** The lines of a text that is broken at a column; none when it fits one line. */
function wrapped(text: string, columns: number): string[] {
  if (text.length <= columns) return []
  const lines = Array.from({ length: Math.ceil(text.length / columns) }, (_, line) =>
    text.slice(line * columns, (line + 1) * columns),
  )
  return lines.filter((line) => line.length >= shortestPart)
}
