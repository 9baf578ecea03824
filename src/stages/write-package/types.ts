/** A package archive. */
import type { ArchiveEntry } from '../../archive/index.js'
import type { IndexedRecord } from '../../conda/index.js'
import type { SecretScan } from '../../events/index.js'
import type { ScriptResult } from '../run-script/index.js'
import type { LinkingFix } from './linking/linking-fix.js'

/** One entry of info/paths.json, in its key order (spec: package.md 2.2). */
export interface PathsEntry {
  readonly _path: string
  readonly no_link?: true
  readonly path_type: 'hardlink' | 'softlink' | 'directory'
  readonly file_mode?: 'text' | 'binary'
  readonly prefix_placeholder?: string
  readonly sha256?: string
  readonly size_in_bytes?: number
}

/** info/index.json, members in the order of the file; the ones that may be undefined are then absent. */
export interface IndexJson {
  readonly arch: string | undefined
  readonly build: string
  readonly build_number: number
  readonly constrains: readonly string[] | undefined
  readonly depends: readonly string[]
  readonly extra_depends: Readonly<Record<string, readonly string[]>> | undefined
  readonly flags: readonly string[] | undefined
  readonly license: string | undefined
  readonly license_family: string | undefined
  readonly name: string
  readonly noarch: 'python' | 'generic' | undefined
  readonly platform: string | undefined
  readonly python_site_packages_path: string | undefined
  readonly repodata_revision: number | undefined
  readonly subdir: string
  readonly timestamp: number
  readonly track_features: string | undefined
  readonly version: string
}

/** What the caller decides about packaging; everything absent is off. */
export interface WritePackageOptions {
  /** The program that writes the package, for the build record. */
  readonly tool: { readonly name: string; readonly version: string }
  /** Store the recipe in the package; on unless false. */
  readonly includeRecipe?: boolean
  readonly extraMeta?: Readonly<Record<string, string>>
  /** Files of an earlier build may be in it: `extra.dirty` in about.json says so. */
  readonly isDirty?: boolean
  readonly allowAbsoluteLicensePaths?: boolean
  readonly allowSymlinksOnWindows?: boolean
  readonly errorPrefixInBinary?: boolean
  /** Write members of the third repodata revision. */
  readonly v3?: boolean
  readonly channelPriority?: 'strict' | 'flexible' | 'disabled'
  /** Is told of each requirement that the recipe lacks for the libraries that are needed. */
  readonly onLinkingFix?: (fix: LinkingFix) => void
  /** What the package must not contain. */
  readonly secrets?: SecretScan
  /** Fills the templates of test scripts; without it they are stored as they are. */
  readonly renderScript?: (text: string) => string
}

/** Everything that will be in the archive, decided and hashed, before the archive is written. */
export interface StagedPackage {
  readonly paths: readonly PathsEntry[]
  readonly content: readonly ArchiveEntry[]
  readonly info: readonly ArchiveEntry[]
  readonly index: IndexJson
  /** Members of info/run_exports.json, when there is one. */
  readonly runExports: object | undefined
  /** Directory with changed files; belongs to the package until its archive is written. */
  readonly stagingDirectory: string
}

export interface Artifact {
  /** Absolute; alone in its directory until the package is in its channel. */
  readonly path: string
  readonly fileName: string
  readonly sizeBytes: number
  /** Size of all files before compression. */
  readonly contentBytes: number
  readonly sha256: string
  readonly md5: string
  readonly paths: readonly PathsEntry[]
  /** What the channel index will say about it. */
  readonly listed: IndexedRecord
  /** Which encoder made the bytes: `zstd-program`, `zstd-node`, `zstd-wasm`, `bzip2-program` or `bzip2-wasm`. */
  readonly codec: string
}

/** Output of write-package. */
export interface PackagedPlan extends ScriptResult {
  readonly artifact: Artifact
}
