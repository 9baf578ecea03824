/** Scripts and build steps (spec: render.md 6.4). */
import type { Section } from '../field.js'

const env = {
  kind: 'map',
  doc: 'Environment variables for the script; the values are rendered, empty ones left out.',
  keys: 'env-name',
  dropEmpty: true,
  value: { kind: 'text', format: 'env-value', doc: 'Value of the variable.' },
} as const

const content = {
  kind: 'list',
  single: 'wrap',
  keepEmpty: 'explicit',
  doc: 'Commands; templates in them are filled right before the script runs.',
  item: { kind: 'text', format: 'text', doc: 'A command, or several lines of them.' },
} as const

/** Fields of a script that is written as a mapping. */
export const scriptFields = {
  interpreter: { kind: 'text', format: 'text', doc: 'Program that runs the script, for example `python`.' },
  env,
  secrets: {
    kind: 'list',
    selectors: false,
    doc: 'Names of environment variables that are passed on and masked in all output.',
    item: { kind: 'text', format: 'text', verbatim: true, doc: 'Name of a variable.' },
  },
  content,
  file: { kind: 'text', format: 'text', doc: 'File with the script, relative to the recipe.' },
  cwd: { kind: 'text', format: 'text', doc: 'Directory to run in, relative to the prefix.' },
} as const satisfies Section

/** Fields of one build step. */
export const stepFields = {
  run: { ...content, doc: 'Commands of the step.', required: true },
  interpreter: scriptFields.interpreter,
  env,
  cwd: scriptFields.cwd,
  reusable: {
    kind: 'boolean',
    default: false,
    doc: 'With `--dirty` the step is skipped as long as it and everything before it is unchanged; for steps that write only to the work directory and the prefix.',
  },
  if: { kind: 'expressions', doc: 'The step only runs when this expression is true.' },
} as const satisfies Section
