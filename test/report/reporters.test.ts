import { describe, expect, test, vi } from 'vitest'
import type { BuildEvent } from '../../src/events/index.js'
import {
  createJsonReporter,
  createPlainReporter,
  createStyle,
  createTerminalReporter,
  wantsColors,
} from '../../src/report/index.js'
import { testSystem } from '../support/system.js'

function setup(colors = false) {
  const written: string[] = []
  const stream = {
    write: (text: string) => void written.push(text),
    drained: () => undefined,
    isTerminal: true,
    columns: () => 100,
  }
  const { env, clock } = testSystem({ env: { LANG: 'C.UTF-8' }, nowMs: 1_700_000_000_000 })
  const style = createStyle({ colors, width: 100, currentDirectory: '/', env })
  return { stream, style, clock, text: () => written.join('') }
}

const line: BuildEvent = {
  type: 'script-line',
  output: 'x-1-0',
  phase: 'build',
  stream: 'stdout',
  text: 'compiling \x1b[1mx.c\x1b[0m',
}
const started: BuildEvent = { type: 'stage-started', stage: 'script', output: 'x-1-0' }
const done: BuildEvent = {
  type: 'stage-finished',
  stage: 'script',
  output: 'x-1-0',
  ms: 10,
  facts: { interpreter: 'bash', lines: 1 },
}

describe('the plain reporter', () => {
  test('writes no ESC bytes and no moving parts', () => {
    const { stream, style, text } = setup()
    const emit = createPlainReporter({ stream, style, verbosity: 'normal', github: false })
    for (const event of [started, line, done]) emit(event)
    expect(text()).not.toContain('\x1b')
    expect(text().split('\n')).toEqual(['    │ compiling x.c', expect.stringContaining('✔ script'), ''])
  })

  test('groups outputs and annotates mistakes on GitHub', () => {
    const { stream, style, text } = setup()
    const emit = createPlainReporter({ stream, style, verbosity: 'normal', github: true })
    emit({
      type: 'output-started',
      output: 'x-1-0',
      name: 'x',
      version: '1',
      build: '0',
      variant: {},
      index: 0,
      count: 1,
    })
    emit({
      type: 'build-failed',
      code: 'load/x',
      message: 'm',
      exitCode: 3,
      diagnostics: [
        { severity: 'error', code: 'load/x', message: 'bad 100%\nreally', location: 'r/recipe.yaml:3:7' },
      ],
    })
    expect(text()).toContain('::group::x-1-0\n')
    expect(text()).toContain('::error file=r/recipe.yaml,line=3,col=7::bad 100%25%0Areally\n')
  })
})

test('the JSON reporter writes one object a line, in the shape scripts know, with the event', () => {
  const { stream, style, clock, text } = setup()
  const emit = createJsonReporter({ stream, style, clock, verbosity: 'normal' })
  for (const event of [started, line, done]) emit(event)
  const entries = text()
    .trim()
    .split('\n')
    .map((entry) => JSON.parse(entry))
  expect(entries).toHaveLength(3)
  expect(entries[1]).toMatchObject({
    timestamp: '2023-11-14T22:13:20.000Z',
    level: 'INFO',
    fields: { message: 'compiling x.c' },
    target: 'krait',
    span: { name: 'x-1-0' },
    event: { type: 'script-line' },
  })
})

describe('the terminal reporter', () => {
  test('shows the end of the output while the script runs and takes it away when it succeeds', () => {
    vi.useFakeTimers()
    const { stream, style, clock, text } = setup(true)
    const reporter = createTerminalReporter({ stream, style, clock, verbosity: 'normal' })
    reporter.emit(started)
    reporter.emit(line)
    vi.advanceTimersByTime(100)
    expect(text()).toContain('compiling x.c')
    reporter.emit(done)
    reporter.close()
    vi.useRealTimers()
    const afterClear = text().slice(text().lastIndexOf('\x1b[0J'))
    expect(afterClear).toContain('script')
    expect(afterClear).not.toContain('compiling')
  })

  test('tells how far long work is', () => {
    vi.useFakeTimers()
    const { stream, style, clock, text } = setup(true)
    const reporter = createTerminalReporter({ stream, style, clock, verbosity: 'normal' })
    reporter.emit(started)
    reporter.emit({
      type: 'progress',
      stage: 'package',
      action: 'compress',
      subject: 'x.conda',
      done: 412e6,
      total: 721e6,
      unit: 'bytes',
    })
    vi.advanceTimersByTime(100)
    reporter.close()
    vi.useRealTimers()
    expect(text()).toContain('compressing x.conda  412 MB of 721 MB  57 %')
  })
})

