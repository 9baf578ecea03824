/** The spellings in which a secret value can turn up in output (spec: build.md 6.3). */

/** Shorter texts cannot be masked without making everything unreadable. */
export const shortestForm = 4

/** All spellings of one value worth masking, longest first, without duplicates; none for values that are too short. */
export function secretForms(value: string): readonly string[] {
  const lines = value.split(/\r?\n/)
  const whole = spellings(value)
  const parts = lines.length > 1 ? lines.filter((line) => line.length >= 8).flatMap(spellings) : []
  const forms = new Set([...whole, ...parts].filter((form) => form.length >= shortestForm))
  return value.length < shortestForm ? [] : [...forms].sort((left, right) => right.length - left.length)
}

function spellings(text: string): string[] {
  const bytes = Buffer.from(text, 'utf8')
  const hex = bytes.toString('hex')
  return [
    text,
    text.replaceAll("'", "'\\''"),
    ansiC(text),
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(toWellFormed(text)),
    encodeURI(toWellFormed(text)),
    hex,
    hex.toUpperCase(),
    ...base64Forms(bytes),
  ]
}

/** Bash prints arguments with control characters as `$'...'` when it traces. */
function ansiC(text: string): string {
  return text.replace(/[\\'\x00-\x1f\x7f]/g, (char) => {
    const named = ansiCNames[char]
    return named ?? `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`
  })
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

/**
 * Base64 of the value at the three alignments it can have inside a longer text. The first and last characters
 * also depend on the neighbours, so only those that the value alone decides are kept.
 */
function base64Forms(bytes: Buffer): string[] {
  const forms = [bytes.toString('base64'), bytes.toString('base64url')]
  for (const [alignment, skip] of [0, 2, 3].entries()) {
    const padded = Buffer.concat([Buffer.alloc(alignment), bytes])
    const complete = Math.floor((padded.length * 8) / 6)
    for (const encoding of ['base64', 'base64url'] as const) {
      const inner = padded.toString(encoding).slice(skip, complete)
      // A short inner part would match innocent text.
      if (inner.length >= 8) forms.push(inner)
    }
  }
  return forms
}

/** `encodeURIComponent` throws on lone surrogates, which an environment value can hold. */
function toWellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8')
}
