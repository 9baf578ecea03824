/** What the forms of the index of a subdir are made of. */
import { type Bytes, interleave } from './join-bytes.js'
import { type Page, packagesOf } from './page.js'
import type { RevisionSummaries } from './revision-summaries.js'
import type { SubdirChanges } from './subdir-changes.js'
import type { ListedFile } from './types.js'

export interface SubdirContent {
  readonly subdir: string
  /** In the order of their file names. */
  readonly pages: readonly Page[]
  readonly changes: SubdirChanges
  readonly revisions: RevisionSummaries
}

/** All packages with one of these names, or all packages; only pages that may have some are taken apart. */
export function packagesNamed(
  pages: readonly Page[],
  names: ReadonlySet<string> | undefined,
): readonly ListedFile[] {
  if (!names) return pages.flatMap(packagesOf)
  const wanted = [...names]
  return pages
    .filter((page) => wanted.some((name) => mayHold(page, name)))
    .flatMap(packagesOf)
    .filter(({ record }) => names.has(record.name))
}

/** Files of a package start with its name and `-`; after that character comes `.`. */
function mayHold({ summary: { first, last } }: Page, name: string): boolean {
  return first < `${name}.` && `${name}-` <= last
}

/** The parts of a JSON object with the members that all pages have for it. */
export function jsonObject(pages: readonly Page[], membersOf: (page: Page) => Buffer): readonly Bytes[] {
  const members = pages.map(membersOf).filter(({ length }) => length > 0)
  return ['{', ...interleave(members, ','), '}']
}

export function countPackages(pages: readonly Page[]): number {
  return pages.reduce((sum, { summary }) => sum + summary.packages, 0)
}
