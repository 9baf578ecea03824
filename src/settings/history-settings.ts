/** The settings of commands that look back at builds. */
import type { Setting } from './setting.js'

const off = { kind: 'flag', fallback: false, group: 'Result' } as const
const text = { kind: 'text', fallback: undefined, group: 'Result' } as const

export const history = {
  follow: { ...off, flags: '-f, --follow', doc: 'Go on with what a running build tells, until it ends' },
  logStep: {
    ...text,
    flags: '--step <step>',
    choices: ['solve', 'install', 'sources', 'script', 'package', 'test'],
    doc: 'Only what this step told',
  },
  since: {
    ...text,
    flags: '--since <time>',
    doc: 'Only what was told since then: 10m, 2h, 1d, or a time such as 2026-01-31T00:00:00Z',
  },
  atTime: {
    ...text,
    flags: '--at <hh:mm:ss>',
    doc: 'The last lines up to this time after the start of the build, and what was running then',
  },
  failedOnly: { ...off, flags: '--failed', doc: 'Only builds that failed' },
} as const satisfies Record<string, Setting>
