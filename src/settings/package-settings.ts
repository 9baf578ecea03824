/** The settings of commands that look into finished packages or build them again. */
import type { Setting } from './setting.js'

const off = { kind: 'flag', fallback: false } as const
const text = { kind: 'text', fallback: undefined } as const

/** Spelled as rattler-build spells them where it has them (spec: package.md 9.4). */
export const finishedPackages = {
  showPaths: {
    ...off,
    flags: '--paths',
    group: 'Result',
    doc: 'Also the files: path, type, size, prefix, SHA-256',
  },
  showRunExports: { ...off, flags: '--run-exports', group: 'Result', doc: 'Also the run exports' },
  showAbout: { ...off, flags: '--about', group: 'Result', doc: 'Also what `about.json` says' },
  showBinaries: {
    ...off,
    flags: '--binaries',
    group: 'Result',
    doc: 'Also programs and libraries: what they need, run paths, versions of symbols; reads the whole package',
  },
  fix: {
    ...off,
    flags: '--fix',
    group: 'Package',
    doc: 'Add the requirements that linked libraries lack to the recipe, comments kept; build again afterwards',
  },
  checkRebuild: { ...off, flags: '--check', group: 'Result', doc: 'End with 9 when the result differs' },
  diffoscope: {
    ...off,
    flags: '--diffoscope',
    group: 'Result',
    doc: 'Also show what diffoscope finds, when the result differs',
  },
  previous: {
    ...text,
    flags: '--previous <package>',
    group: 'Input',
    doc: 'The build before, to compare files and sizes with; with --channel DIR the newest one there',
  },
  expect: {
    ...text,
    flags: '--expect <file>',
    group: 'Input',
    doc: 'A policy to check against (YAML, `expect:` with `max-size`, `forbidden`, `must-have` ...)',
  },
  destination: {
    ...text,
    flags: '-d, --dest <dir>',
    group: 'Output',
    doc: 'Where the package is unpacked to; a directory of its name unless given',
  },
} as const satisfies Record<string, Setting>
