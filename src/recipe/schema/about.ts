/** What people should know about the package (spec: render.md 6.7). */
import type { Section } from '../field.js'

const url = (doc: string) => ({ kind: 'text', format: 'url', doc }) as const

export const aboutFields = {
  homepage: url('Home page of the project.'),
  repository: url('Source repository of the project.'),
  documentation: url('Documentation of the project.'),
  license: { kind: 'text', format: 'license', doc: 'SPDX license expression.' },
  license_file: {
    kind: 'list',
    single: 'wrap',
    keepEmpty: 'explicit',
    doc: 'Files with the license text, from the source or the recipe.',
    item: {
      kind: 'text',
      format: 'glob',
      doc: 'Path or glob.',
      lateBound: ['SRC_DIR', 'RECIPE_DIR', 'BUILD_DIR', 'PREFIX', 'BUILD_PREFIX'],
    },
  },
  license_family: { kind: 'text', format: 'trimmed', doc: 'Family of the license.' },
  summary: { kind: 'text', format: 'trimmed', doc: 'One line about the package.' },
  description: { kind: 'text', format: 'trimmed', doc: 'More about the package.' },
} as const satisfies Section
