/** Prefixes full of packages. */
import type { ChannelRecord, SolvedPlan } from '../solve-environments/index.js'

/** One entry of `paths_data` in a conda-meta record (spec: environment.md C.4). */
export interface InstalledPath {
  readonly _path: string
  readonly original_path?: string
  readonly path_type:
    | 'hardlink'
    | 'softlink'
    | 'directory'
    | 'unix_python_entry_point'
    | 'windows_python_entry_point_script'
    | 'pyc_file'
  readonly no_link?: true
  readonly sha256?: string
  readonly sha256_in_prefix?: string
  readonly size_in_bytes?: number
  readonly file_mode?: 'text' | 'binary'
  readonly prefix_placeholder?: string
}

/** A record as it lies in conda-meta/. */
export interface PrefixRecord extends ChannelRecord {
  readonly extracted_package_dir: string
  readonly requested_specs: readonly string[]
  /** Relative to the prefix, `/`-separated. */
  readonly files: readonly string[]
  readonly paths_data: { readonly paths_version: 1; readonly paths: readonly InstalledPath[] }
  readonly link: { readonly source: string; readonly type: 1 | 2 | 3 | 4 }
}

export interface Prefix {
  readonly path: string
  /** Subdir of the platform the prefix is for. */
  readonly subdir: string
  readonly records: readonly PrefixRecord[]
}

/** Output of install-prefixes. */
export interface InstalledPlan extends SolvedPlan {
  readonly prefixes: {
    /** Undefined when merged with the host prefix. */
    readonly build: Prefix | undefined
    readonly host: Prefix
    /** Every path in the host prefix before the script runs, relative: whatever is new afterwards gets packaged. */
    readonly hostBaseline: readonly string[]
  }
}
