/** Settings for everything that is fetched; every command has them. */
import type { Setting } from './setting.js'

export const network = {
  offline: {
    kind: 'flag',
    fallback: false,
    flags: '--offline',
    env: ['KRAIT_OFFLINE'],
    group: 'Network',
    doc: 'Use only what is on this machine: local channels and what earlier runs have fetched',
  },
  authFile: {
    kind: 'text',
    fallback: undefined,
    flags: '--auth-file <file>',
    env: ['KRAIT_AUTH_FILE', 'RATTLER_AUTH_FILE'],
    group: 'Network',
    hidden: true,
    doc: 'JSON file with credentials for hosts',
  },
  mirrors: {
    kind: 'map',
    fallback: {},
    flags: '',
    config: 'mirrors',
    group: 'Network',
    hidden: true,
    doc: 'URLs that are asked in place of the one that begins like the key; the names of channels stay as they are',
  },
} as const satisfies Record<string, Setting>
