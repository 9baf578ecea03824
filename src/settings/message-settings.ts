/** The settings that every command has, one row each. */
import type { Setting } from './setting.js'

const off = { kind: 'flag', fallback: false } as const
const text = { kind: 'text', fallback: undefined } as const

/** Part of the table of all settings. */
export const messages = {
  verbose: {
    kind: 'count',
    fallback: 0,
    flags: '-v, --verbose',
    group: 'Messages',
    doc: 'Say more: the whole output of scripts, every file',
  },
  quiet: {
    kind: 'count',
    fallback: 0,
    flags: '-q, --quiet',
    group: 'Messages',
    doc: 'Say only errors and the last line',
  },
  logStyle: {
    ...text,
    choices: ['fancy', 'plain', 'simple', 'json'],
    flags: '--log-style <style>',
    env: ['KRAIT_LOG_STYLE', 'RATTLER_BUILD_LOG_STYLE'],
    group: 'Messages',
    doc: 'How progress is shown',
  },
  color: {
    kind: 'text',
    fallback: 'auto',
    choices: ['always', 'never', 'auto'],
    flags: '--color <when>',
    env: ['KRAIT_COLOR', 'RATTLER_BUILD_COLOR'],
    group: 'Messages',
    doc: 'Whether to use colours',
  },
  configFile: {
    ...text,
    flags: '--config-file <file>',
    group: 'Messages',
    doc: 'Read this configuration file instead of the usual ones',
  },
  noConfig: { ...off, flags: '--no-config', group: 'Messages', doc: 'Read no configuration file' },
} as const satisfies Record<string, Setting>
