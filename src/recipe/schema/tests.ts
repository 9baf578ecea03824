/** How the package is tested (spec: render.md 6.7). */
import type { OneOfField, Section } from '../field.js'

const texts = (doc: string, item: string) =>
  ({
    kind: 'list',
    keepEmpty: 'always',
    doc,
    item: { kind: 'text', format: 'text', doc: item },
  }) as const
const contents = (doc: string) =>
  ({ kind: 'globs', excludes: true, words: ['exists', 'not_exists'], doc }) as const

export const pythonTestFields = {
  imports: { ...texts('Modules that must be importable.', 'A module.'), single: 'wrap', loneSelector: true },
  pip_check: { kind: 'boolean', default: true, doc: 'Run `pip check`.' },
  python_version: {
    kind: 'list',
    single: 'keep',
    keepEmpty: 'explicit',
    doc: 'Versions of Python to test with.',
    item: { kind: 'text', format: 'python-version', doc: 'For example `3.12`.' },
  },
} as const satisfies Section

export const scriptTestFields = {
  script: { kind: 'script', required: true, doc: 'Commands that must succeed.' },
  requirements: {
    kind: 'section',
    doc: 'Packages that the test needs.',
    fields: {
      run: { kind: 'requirements', doc: 'Packages beside the tested one.' },
      build: { kind: 'requirements', doc: 'Packages for the machine that runs the test.' },
    },
  },
  files: {
    kind: 'section',
    doc: 'Files that are put into the package for the test.',
    fields: {
      source: { kind: 'globs', excludes: false, doc: 'Files of the sources.' },
      recipe: { kind: 'globs', excludes: false, doc: 'Files beside the recipe.' },
    },
  },
} as const satisfies Section

export const packageContentsFields = {
  files: contents('Files anywhere in the package.'),
  site_packages: contents('Python modules.'),
  bin: contents('Programs.'),
  lib: contents('Libraries.'),
  include: contents('Headers.'),
  strict: {
    kind: 'boolean',
    default: false,
    words: 'yes-no',
    doc: 'Every file must be covered by one of the lists.',
  },
} as const satisfies Section

const section = (fields: Section, doc: string) => ({ kind: 'section', keepEmpty: true, fields, doc }) as const

/** One test; its kind is told by the key that is present. */
export const testField: OneOfField = {
  kind: 'one-of',
  what: 'test',
  doc: 'One test.',
  alternatives: {
    python: { python: section(pythonTestFields, 'Python modules can be imported.') },
    perl: { perl: section({ uses: texts('Perl modules.', 'A module.') }, 'Perl modules can be loaded.') },
    r: { r: section({ libraries: texts('R libraries.', 'A library.') }, 'R libraries can be loaded.') },
    ruby: { ruby: section({ requires: texts('Ruby modules.', 'A module.') }, 'Ruby modules can be loaded.') },
    script: scriptTestFields,
    downstream: {
      downstream: { kind: 'text', format: 'text', doc: 'A package whose own tests must pass with this one.' },
    },
    package_contents: {
      package_contents: section(packageContentsFields, 'The package has, or has not, certain files.'),
    },
  },
  lenient: ['python', 'perl', 'r', 'ruby', 'package_contents'],
}