test.each([
  { when: 'auto', env: {}, terminal: true, colors: true },
  { when: 'auto', env: {}, terminal: false, colors: false },
  { when: 'auto', env: { NO_COLOR: '1' }, terminal: true, colors: false },
  { when: 'auto', env: { FORCE_COLOR: '1' }, terminal: false, colors: true },
  { when: 'auto', env: { TERM: 'dumb' }, terminal: true, colors: false },
  { when: 'never', env: { FORCE_COLOR: '1' }, terminal: true, colors: false },
  { when: 'always', env: { NO_COLOR: '1' }, terminal: false, colors: true },
])(
  '--color $when with $env on a terminal ($terminal) colours: $colors',
  ({ when, env, terminal, colors }) => {
    expect(wantsColors(when, testSystem({ env: env as Record<string, string> }).env, terminal)).toBe(colors)
  },
)

describe('a run with several outputs at a time', () => {
  const run: BuildEvent = {
    type: 'run-started',
    version: '1',
    recipe: '3 recipes',
    platform: 'linux-64',
    outputs: 3,
    jobs: 2,
  }
  const begin = (output: string): BuildEvent[] => [
    {
      type: 'output-started',
      output,
      name: output,
      version: '1',
      build: '0',
      variant: {},
      index: 0,
      count: 3,
    },
    { type: 'stage-started', stage: 'script', output },
    { type: 'script-line', output, phase: 'build', stream: 'stdout', text: `compiling ${output}` },
  ]
  const failed: BuildEvent = {
    type: 'build-failed',
    output: 'b-1-0',
    code: 'solve/x',
    message: 'cannot',
    exitCode: 4,
    diagnostics: [],
  }

  test('has lines in a pipe that name their output, and no groups on GitHub', () => {
    const { stream, style, text } = setup()
    const emit = createPlainReporter({ stream, style, verbosity: 'normal', github: true })
    for (const event of [run, ...begin('a-1-0'), ...begin('b-1-0'), failed]) emit(event)
    expect(text()).not.toContain('::group::')
    expect(text()).not.toContain('::endgroup::')
    const [first, ...lines] = text().trim().split('\n')
    expect(first).toContain('3 outputs · 2 at a time')
    expect(lines.filter((line) => !/^(?:[ab]-1-0 \| |::error)/.test(line))).toEqual([])
    expect(lines).toContain('a-1-0 |   │ compiling a-1-0')
    expect(lines).toContain('b-1-0 | error[solve/x]: cannot')
  })

  test('has a table on a terminal: what runs, and how many wait, are done and have failed', () => {
    vi.useFakeTimers()
    const { stream, style, clock, text } = setup()
    const reporter = createTerminalReporter({ stream, style, clock, verbosity: 'normal' })
    const frame = () => {
      vi.advanceTimersByTime(100)
      return text().slice(text().lastIndexOf('\x1b[0J') + 4)
    }
    for (const event of [run, ...begin('a-1-0'), ...begin('b-1-0')]) reporter.emit(event)
    vi.advanceTimersByTime(100)
    expect(frame()).toMatch(/ a-1-0 {2}script .* compiling a-1-0\n.* b-1-0 {2}script .* compiling b-1-0\n/)
    expect(frame()).toMatch(/\n {2}2 running · 1 waiting · 0 done\n$/)
    reporter.emit(failed)
    reporter.emit({ type: 'output-skipped', output: 'c-1-0', reason: 'b-1-0 failed', cause: 'b-1-0' })
    reporter.emit({ type: 'output-finished', output: 'a-1-0', path: '/a', ms: 1200 })
    frame()
    expect(frame()).toMatch(/^ {2}0 running · 0 waiting · 1 done · 1 failed · 1 skipped\n$/)
    expect(text()).toMatch(/b-1-0\nFailed to resolve dependencies\n\nerror\[solve\/x\]: cannot\n/)
    expect(text()).toContain('c-1-0 skipped: b-1-0 failed\n')
    expect(text()).toMatch(/✔ a-1-0 +1\.2 s\n/)
    reporter.close()
    vi.useRealTimers()
  })
})
