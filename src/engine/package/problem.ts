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
  /** In the package; absent when the problem is that of the whole package. */
  readonly path?: string
  readonly message: string
  readonly advice: string
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
  /** Those of paths in their order, then those of the whole package. */
  readonly problems: readonly Problem[]
}
