/** What `krait package check` finds, as data. */

/** One thing that is wrong, or looks like it. */
export interface Problem {
  /** `error` fails the check. */
  readonly severity: 'error' | 'warning'
  readonly check:
    | 'identity'
    | 'paths'
    | 'placeholder'
    | 'build-path'
    | 'host-path'
    | 'shebang'
    | 'size'
    | 'files'
    | 'binary'
    | 'expect'
  /** In the package; absent when the problem is that of the whole package. */
  readonly path?: string
  readonly message: string
  readonly advice: string
  /** Line of the policy that is not met: `expect.yaml:3:13`. */
  readonly location?: string
  /** All files that a forbidden glob matches. */
  readonly matches?: readonly string[]
}

/** A file that came, went or has another size; bytes, absent where there is no such file. */
export interface FileChange {
  readonly path: string
  readonly before?: number
  readonly after?: number
}

/** What became of the build before; files with other content but the same size are left out. */
export interface PreviousChanges {
  readonly contentBytes: number
  readonly files: readonly FileChange[]
}

export interface PackageReport {
  readonly package: string
  readonly id: string
  /** Of the archive. */
  readonly sizeBytes: number
  /** Files and links outside of `info/`, and what they take unpacked. */
  readonly files: number
  readonly contentBytes: number
  /** The build it was compared with, by file name. */
  readonly previous?: string
  readonly changes?: PreviousChanges
  /** Those of paths in their order, then those of the whole package. */
  readonly problems: readonly Problem[]
}
