import { describe, expect, test } from 'vitest'
import type { BuildEvent } from '../../src/events/index.js'
import { createStyle, eventLines, type LineOptions, stripControls } from '../../src/report/index.js'

function options(
  changes: { colors?: boolean; locale?: string; verbosity?: LineOptions['verbosity'] } = {},
): LineOptions {
  const variables: Record<string, string> = { LANG: changes.locale ?? 'C.UTF-8' }
  const env = { get: (name: string) => variables[name], all: () => variables }
  return {
    style: createStyle({ colors: changes.colors ?? false, width: 100, currentDirectory: '/home/me', env }),
    verbosity: changes.verbosity ?? 'normal',
    scriptOutput: true,
  }
}

function lines(event: BuildEvent, changes: Parameters<typeof options>[0] = {}): string[] {
  return eventLines(event, options(changes))
}

const finished: BuildEvent = {
  type: 'stage-finished',
  stage: 'script',
  output: 'x-1-0',
  ms: 940,
  facts: { interpreter: 'bash', lines: 14 },
}

describe('a finished stage', () => {
  test.each([
    { stage: 'solve', facts: { build: 3, host: 0 }, text: 'build 3 packages, host 0' },
    { stage: 'install', facts: { packages: 1, files: 1204 }, text: '1 package, 1,204 files' },
    { stage: 'install', facts: { packages: 0, files: 0 }, text: 'nothing to install' },
    { stage: 'sources', facts: { sources: 0, files: 0 }, text: 'No sources to fetch' },
    { stage: 'script', facts: { lines: 0 }, text: 'no script' },
    {
      stage: 'package',
      facts: { files: 4, contentBytes: 38_000, sizeBytes: 12_345, fileName: 'a.conda' },
      text: '4 files, 38 kB → 12 kB  a.conda',
    },
    { stage: 'test', facts: { titles: ['1 script'] }, text: '1 script: all tests passed!' },
  ] as const)('says of $stage: $text', ({ stage, facts, text }) => {
    const [line = ''] = lines({ type: 'stage-finished', stage, output: 'x-1-0', ms: 100, facts })
    expect(line).toContain(text)
    expect(line).toMatch(/ {2}0\.1 s$/)
  })

  test('fits 100 columns with its time at the right margin', () => {
    expect(lines(finished)).toEqual([`  ✔ script     bash, 14 lines, exit 0${' '.repeat(58)}0.9 s`])
  })

  test('has plain symbols where the locale knows no others', () => {
    expect(lines(finished, { locale: 'C' })[0]).toMatch(/^ {2}ok script/)
  })
})

test('colours carry no meaning of their own: without them the words are the same', () => {
  const colored = lines(finished, { colors: true }).map((line) => stripControls(line))
  expect(colored).toEqual(lines(finished))
})

test('quiet shows only failures and the last line', () => {
  expect(lines(finished, { verbosity: 'quiet' })).toEqual([])
  const last: BuildEvent = {
    type: 'run-finished',
    built: 1,
    failed: 0,
    tested: 1,
    channel: '/home/me/output',
    ms: 2900,
    artifacts: [{ path: '/home/me/output/noarch/a-1-0.conda', sizeBytes: 12_000 }],
  }
  expect(lines(last, { verbosity: 'quiet' })).toEqual([
    '',
    '  output/noarch/a-1-0.conda (12 kB)',
    '✔ 1 package in output · all tests passed! · indexed · 2.9 s',
  ])
})

describe('a failure', () => {
  const failed: BuildEvent = {
    type: 'build-failed',
    code: 'load/unknown-key',
    message: '`scripts` is not a field of `build`',
    diagnostics: [
      {
        severity: 'error',
        code: 'load/unknown-key',
        message: '`scripts` is not a field of `build`',
        frame: '   --> recipe.yaml:9:3\n   |\n 9 |   scripts:\n   |   ^^^^^^^ did you mean `script`?',
        location: 'recipe.yaml:9:3',
      },
      { severity: 'error', code: 'load/missing-field', message: 'x', hint: 'add it' },
    ],
    exitCode: 3,
  }

  test('shows every mistake with its frame and hint, and counts them', () => {
    expect(lines(failed)).toEqual([
      'Failed to parse recipe',
      '',
      'error[load/unknown-key]: `scripts` is not a field of `build`',
      '   --> recipe.yaml:9:3',
      '   |',
      ' 9 |   scripts:',
      '   |   ^^^^^^^ did you mean `script`?',
      'error[load/missing-field]: x',
      '  help: add it',
      '',
      '2 errors · krait help load/unknown-key explains a code',
    ])
  })

  test('of a script is a card with the texts that scripts look for', () => {
    const card = lines({
      type: 'build-failed',
      output: 'demo-1-0',
      code: 'script/failed',
      message: 'Script failed with status 2',
      diagnostics: [],
      exitCode: 6,
      details: {
        phase: 'build',
        ms: 14_200,
        location: '/home/me/r/recipe.yaml:31',
        command: 'make install',
        workDirectory: '/o/work',
        prefix: '/o/p',
        tail: ['make: *** Error 1'],
        withheld: [{ name: 'CFLAGS', location: 'recipe.yaml:31' }],
        missingSecrets: [],
        logPath: '/o/work/conda_build.log',
      },
    }).join('\n')
    for (const text of [
      'script failed: demo-1-0, Script failed with status 2',
      'after 14.2 s',
      'r/recipe.yaml:31 make install',
      '| make: *** Error 1',
      'CFLAGS (recipe.yaml:31) is set in your shell, is used by this script, and was not passed (strict isolation)',
      'Script execution failed.',
      '  Work directory: /o/work',
      '  Build prefix: None',
      '  cd "/o/work" && ./conda_build.sh',
    ])
      expect(card).toContain(text)
    expect(card.endsWith('Script failed to execute')).toBe(true)
  })

  test('of krait itself shows the stack and says whose mistake it is', () => {
    const text = lines({
      type: 'build-failed',
      code: 'bug',
      message: 'boom',
      diagnostics: [],
      exitCode: 1,
      details: { stack: 'Error: boom\n  at x' },
    }).join('\n')
    expect(text).toContain('error[bug]: boom')
    expect(text).toContain('a mistake in krait')
  })
})

test('control sequences of a script never reach the terminal, colours only when wanted', () => {
  const event: BuildEvent = {
    type: 'script-line',
    output: 'x',
    phase: 'build',
    stream: 'stdout',
    text: '\x1b[31mred\x1b[0m\x1b[2J\x1b]0;title\x07\x08',
  }
  expect(lines(event)).toEqual(['    │ red'])
  expect(lines(event, { colors: true })[0]).toContain('\x1b[31mred\x1b[0m')
  expect(lines(event, { colors: true })[0]).not.toContain('\x1b[2J')
})

test.each([
  { action: 'reuse', layer: 'host env', reason: '31 packages', text: '  reuse host env (31 packages)' },
  { action: 'update', layer: 'host env', reason: 'zlib 1 -> 2', text: '  update host env: zlib 1 -> 2' },
  { action: 'run', layer: 'script', reason: 'step 2 changed', text: '  run script: step 2 changed' },
] as const)('what becomes of a layer of a dirty build: $text', ({ text, ...judged }) => {
  const event = { type: 'layer-judged', output: 'x-1-0', changes: [], ...judged } as const
  expect(lines(event)).toEqual([text])
  expect(lines(event, { verbosity: 'quiet' })).toEqual([])
})
