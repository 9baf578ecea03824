/** The settings of commands that print a result. */
import type { Setting } from './setting.js'

const off = { kind: 'flag', fallback: false } as const
const text = { kind: 'text', fallback: undefined } as const
const list = { kind: 'list', fallback: [] } as const

/** What is printed, and how. */
export const result = {
  outputName: {
    ...text,
    flags: '--output <name>',
    group: 'Result',
    doc: 'Only this output: its name, its id, or the beginning of its id',
  },
  diff: {
    ...list,
    flags: '--diff <id...>',
    group: 'Result',
    doc: 'What differs between two outputs, and the variant keys that are the cause; exit code 9 when they differ',
  },
  stage: {
    kind: 'text',
    fallback: 'build',
    choices: ['build', 'test'],
    flags: '--stage <stage>',
    group: 'Result',
    doc: 'Which script the environment is for',
  },
  explain: { ...off, flags: '--explain', group: 'Result', doc: 'Say what each variable is for' },
  environment: {
    kind: 'text',
    fallback: undefined,
    choices: ['build', 'host', 'run', 'test'],
    flags: '--environment <name>',
    group: 'Result',
    doc: 'Only this environment',
  },
  shell: {
    ...text,
    flags: '-s, --shell <shell>',
    choices: ['bash', 'zsh', 'fish', 'powershell', 'nushell', 'elvish'],
    group: 'Result',
    doc: 'The shell, when it is not the word behind the command',
  },
  json: { ...off, flags: '--json', group: 'Result', doc: 'Print JSON' },
  table: { ...off, flags: '--table', group: 'Result', doc: 'Print a table for people (the default)' },
  github: {
    ...off,
    flags: '--github',
    group: 'Result',
    doc: 'Print one line of JSON for the `matrix` of a GitHub Actions job',
  },
} as const satisfies Record<string, Setting>
