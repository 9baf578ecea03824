/** Recipes made to hang or to exhaust the memory: an error in the usual form, soon. */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { krait } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'

const head = 'package:\n  name: a\n  version: "1"\n'
const many = (count: number, item: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => item(i)).join('')

test.each([
  {
    title: '100,000 anchors',
    text: `${head}extra:\n${many(100_000, (i) => `  k${i}: &a${i} x\n`)}`,
    code: 3,
    says: 'unexpected definition of anchor `&a0`',
  },
  {
    title: 'an alias bomb',
    text: `${head}extra:\n  a: &a [x, x]\n  b: &b [*a, *a]\n  c: [*b, *b]\n`,
    code: 3,
    says: 'anchor',
  },
  {
    title: '200,000 unknown keys',
    text: `${head}build:\n${many(200_000, (i) => `  key${i}: x\n`)}`,
    code: 3,
    says: "unknown field 'key0'",
  },
  {
    title: '20,000 nested brackets',
    text: `${head}extra:\n  a: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`,
    code: 3,
    says: 'nested too deeply',
  },
  {
    title: '20,000 nested parentheses',
    text: `${head}about:\n  summary: \${{ ${'('.repeat(20_000)}1${')'.repeat(20_000)} }}\n`,
    code: 3,
    says: 'too',
  },
  {
    title: 'a chain of 20,000 additions',
    text: `${head}about:\n  summary: \${{ 1${'+1'.repeat(20_000)} }}\n`,
    code: 3,
    says: 'the expression is too long',
  },
  {
    title: 'a macro that calls itself',
    text: `${head}about:\n  summary: "{% macro m() %}\${{ m() }}{% endmacro %}\${{ m() }}"\n`,
    code: 3,
    says: 'too deeply',
  },
  {
    title: 'a name of a megabyte',
    text: `${head}about:\n  summary: \${{ ${'x'.repeat(1 << 20)} }}\n`,
    code: 3,
    says: 'undefined value',
  },
  {
    title: 'a loop over loops',
    text: `${head}about:\n  summary: "{% for a in 'x' * 3000 %}{% for b in 'x' * 3000 %}\${{ a }}{% endfor %}{% endfor %}"\n`,
    code: 3,
    says: 'Template rendering failed',
  },
  {
    title: 'a recipe of 5 MB',
    text: `${head}extra:\n${many(100_000, (i) => `  key_with_a_long_name_${i}: some text that fills the line\n`)}`,
    code: 0,
    says: '',
  },
])(
  '$title',
  async ({ text, code, says }) => {
    const directory = tempDirectory()
    writeFileSync(path.join(directory, 'recipe.yaml'), text)
    const result = await krait(['build', '--render-only'], { cwd: directory })
    expect(result.stderr.slice(0, 100_000)).toContain(says)
    expect(result.stderr).not.toContain('error[bug]')
    expect(result.code).toBe(code)
  },
  30_000,
)
