/** What differs between two packages, as data. */
import type { Change } from '../compare-renderings.js'

/** One of the two packages. */
export interface ComparedPackage {
  /** As it was named, without credentials. */
  readonly package: string
  readonly id: string
  readonly sha256: string
}

/** What differs between two packages; every list is empty when they hold the same. */
export interface PackageDifference {
  readonly before: ComparedPackage
  readonly after: ComparedPackage
  /** Byte by byte, archive and all. */
  readonly isIdentical: boolean
  /** Values of the metadata documents except for dependencies; paths begin with the document: `index.version`. */
  readonly metadata: readonly Change[]
  readonly dependencies: readonly DependencyDifference[]
  readonly files: readonly FileDifference[]
}

/** A requirement that came, went or got another version. */
export interface DependencyDifference {
  readonly list: 'depends' | 'constrains'
  readonly before?: string
  readonly after?: string
}

/** Whether the packages hold the same, however they are compressed. */
export function isSameContent({ metadata, dependencies, files }: PackageDifference): boolean {
  return metadata.length + dependencies.length + files.length === 0
}

/** A file that came, went or changed; `before` or `after` is absent when only the other package has it. */
export interface FileDifference {
  readonly path: string
  readonly before?: FileFacts
  readonly after?: FileFacts
  /** What other programs see of a library or program, when that changed. */
  readonly binary?: BinaryDifference
  /** Unified diff of a text, without file names. */
  readonly text?: TextDifference
}

export interface BinaryDifference {
  readonly soname?: { readonly before?: string; readonly after?: string }
  readonly runPath?: { readonly before: readonly string[]; readonly after: readonly string[] }
  readonly processors?: ListDifference
  readonly needed?: ListDifference
  readonly exports?: ListDifference
  readonly versions?: ListDifference
}

export interface ListDifference {
  readonly removed: readonly string[]
  readonly added: readonly string[]
}

export interface TextDifference {
  readonly lines: readonly string[]
  /** Lines that were left out at the end. */
  readonly omitted: number
}

/** What can be said about a file without looking into it. */
export interface FileFacts {
  readonly type: 'file' | 'symlink' | 'directory'
  /** `755`; only of files. */
  readonly mode?: string
  /** Bytes; of a link the length of its target. */
  readonly sizeBytes: number
  /** Only of files. */
  readonly sha256?: string
  readonly linkTarget?: string
  /** What installers replace, and how; as `paths.json` says. */
  readonly prefix?: 'text' | 'binary'
}
