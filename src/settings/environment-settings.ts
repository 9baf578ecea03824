/** The settings of environments and of the package cache. */
import type { Setting } from './setting.js'

const off = { kind: 'flag', fallback: false } as const
const text = { kind: 'text', fallback: undefined } as const

export const environments = {
  prefix: {
    ...text,
    flags: '-p, --prefix <dir>',
    group: 'Environment',
    doc: 'Directory of the environment',
  },
  platform: {
    ...text,
    flags: '--platform <platform>',
    group: 'Environment',
    doc: 'Platform the environment is for; this machine unless given',
  },
  dryRun: {
    ...off,
    flags: '--dry-run',
    group: 'Environment',
    doc: 'Only say what would be done',
  },
  linkScripts: {
    kind: 'text',
    fallback: 'run',
    choices: ['run', 'skip', 'error'],
    flags: '--link-scripts <policy>',
    env: ['KRAIT_LINK_SCRIPTS'],
    group: 'Environment',
    doc: 'Post-link and pre-unlink scripts of packages: `run` warns when one fails, `error` stops then, `skip` runs none',
  },
  olderThan: {
    ...text,
    flags: '--older-than <duration>',
    group: 'Cache',
    doc: 'Only what was unpacked or fetched longer ago: 30d, 12h, 90m',
  },
  allPackages: {
    ...off,
    flags: '--all',
    group: 'Cache',
    doc: 'With `cache clean`: also packages that environments link to, whose files stay; with `package inspect`: every section but `--binaries`',
  },
} as const satisfies Record<string, Setting>
