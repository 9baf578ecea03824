/** Whatever a secret is, however it is spelled and wherever the output is cut: it does not show. */
import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLineStream, createMasker } from '../../src/events/index.js'

const numRuns = process.env.CI ? 100_000 : 10_000

const unit = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...'abcdefgXYZ0189-_.') },
  { weight: 2, arbitrary: fc.constantFrom(...' \'"$`\\/+=&?#%@:!~()[]{}<>|;^,') },
  { weight: 1, arbitrary: fc.constantFrom('\n', '\t', '\x01', '\x7f', 'é', 'ß', '€', '雪', '😀') },
)
const secret = fc.string({ unit, minLength: 4, maxLength: 40 }).filter((text) => text.trim().length >= 4)
const noise = fc.string({ unit: fc.constantFrom(...'abcdefg 0189=\n'), maxLength: 12 })

const base64 = (text: string) => Buffer.from(text).toString('base64')
const wrap = (text: string, columns: number) =>
  text.replaceAll(new RegExp(`.{${columns}}`, 'g'), (line) => `${line}\n`)

/** What the text looks like when a tool writes it; `inner` is the part that must not show. */
const encodings: Readonly<
  Record<string, (value: string, before: string) => { text: string; inner: string }>
> = {
  raw: (value) => whole(value),
  'single quotes': (value) => whole(value.replaceAll("'", "'\\''")),
  JSON: (value) => whole(JSON.stringify(value).slice(1, -1)),
  hex: (value) => whole(Buffer.from(value).toString('hex')),
  HEX: (value) => whole(Buffer.from(value).toString('hex').toUpperCase()),
  URL: (value) => whole(encodeURIComponent(value)),
  form: (value) => whole(new URLSearchParams({ v: value }).toString().slice(2)),
  base64: (value) => whole(base64(value)),
  base64url: (value) => whole(Buffer.from(value).toString('base64url')),
  'base64 of more': (value, before) => {
    const text = base64(`${before}:${value}:x`)
    const length = Buffer.byteLength(`${before}:`)
    const start = Math.ceil((length * 8) / 6)
    return { text, inner: text.slice(start, Math.floor(((length + Buffer.byteLength(value)) * 8) / 6)) }
  },
  'base64 in lines': (value) => {
    const text = wrap(base64(value), 76)
    return { text, inner: text.slice(0, 40) }
  },
}

function whole(text: string) {
  return { text, inner: text }
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = []
  let at = 0
  for (let turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    pieces.push(bytes.subarray(at, at + size))
    at += size
  }
  return pieces
}

function linesOf(secrets: readonly string[], pieces: readonly Buffer[]): string {
  const lines: string[] = []
  const stream = createLineStream(createMasker(secrets), (line) => lines.push(line))
  for (const piece of pieces) stream.push(piece)
  stream.end()
  return lines.join('\n')
}

test('no spelling of a secret shows, wherever the output is cut', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 4 })
  const spelling = fc.constantFrom(...Object.keys(encodings))
  fc.assert(
    fc.property(secret, secret, spelling, noise, noise, sizes, (value, other, name, before, after, cuts) => {
      const { text, inner } = encodings[name]?.(value, before) ?? whole(value)
      const bytes = Buffer.from(`${before}${text}${after}`)
      const shown = linesOf([other, value], cut(bytes, cuts))
      // Short leftovers of base64 are not sure to be the secret's.
      if (inner.length >= 8 || name === 'raw') expect(shown).not.toContain(inner)
      expect(shown).toBe(linesOf([value, other], [bytes]))
    }),
    { numRuns },
  )
}, 120_000)

test('secrets that overlap leave nothing of each other', () => {
  const few = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 4, maxLength: 10 })
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' '), maxLength: 60 })
  fc.assert(
    fc.property(
      fc.array(few, { minLength: 1, maxLength: 4 }),
      text,
      fc.integer({ min: 1, max: 9 }),
      (secrets, output, size) => {
        const shown = linesOf(secrets, cut(Buffer.from(output), [size]))
        expect(shown).toBe(createMasker(secrets).maskText(output))
        // A character shows exactly when no secret covers it.
        const covered = new Set<number>()
        for (const value of secrets) {
          for (let at = output.indexOf(value); at !== -1; at = output.indexOf(value, at + 1)) {
            for (let index = at; index < at + value.length; index++) covered.add(index)
          }
        }
        expect(shown.replaceAll('*', '')).toBe([...output].filter((_, index) => !covered.has(index)).join(''))
      },
    ),
    { numRuns: numRuns / 10 },
  )
}, 120_000)

test('no way in which bash prints an argument shows it', () => {
  const secrets = fc.sample(secret, { numRuns: 300, seed: 7 })
  const script =
    'n=0; for s in "$@"; do n=$((n+1)); export S="$s"; set -x; : "$s" x"$s"; set +x; printf "%q\\n" "$s"; declare -p S; set | grep -a -A9 ^S=; echo "--$n"; done'
  const locales = ['C.UTF-8', 'C']
  for (const locale of locales) {
    const env = { PATH: process.env.PATH ?? '', LC_ALL: locale }
    const output = execFileSync('bash', ['--norc', '-c', `exec 2>&1; ${script}`, 'bash', ...secrets], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const blocks = output.toString('latin1').split(/^--\d+$/m)
    for (const [index, value] of secrets.entries()) {
      const block = Buffer.from(blocks[index] ?? '', 'latin1')
      const shown = linesOf([value], [block])
      const known = new Set([...'+: x"$\'=\\*\n-S', ...'declare -x S=', ...'_=SOMETHING'])
      expect(block.length).toBeGreaterThan(value.length)
      const lines = shown
        .split('\n')
        .filter((line) => line.startsWith('+ : ') || line.startsWith('declare -x S='))
      const rest = lines.join('').replaceAll('+ : ', '').replaceAll('declare -x S=', '')
      expect({ value, leaked: [...rest].filter((char) => !known.has(char)).join('') }).toEqual({
        value,
        leaked: '',
      })
    }
  }
})
