/** Where the sources come from (spec: render.md 6.2). */
import type { OneOfField, Section } from '../field.js'

const patches = {
  kind: 'list',
  doc: 'Patch files, relative to the recipe, applied in this order.',
  item: {
    kind: 'text',
    format: 'text',
    doc: 'Path of a patch.',
    lateBound: ['SRC_DIR', 'RECIPE_DIR', 'BUILD_DIR'],
  },
} as const
const targetDirectory = { kind: 'text', format: 'text', doc: 'Directory below the work directory.' } as const
const filter = {
  kind: 'globs',
  excludes: true,
  doc: 'Only these files of the source are used.',
} as const
const sha256 = { kind: 'text', format: 'sha256', doc: 'SHA-256 of the file, in hexadecimal digits.' } as const
const md5 = { kind: 'text', format: 'md5', doc: 'MD5 of the file, in hexadecimal digits.' } as const
const fileName = { kind: 'text', format: 'trimmed', doc: 'Name under which the file is stored.' } as const

const attestation = {
  kind: 'section',
  doc: 'Who must have signed the file.',
  gate: 'experimental',
  fields: {
    bundle_url: { kind: 'text', format: 'url', doc: 'URL of the signature bundle.' },
    publishers: { kind: 'publishers', doc: 'Publishers that are trusted: `github:owner/repo@ref`.' },
  },
} as const

export const urlSourceFields = {
  url: {
    kind: 'list',
    single: 'unwrap',
    selectors: false,
    required: true,
    doc: 'URL of the file, or several mirrors in the order they are tried.',
    item: { kind: 'text', format: 'url', doc: 'URL of a file.' },
  },
  sha256,
  md5,
  file_name: fileName,
  patches,
  target_directory: targetDirectory,
  attestation,
  filter,
} as const satisfies Section

export const gitSourceFields = {
  git: { kind: 'text', format: 'url-or-path', required: true, doc: 'URL or path of a git repository.' },
  rev: { kind: 'text', format: 'text', doc: 'Commit to check out; `HEAD` is the default.' },
  tag: { kind: 'text', format: 'text', doc: 'Tag to check out.' },
  branch: { kind: 'text', format: 'text', doc: 'Branch to check out.' },
  depth: { kind: 'integer', min: -(2 ** 31), max: 2 ** 31 - 1, doc: 'Number of commits to fetch.' },
  patches,
  target_directory: targetDirectory,
  lfs: { kind: 'boolean', default: false, doc: 'Fetch files of git LFS.' },
  submodules: { kind: 'boolean', default: true, doc: 'Fetch submodules.' },
  expected_commit: { kind: 'text', format: 'text', doc: 'Commit that the revision must turn out to be.' },
  filter,
} as const satisfies Section

export const pathSourceFields = {
  path: { kind: 'text', format: 'text', required: true, doc: 'File or directory, relative to the recipe.' },
  sha256,
  md5,
  patches,
  target_directory: targetDirectory,
  file_name: fileName,
  use_gitignore: {
    kind: 'boolean',
    default: true,
    templates: false,
    doc: 'Leave out what .gitignore files name.',
  },
  filter,
} as const satisfies Section

/** One source; its kind is told by the key that is present. */
export const sourceField: OneOfField = {
  kind: 'one-of',
  what: 'source',
  doc: 'A file, a repository or a directory.',
  alternatives: { git: gitSourceFields, url: urlSourceFields, path: pathSourceFields },
}
