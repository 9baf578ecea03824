/** A build that is going to happen, with everything decided that can be decided without looking at a channel. */
import type { Platform } from '../../conda/index.js'
import type { RenderedOutput } from '../../recipe/index.js'

/** Absolute directories of one build (spec: contract.md 4, build.md 2.1). */
export interface Directories {
  /** Directory of the recipe file: `RECIPE_DIR`. */
  readonly recipe: string
  /** `--output-dir`: the local channel. */
  readonly output: string
  /** Where the package goes and is indexed, when that is not the output directory. */
  readonly channel?: string
  /** `<output>/bld/rattler-build_<name>_<seconds>`: `BUILD_DIR`. */
  readonly build: string
  /** `<build>/work`: `SRC_DIR`. */
  readonly work: string
  /** The padded 255-byte host prefix: `PREFIX`. */
  readonly host: string
  /** `<build>/build_env`, or the host prefix when both are merged: `BUILD_PREFIX`. */
  readonly buildPrefix: string
}

export interface Platforms {
  readonly build: Platform
  readonly host: Platform
  /** Where the package goes: a platform's subdir, or `noarch`. */
  readonly targetSubdir: string
}

export interface PackagingSettings {
  readonly format: 'conda' | 'tar.bz2'
  readonly level: number
  readonly threads: number
}

/** Output of plan-builds, input of solve-environments. Plain JSON except for the provenance of the output. */
export interface BuildPlan {
  /** `name-version-build`, name normalised: the identifier in events, file names and records. */
  readonly id: string
  readonly name: string
  readonly version: string
  readonly buildString: string
  readonly buildNumber: number
  readonly output: RenderedOutput
  readonly platforms: Platforms
  readonly directories: Directories
  readonly recipePath: string
  /** Seconds since the epoch: SOURCE_DATE_EPOCH of the caller, else the start of the run. */
  readonly timestampSeconds: number
  /** Channel URLs in priority order, without the local channel. */
  readonly channels: readonly string[]
  readonly packaging: PackagingSettings
}
