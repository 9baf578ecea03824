/** The settings of calls that build many outputs, and of the graph between them. */
import type { Setting } from './setting.js'

const off = { kind: 'flag', fallback: false } as const
const text = { kind: 'text', fallback: undefined } as const

export const many = {
  jobs: {
    kind: 'number',
    fallback: 1,
    flags: '-j, --jobs <count>',
    group: 'Many outputs',
    doc: 'How many outputs are built at the same time; each waits for what it needs, and gets its part of CPU_COUNT',
  },
  keepGoing: {
    ...off,
    flags: '--keep-going',
    group: 'Many outputs',
    doc: 'Go on after a failure with what does not need the failed output; the same as --continue-on-failure',
  },
  resume: {
    ...off,
    flags: '--resume',
    group: 'Many outputs',
    doc: 'Build only what no earlier run into this output directory has finished, and what has changed since',
  },
  timeBudget: {
    ...text,
    flags: '--time-budget <time>',
    group: 'Many outputs',
    doc: 'Start nothing new after this time (`50m`, `2h`); exit code 10 when something is left',
  },
  dot: { ...off, flags: '--dot', group: 'Result', doc: 'Print the graph for Graphviz' },
  mermaid: { ...off, flags: '--mermaid', group: 'Result', doc: 'Print the graph for Mermaid' },
  dependents: {
    ...text,
    flags: '--dependents <name>',
    group: 'Result',
    doc: 'Only this package and everything that needs it',
  },
} as const satisfies Record<string, Setting>
