import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  parseAssignments,
  parsePackageFormat,
  parseTime,
  resolveSettings,
  type Setting,
  settingTable,
  version,
} from '../../src/settings/index.js'

function resolve(
  flags: Record<string, unknown>,
  env: Record<string, string> = {},
  configs: Parameters<typeof resolveSettings>[0]['configs'] = [],
) {
  return resolveSettings({ flags, env: (name) => env[name], configs })
}

describe('a setting', () => {
  test('takes the flag before the environment before the file before the default', () => {
    const file = { file: '/c.toml', values: { 'default-channels': ['from-file'] } }
    expect(resolve({}).values.outputDir).toBe('./output')
    expect(resolve({}, { CONDA_BLD_PATH: '/env' })).toMatchObject({
      values: { outputDir: '/env' },
      origins: { outputDir: 'CONDA_BLD_PATH' },
    })
    expect(resolve({ outputDir: '/flag' }, { CONDA_BLD_PATH: '/env' })).toMatchObject({
      values: { outputDir: '/flag' },
      origins: { outputDir: '--output-dir' },
    })
    expect(resolve({}, {}, [file])).toMatchObject({
      values: { channel: ['from-file'] },
      origins: { channel: '/c.toml' },
    })
    expect(resolve({ channel: ['x'] }, {}, [file]).values.channel).toEqual(['x'])
  })

  test("prefers krait's own variable to rattler-build's", () => {
    expect(resolve({}, { KRAIT_LOG_STYLE: 'json', RATTLER_BUILD_LOG_STYLE: 'plain' }).values.logStyle).toBe(
      'json',
    )
    expect(resolve({}, { RATTLER_BUILD_LOG_STYLE: 'plain' }).values.logStyle).toBe('plain')
  })

  test('with fixed choices refuses others and suggests the nearest', () => {
    expect(() => resolve({ envIsolation: 'stict' })).toThrow(
      "invalid value 'stict' for '--env-isolation': unknown environment isolation mode 'stict', expected 'strict', 'conda-build', or 'none'",
    )
    expect(() => resolve({}, { RATTLER_BUILD_COLOR: 'purple' })).toThrow("for 'RATTLER_BUILD_COLOR'")
  })

  test.each(['x', '-1', '1.5', ' ', '1e3', '0x10', '99999999999999999999'])(
    'that is a number refuses `%s`',
    (value) => {
      expect(() => resolve({ compressionThreads: value })).toThrow('expected a whole number')
    },
  )
})

describe('--package-format', () => {
  test.each([
    ['conda', { format: 'conda', level: 15 }],
    ['CONDA:max', { format: 'conda', level: 22 }],
    ['conda:-7', { format: 'conda', level: -7 }],
    ['tar-bz2', { format: 'tar.bz2', level: 9 }],
    ['.tar.bz2:1', { format: 'tar.bz2', level: 1 }],
  ])('%s is understood', (text, expected) => {
    expect(parsePackageFormat(text)).toEqual(expected)
  })

  test.each([
    ['conda:23', 'Compression level for conda packages (zstd) must be between -7 and 22'],
    ['tar.bz2:0', 'Compression level for .tar.bz2 must be between 1 and 9'],
    ['conda:x', 'Unknown compression level: x'],
    ['zip', 'Unknown package format: zip'],
  ])('%s is refused', (text, message) => {
    expect(() => parsePackageFormat(text)).toThrow(message)
  })
})

test('assignments keep everything behind the first equals sign', () => {
  expect(parseAssignments(['a=b=c', 'd='], '--x')).toEqual([
    ['a', 'b=c'],
    ['d', ''],
  ])
  expect(() => parseAssignments(['novalue'], '--variant')).toThrow(
    "invalid value 'novalue' for '--variant': expected key=value",
  )
})

test.each([
  ['2026-01-31T00:00:00Z', 1_769_817_600_000],
  ['2026-01-31T01:00:00+01:00', 1_769_817_600_000],
  ['2026-01-31 00:00:00.5Z', 1_769_817_600_500],
])('the time %s is understood', (text, ms) => {
  expect(parseTime(text, '--exclude-newer')).toBe(ms)
})

test.each(['2026-01-31', 'yesterday', '2026-13-31T00:00:00Z'])('the time `%s` is refused', (text) => {
  expect(() => parseTime(text, '--exclude-newer')).toThrow(`invalid value '${text}' for '--exclude-newer'`)
})

test('every setting is documented and has a flag of its own or only a key in configuration files', () => {
  const all: readonly Setting[] = Object.values(settingTable)
  const rows = all.filter(({ flags, config }) => flags !== '' || config === undefined)
  expect(rows.filter(({ doc }) => !/^[^\s].*[^.]$/.test(doc))).toEqual([])
  const flags = rows.map((row) => /--[\w-]+/.exec(row.flags)?.[0])
  expect(new Set(flags).size).toBe(rows.length)
})

test('the version is that of package.json', () => {
  expect(JSON.parse(readFileSync('package.json', 'utf8'))).toMatchObject({ version })
})
