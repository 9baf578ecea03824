import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createMasker, mask, suspectVariables, urlSecrets } from '../../src/events/index.js'

/** All ways to cut a text into two. */
function splits(text: string): [string, string][] {
  return Array.from({ length: text.length + 1 }, (_, at) => [text.slice(0, at), text.slice(at)])
}

describe('a masked text', () => {
  test.each([
    { spelling: 'the value itself', written: 'hunter2secret' },
    { spelling: 'base64', written: Buffer.from('hunter2secret').toString('base64') },
    {
      spelling: 'base64 inside a longer text',
      written: Buffer.from('user:hunter2secret').toString('base64').slice(6),
    },
    { spelling: 'lower-case hex', written: Buffer.from('hunter2secret').toString('hex') },
    { spelling: 'upper-case hex', written: Buffer.from('hunter2secret').toString('hex').toUpperCase() },
  ])('hides $spelling', ({ written }) => {
    expect(createMasker(['hunter2secret']).maskText(`x ${written} y`)).not.toContain(written)
  })

  test.each([
    { spelling: 'quoted by bash', value: "it's-secret", written: "'it'\\''s-secret'" },
    { spelling: 'escaped for JSON', value: 'a"quoted"secret', written: '"a\\"quoted\\"secret"' },
    { spelling: 'percent-encoded', value: 'p@ss word/1', written: 'p%40ss%20word%2F1' },
    { spelling: 'in the ANSI-C form of a trace', value: 'tab\there-secret', written: "$'tab\\there-secret'" },
  ])('hides a value $spelling', ({ value, written }) => {
    expect(createMasker([value]).maskText(written)).toContain(mask)
  })

  test('hides every longer line of a secret with several lines', () => {
    const masker = createMasker(['-----BEGIN-----\nMIIEvQIBADAN\n-----END-----'])
    expect(masker.maskText('line: MIIEvQIBADAN')).toBe(`line: ${mask}`)
  })

  test('prefers the longer of two overlapping secrets', () => {
    expect(createMasker(['abcd', 'abcdefgh']).maskText('x abcdefgh y abcd z')).toBe(`x ${mask} y ${mask} z`)
  })

  test('keeps everything when a secret is too short to mask', () => {
    expect(createMasker(['', 'abc']).maskText('abcabc')).toBe('abcabc')
  })

  test.each([
    ['https://user:pw@host/x', `https://${mask}@host/x`],
    ['https://user:p@w@host/x', `https://${mask}@host/x`],
    ['https://host/t/tk-123/chan', `https://host/t/${mask}/chan`],
    ['ssh://git@host/x', 'ssh://git@host/x'],
    ['https://host/path?a=b@c', 'https://host/path?a=b@c'],
  ])('redacts credentials in %s', (url, shown) => {
    expect(createMasker().maskText(url)).toBe(shown)
  })
})

describe('a masked stream', () => {
  test('shows the same for every split of the text', () => {
    const masker = createMasker(['abcd', 'abcdefgh', 'defx'])
    const text = 'x abcdefgh abcdefx abcdef'
    const whole = masker.maskText(text)
    for (const [first, second] of splits(text)) {
      const stream = masker.stream()
      expect(stream.push(first) + stream.push(second) + stream.end()).toBe(whole)
    }
  })

  test('never shows a secret, whatever the chunks are', () => {
    const secret = fc.string({ minLength: 4, maxLength: 12, unit: fc.constantFrom('a', 'b', 'c') })
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 3 }),
        fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' ') })),
        (secrets, chunks) => {
          const masker = createMasker(secrets)
          const stream = masker.stream()
          const shown = chunks.map((chunk) => stream.push(chunk)).join('') + stream.end()
          expect(shown).toBe(masker.maskText(chunks.join('')))
          for (const value of secrets) expect(shown).not.toContain(value)
        },
      ),
    )
  })
})

test('plain data is masked in depth, keys included', () => {
  const masker = createMasker(['topsecret'])
  const data = { list: ['topsecret', 1, null, { topsecret: 'x topsecret' }], flag: true }
  expect(JSON.stringify(masker.maskData(data))).not.toContain('topsecret')
})

test.each([
  ['https://me:p%40ss-word@host/x', ['p%40ss-word', 'p@ss-word']],
  ['https://host/t/tk-123-abc/conda-forge', ['tk-123-abc', 'tk-123-abc']],
  ['https://me:a:b@host', ['a:b', 'a:b']],
  ['https://me@host/x', []],
  ['https://host/a@b:c', []],
  ['../local/path', []],
  ['https://me:100%zz@host', ['100%zz', '100%zz']],
])('the secrets in %s are known on their own', (url, secrets) => {
  expect(urlSecrets(url)).toEqual(secrets)
})

test('variables sound like secrets by name, and are long enough to be one', () => {
  const variables = {
    GITHUB_TOKEN: 'ghp_12345678',
    my_api_key: 'abcdefgh',
    AWS_SECRET_ACCESS_KEY: 'x'.repeat(40),
    TOKENIZERS_PARALLELISM: 'false',
    PATH: '/usr/bin:/bin',
  }
  expect(suspectVariables(variables).map(({ name }) => name)).toEqual([
    'GITHUB_TOKEN',
    'my_api_key',
    'AWS_SECRET_ACCESS_KEY',
  ])
})
