/** What a channel says about one archive (spec: package.md 7.2). */

/** A record of repodata.json; keys as in the file. */
export interface PackageRecord {
  readonly name: string
  readonly version: string
  readonly build: string
  readonly build_number: number
  readonly subdir: string
  readonly depends: readonly string[]
  readonly constrains?: readonly string[]
  /** Optional dependencies by group (CEP 45). */
  readonly extra_depends?: { readonly [group: string]: readonly string[] }
  readonly arch?: string | null
  readonly platform?: string | null
  readonly noarch?: 'python' | 'generic'
  readonly license?: string
  readonly license_family?: string
  readonly md5?: string
  readonly sha256?: string
  readonly size?: number
  /** Milliseconds since the epoch in everything krait writes; old records have seconds. */
  readonly timestamp?: number
  readonly track_features?: string
  readonly features?: string
  readonly python_site_packages_path?: string
  readonly run_exports?: {
    readonly weak?: readonly string[]
    readonly strong?: readonly string[]
    readonly noarch?: readonly string[]
    readonly weak_constrains?: readonly string[]
    readonly strong_constrains?: readonly string[]
  }
}
