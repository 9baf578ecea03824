import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { krait } from '../support/krait.js'

const pages = readFileSync('docs/errors.md', 'utf8')
const codes = [...pages.matchAll(/^## `(.*)`$/gm)].map(([, code = '']) => code)

describe('`krait help CODE`', () => {
  test('shows what a code means, in lines that fit a terminal', async () => {
    const { code, stdout, stderr } = await krait(['help', 'archive/corrupt'])
    expect([code, stderr]).toEqual([0, ''])
    const [title, empty, ...text] = stdout.split('\n')
    expect([title, empty]).toEqual(['archive/corrupt', ''])
    const [, page] = /^## `archive\/corrupt`\n\n(.*)$/m.exec(pages) ?? []
    expect(text.join(' ').trim()).toBe(page)
    expect(text.length).toBeGreaterThan(2)
    expect(text.filter((line) => line.length > 96)).toEqual([])
  })

  test('lists all codes with a sentence each', async () => {
    const { code, stdout } = await krait(['help', 'errors'])
    expect(code).toBe(0)
    const lines = stdout.trimEnd().split('\n')
    expect(lines.map((line) => line.split(' ')[0])).toEqual(codes)
    expect(lines.filter((line) => !/ {2}\S.*\.$/.test(line))).toEqual([])
  })

  test.each([
    ['corrupt', 'did you mean `krait help archive/corrupt`?'],
    ['archive/corupt', 'did you mean `krait help archive/corrupt`?'],
    ['biuld', 'did you mean `krait help build`?'],
    ['nonsense', '`krait help errors`'],
  ])('of `%s` says what there is', async (topic, advice) => {
    const { code, stdout, stderr } = await krait(['help', topic])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(`\`${topic}\` is neither a command nor the code of an error or warning`)
    expect(stderr).toContain(advice)
  })
})
