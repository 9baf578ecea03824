/** The settings of builds that go on where the last one ended. */
import type { Setting } from './setting.js'

const off = { kind: 'flag', fallback: false, group: 'Dirty builds' } as const
const text = { kind: 'text', fallback: undefined, group: 'Dirty builds' } as const

export const dirty = {
  dirty: {
    ...text,
    bare: 'auto',
    choices: ['auto', 'sources', 'env', 'script'],
    flags: '--dirty [most]',
    doc: 'Keep the build directory, and reuse of it what did not change: everything, or at most up to here; the package goes to `<output-dir>/dirty`',
  },
  fromStep: {
    ...text,
    choices: ['sources', 'env', 'script', 'package', 'test'],
    flags: '--from <step>',
    doc: 'Run this step and all behind it again, changed or not; for builds, means --dirty',
  },
  watch: {
    ...off,
    flags: '--watch',
    doc: 'Build, then build again from the first stale step whenever recipe, script, patch, variant file or source is saved; a save ends the build that runs; means --dirty',
  },
  dirtyKeepPrefix: {
    ...off,
    flags: '--dirty-keep-prefix',
    doc: 'Run the script over what it left in the host prefix, which is faster, and package nothing; means --dirty',
  },
  dirtyPublish: {
    ...off,
    flags: '--dirty-publish',
    doc: 'Put the dirty package, which is marked all the same, into the output directory itself; means --dirty',
  },
  dirtyExplain: {
    ...off,
    flags: '--dirty-explain',
    doc: 'Build nothing, and say what --dirty would reuse, and why not the rest',
  },
  dirtyReset: {
    ...off,
    flags: '--dirty-reset',
    doc: 'Build nothing, and remove what --dirty keeps for these recipes and variants',
  },
} as const satisfies Record<string, Setting>
