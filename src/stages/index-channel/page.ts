/**
 * Keeps what the index says of neighbouring files of a subdir as text that is ready for all its forms: of thousands of packages
 * only the pages on which something changed are taken apart and put together again.
 */
import type { PackageRecord } from '../../conda/index.js'
import {
  type Extension,
  extensionOf,
  extensions,
  keyIn,
  type SectionKey,
  sectionKeys,
  sectionOf,
} from './index-sections.js'
import { concatBytes } from './join-bytes.js'
import type { PackageFacts } from './package-facts.js'
import { columnsOf, joinPairs, splitPairs, toLine } from './remembered-lines.js'
import { type RevisionSummaries, summarizeRevisions } from './revision-summaries.js'
import type { ListedFile, QuarantinedFile } from './types.js'

/** A file as it was when it was read: what the index says of it, or why that is nothing. */
export interface ReadFile {
  readonly fn: string
  /** Of the file that was read. */
  readonly stamp: string
  readonly content: ListedFile | { readonly problem: string }
}

export interface Page {
  readonly summary: PageSummary
  /** Names and stamps of all its files (`entriesOf`). */
  readonly entries: string
  /** Members of JSON objects, without braces. */
  readonly records: Readonly<Record<SectionKey, Buffer>>
  readonly runExports: Readonly<Record<Extension, Buffer>>
  /** JSON of what no form holds as it is. */
  readonly notes: Buffer
  /** All that, as it is remembered. */
  readonly line: Buffer
}

export interface PageSummary {
  /** File names. */
  readonly first: string
  readonly last: string
  /** How many packages it has. */
  readonly packages: number
  /** Whether the facts of all of them are there. */
  readonly hasFacts: boolean
  readonly hasProblems: boolean
  readonly revisions: RevisionSummaries
}

interface PageNotes {
  /** By file name. */
  readonly facts: Readonly<Record<string, PackageFacts>>
  readonly problems: Readonly<Record<string, string>>
}

/** @param files sorted by name; at least one */
export function toPage(files: readonly ReadFile[]): Page {
  const listed = files.flatMap(({ content }) => ('problem' in content ? [] : [content]))
  const problems = files.flatMap(({ fn, content }) => ('problem' in content ? [[fn, content.problem]] : []))
  const facts = listed.flatMap((file) => (file.facts ? [[file.fn, file.facts]] : []))
  const summary: PageSummary = {
    first: files[0]?.fn ?? '',
    last: files.at(-1)?.fn ?? '',
    packages: listed.length,
    hasFacts: facts.length === listed.length,
    hasProblems: problems.length > 0,
    revisions: summarizeRevisions(listed),
  }
  const notes = { facts: Object.fromEntries(facts), problems: Object.fromEntries(problems) }
  // JSON has no raw tabs and line breaks, and neither has the name of a package file.
  const line = toLine(
    JSON.stringify(summary),
    entriesOf(files),
    ...sectionKeys.map((key) => recordsIn(key, listed)),
    ...extensions.map((extension) => runExportsIn(extension, listed)),
    JSON.stringify(notes),
  )
  return fromLine(Buffer.from(line))
}

/** Two equal texts are of the same files. */
export function entriesOf(files: readonly Pick<ReadFile, 'fn' | 'stamp'>[]): string {
  return joinPairs(files.map(({ fn, stamp }) => [fn, stamp]))
}

function recordsIn(key: SectionKey, files: readonly ListedFile[]): string {
  const own = files.filter((file) => sectionOf(file) === key)
  return own.map(({ fn, record }) => toMember(keyIn(key, fn), record)).join(',')
}

/** Packages without run exports are listed too: a client need not look into them. */
function runExportsIn(extension: Extension, files: readonly ListedFile[]): string {
  const own = files.filter(({ fn }) => extensionOf(fn) === extension)
  return own.map(({ fn, record }) => toMember(fn, { run_exports: record.run_exports ?? {} })).join(',')
}

function toMember(key: string, value: object): string {
  return `${JSON.stringify(key)}:${JSON.stringify(value)}`
}

/** A page as it was remembered. */
export function fromLine(line: Buffer): Page {
  const columns = columnsOf(line)
  const column = (at: number) => columns[at] ?? Buffer.of()
  return {
    summary: parse<PageSummary>(column(0)),
    entries: column(1).toString(),
    records: {
      '.tar.bz2': column(2),
      '.conda': column(3),
      '3.tar.bz2': column(4),
      '3.conda': column(5),
    },
    runExports: { '.tar.bz2': column(6), '.conda': column(7) },
    notes: column(8),
    line,
  }
}

function parse<T>(json: Buffer): T {
  return JSON.parse(json.toString()) as T
}

type Members = Readonly<Record<string, PackageRecord>>

/** Takes a page apart: gives what `toPage` was given. */
export function filesOf({ entries, records, notes }: Page): readonly ReadFile[] {
  const { facts, problems } = parse<PageNotes>(notes)
  const sections = sectionKeys.map((key) => ({
    key,
    members: parse<Members>(concatBytes(['{', records[key], '}'])),
  }))
  const contentOf = (fn: string): ReadFile['content'] => {
    for (const { key, members } of sections) {
      const record = key.endsWith(extensionOf(fn)) ? members[keyIn(key, fn)] : undefined
      if (!record) continue
      return {
        fn,
        record,
        ...(key.startsWith('3') && { revision: 3 }),
        ...(facts[fn] && { facts: facts[fn] }),
      }
    }
    return { problem: problems[fn] ?? '' }
  }
  return splitPairs(entries).map(([fn, stamp]) => ({ fn, stamp, content: contentOf(fn) }))
}

/** The packages of a page. */
export function packagesOf(page: Page): readonly ListedFile[] {
  return filesOf(page).flatMap(({ content }) => ('problem' in content ? [] : [content]))
}

export function quarantinedOf({ summary, notes }: Page): readonly QuarantinedFile[] {
  if (!summary.hasProblems) return []
  const { problems } = parse<PageNotes>(notes)
  return Object.entries(problems).map(([fn, reason]) => ({ fn, reason }))
}
