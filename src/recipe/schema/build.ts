/** How the package is built (spec: render.md 6.3). */
import type { Section } from '../field.js'
import { stepFields } from './script.js'

const globs = (doc: string) => ({ kind: 'globs', excludes: false, doc }) as const
const behavior = (doc: string) =>
  ({
    kind: 'choice',
    values: ['ignore', 'error'],
    default: 'ignore',
    complaint: "expected 'ignore' or 'error', got '{}'",
    doc,
  }) as const
const texts = (doc: string, item: string) =>
  ({ kind: 'list', doc, item: { kind: 'text', format: 'text', doc: item } }) as const

const pythonFields = {
  entry_points: {
    kind: 'list',
    doc: 'Programs that call a Python function.',
    item: { kind: 'text', format: 'entry-point', doc: '`command = module:function`.' },
  },
  skip_pyc_compilation: globs('Files that are not compiled to bytecode.'),
  use_python_app_entrypoint: {
    kind: 'boolean',
    default: false,
    doc: 'Make entry points macOS applications.',
  },
  version_independent: {
    kind: 'boolean',
    default: false,
    words: 'quoted',
    doc: 'The package works with every later Python (abi3).',
  },
  site_packages_path: { kind: 'text', format: 'trimmed', doc: 'Where this Python has its site-packages.' },
} as const satisfies Section

const dynamicLinkingFields = {
  rpaths: texts('Directories, relative to the prefix, in which binaries look for libraries.', 'A directory.'),
  binary_relocation: {
    kind: 'boolean-or-globs',
    default: true,
    doc: 'Make the rpaths of binaries relative.',
  },
  missing_dso_allowlist: globs('Libraries that may be missing.'),
  rpath_allowlist: globs('Rpaths outside of the prefix that are allowed.'),
  overdepending_behavior: behavior('What to do about a dependency that nothing links against.'),
  overlinking_behavior: behavior('What to do about a library that belongs to no dependency.'),
} as const satisfies Section

const variantFields = {
  use_keys: texts('Variant keys that count although nothing reads them.', 'A key.'),
  ignore_keys: texts('Variant keys that do not count.', 'A key.'),
  down_prioritize_variant: {
    kind: 'integer',
    min: -(2 ** 31),
    max: 2 ** 31 - 1,
    doc: 'Makes a solver prefer other variants.',
  },
} as const satisfies Section

const prefixDetectionFields = {
  force_file_type: {
    kind: 'section',
    doc: 'Files whose type is not guessed.',
    fields: { text: globs('Files that are text.'), binary: globs('Files that are binary.') },
  },
  ignore: { kind: 'boolean-or-globs', default: false, doc: 'Do not look for the prefix in files.' },
  ignore_binary_files: { kind: 'boolean', default: false, doc: 'Do not look for the prefix in binaries.' },
} as const satisfies Section

const postProcessFields = {
  files: { ...globs('Files to change.'), required: true },
  regex: { kind: 'text', format: 'regex', required: true, doc: 'What to look for.' },
  replacement: { kind: 'text', format: 'text', required: true, doc: 'What to put in its place.' },
} as const satisfies Section

export const buildFields = {
  number: {
    kind: 'integer',
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    whenEmpty: 0,
    doc: 'Counts rebuilds of one version.',
  },
  string: { kind: 'deferred', doc: 'The whole build string, when the default one does not fit.' },
  script: { kind: 'script', doc: 'The script that builds; `build.sh` or `build.bat` when absent.' },
  steps: {
    kind: 'list',
    gate: 'experimental',
    selectors: false,
    keepEmpty: 'explicit',
    doc: 'The script in steps.',
    item: { kind: 'section', fields: stepFields, doc: 'One step.' },
  },
  noarch: {
    kind: 'choice',
    values: ['python', 'generic'],
    absent: ['', '~', 'null', 'none', 'None'],
    complaint: "invalid noarch type '{}'. Expected 'python' or 'generic'",
    doc: 'The package is the same on every platform.',
  },
  flags: {
    kind: 'list',
    gate: 'v3',
    doc: 'Flags by which specs can choose between builds.',
    item: { kind: 'text', format: 'build-flag', doc: 'For example `blas:openblas`.' },
  },
  python: { kind: 'section', fields: pythonFields, doc: 'Settings of Python packages.' },
  always_copy_files: globs('Files that are copied, never linked, on installation.'),
  always_include_files: globs('Files that are packaged although they are not new.'),
  merge_build_and_host_envs: { kind: 'boolean', default: false, doc: 'One environment for both.' },
  files: { kind: 'globs', excludes: true, doc: 'Only these new files are packaged.' },
  dynamic_linking: { kind: 'section', fields: dynamicLinkingFields, doc: 'Libraries and their paths.' },
  variant: { kind: 'section', fields: variantFields, doc: 'Which variant keys count.' },
  prefix_detection: {
    kind: 'section',
    fields: prefixDetectionFields,
    doc: 'Search for the prefix in files.',
  },
  post_process: {
    kind: 'list',
    doc: 'Changes to files after the script.',
    item: { kind: 'section', fields: postProcessFields, doc: 'One change.' },
  },
  skip: { kind: 'expressions', nullable: true, doc: 'Do not build when one of these expressions is true.' },
} as const satisfies Section

/** `build` of a staging output. */
export const stagingBuildFields = {
  string: { kind: 'ignored', doc: 'Always empty.' },
  script: buildFields.script,
  steps: buildFields.steps,
} as const satisfies Section
