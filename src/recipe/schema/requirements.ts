/** What a package needs (spec: render.md 6.5). */
import type { Section } from '../field.js'

const specs = (doc: string) => ({ kind: 'requirements', nullable: true, doc }) as const

const runExportFields = {
  noarch: specs('For noarch packages.'),
  strong: specs('For packages that have this one in build or host.'),
  strong_constraints: specs('Constraints instead of dependencies, strong.'),
  weak: specs('For packages that have this one in host.'),
  weak_constraints: specs('Constraints instead of dependencies, weak.'),
} as const satisfies Section

const ignoreRunExportFields = {
  by_name: {
    kind: 'requirements',
    namesOnly: true,
    nullable: true,
    doc: 'Exported packages that are not wanted.',
  },
  from_package: {
    kind: 'requirements',
    namesOnly: true,
    nullable: true,
    doc: 'Packages whose exports are not wanted.',
  },
} as const satisfies Section

export const requirementFields = {
  build: specs('Tools that run on the machine that builds.'),
  host: specs('Libraries and interpreters that the package is built against.'),
  run: specs('What must be installed with the package.'),
  run_constraints: specs('Versions of packages that may be installed beside it.'),
  extras: {
    kind: 'map',
    gate: 'v3',
    keys: 'any',
    sorted: true,
    doc: 'Optional groups of dependencies.',
    value: { kind: 'requirements', keepEmpty: true, doc: 'One group.' },
  },
  run_exports: {
    kind: 'section',
    listMember: 'weak',
    fields: runExportFields,
    doc: 'What packages that are built against this one will need.',
  },
  ignore_run_exports: { kind: 'section', fields: ignoreRunExportFields, doc: 'Exports that are not wanted.' },
} as const satisfies Section

/** `requirements` of a staging output. */
export const stagingRequirementFields = {
  build: requirementFields.build,
  host: requirementFields.host,
  ignore_run_exports: requirementFields.ignore_run_exports,
} as const satisfies Section
