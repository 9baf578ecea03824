/** The settings of channels and of how packages are chosen from them, one row each. */
import type { Setting } from './setting.js'

/** Part of the table of all settings. */
export const channels = {
  channel: {
    kind: 'list',
    fallback: [],
    flags: '-c, --channel <channel>',
    config: 'default-channels',
    group: 'Channels',
    doc: 'Channel to take packages from: name, URL or directory',
  },
  lock: {
    kind: 'text',
    fallback: undefined,
    bare: '',
    flags: '--lock [file]',
    group: 'Channels',
    doc: 'Write the exact packages of all environments to this file, by default `recipe.lock.yaml` beside the recipe',
  },
  locked: {
    kind: 'flag',
    fallback: false,
    flags: '--locked',
    group: 'Channels',
    doc: 'Use exactly the packages of the lock file, or fail if it does not fit any more',
  },
  excludeNewer: {
    kind: 'text',
    fallback: undefined,
    flags: '--exclude-newer <time>',
    group: 'Channels',
    doc: 'Ignore packages after this time (RFC 3339, for example 2026-01-31T00:00:00Z)',
  },
  channelPriority: {
    kind: 'text',
    fallback: 'strict',
    choices: ['strict', 'flexible', 'disabled'],
    flags: '--channel-priority <mode>',
    group: 'Channels',
    doc: 'Whether a package comes only from the first channel that has it',
  },
  solveStrategy: {
    kind: 'text',
    fallback: 'highest',
    choices: ['highest', 'lowest', 'lowest-direct'],
    flags: '--solve-strategy <strategy>',
    group: 'Channels',
    doc: 'Which versions are tried first; `lowest-direct` is for the packages that the recipe names',
  },
} as const satisfies Record<string, Setting>
