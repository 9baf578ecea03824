/** The settings of commands that change channels, one row each (spec: package.md 9.2). */
import type { Setting } from './setting.js'

/** Part of the table of all settings. */
export const publishing = {
  to: {
    kind: 'text',
    fallback: undefined,
    flags: '--to <channel>',
    group: 'Publishing',
    doc: 'Directory of the channel; `publish` makes it when it does not exist',
  },
  label: {
    kind: 'text',
    fallback: 'main',
    flags: '--label <label>',
    group: 'Publishing',
    doc: 'Label of the packages; other ones than `main` are channels of their own at `label/<label>`',
  },
  force: {
    kind: 'flag',
    fallback: false,
    flags: '--force',
    group: 'Publishing',
    doc: 'Replace packages of the same name; with `channel index`: read every file again',
  },
  buildNumber: {
    kind: 'text',
    fallback: undefined,
    flags: '--build-number <number>',
    group: 'Publishing',
    doc: 'Build number of all outputs, or `+1` to count from the highest of the channel',
  },
} as const satisfies Record<string, Setting>
