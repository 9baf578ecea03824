/** A package archive. */
import type { PackageRecord } from '../../conda/index.js'
import type { ScriptResult } from '../run-script/index.js'

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

export interface Artifact {
  readonly path: string
  readonly fileName: string
  readonly sizeBytes: number
  /** Size of all files before compression. */
  readonly contentBytes: number
  readonly sha256: string
  readonly md5: string
  readonly paths: readonly PathsEntry[]
  /** The record as the channel index will list it. */
  readonly record: PackageRecord
}

/** Output of write-package. */
export interface PackagedPlan extends ScriptResult {
  readonly artifact: Artifact
}
