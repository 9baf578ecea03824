import { expect, test } from 'vitest'
import { jsonOf } from '../evaluate.js'

const loadFromFile = (path: string) => ({
  value: { version: '1.2', list: [1, 2.5] },
  path: `/r/${path}`,
  sha256: 'ab',
})

test('gives the data of the file, and tells which file it was', () => {
  const reads: unknown[] = []
  const functions = { effects: { loadFromFile }, onEffect: (read: unknown) => reads.push(read) }
  expect(jsonOf('load_from_file("p.json").version', { functions })).toBe('1.2')
  expect(jsonOf('load_from_file("p.json")["list"][1]', { functions })).toBe(2.5)
  expect(reads[0]).toEqual({ kind: 'file', name: 'p.json', path: '/r/p.json', sha256: 'ab' })
})

test('needs the experimental flag', () => {
  const functions = { effects: { loadFromFile }, experimental: false }
  expect(() => jsonOf('load_from_file("p.json")', { functions })).toThrow(/provide the `--experimental` flag/)
})

test('says so where files cannot be read', () => {
  expect(() => jsonOf('load_from_file("p.json")')).toThrow(/not supported yet: `load_from_file`/)
})
