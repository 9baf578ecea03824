/** Everything the environment of a script is computed from. */
import type { Platform } from '../../../conda/index.js'
import type { Variant } from '../../../recipe/index.js'
import type { Platforms } from '../../plan-builds/index.js'

/** How much of the caller's environment a script sees (spec: build.md 1.1). */
export type Isolation = 'strict' | 'conda-build' | 'none'

export type EnvStage = 'build' | 'test'

/** The python in the host (build) or test prefix. */
export interface PythonFacts {
  readonly version: string
  /** `python_site_packages_path` of the record, relative to the prefix. */
  readonly sitePackagesPath: string | undefined
}

/** What git says about the sources (spec: build.md 1.3 F). */
export interface GitFacts {
  readonly fullHash: string
  readonly describeTag: string | undefined
  readonly describeNumber: string | undefined
  readonly describeHash: string | undefined
}

/** What Mercurial says about the sources (spec: build.md 1.3 F). */
export interface MercurialFacts {
  readonly revision: string
  readonly shortId: string
  readonly latestTag: string | undefined
  readonly latestTagDistance: string
  readonly branch: string
}

/** Input of the environment table; plain data, so that the whole table can be tested without a build. */
export interface EnvFacts {
  readonly stage: EnvStage
  readonly isolation: Isolation
  readonly platforms: Platforms
  /** The platform a package is made for; the host platform for noarch. */
  readonly targetPlatform: Platform
  readonly prefix: string
  /** Absent in tests without build requirements. */
  readonly buildPrefix: string | undefined
  /** `SRC_DIR` of a build, the working directory of a test. */
  readonly work: string
  /** Absent in tests. */
  readonly buildDirectory: string | undefined
  readonly recipeDirectory: string | undefined
  readonly timestampSeconds: number
  readonly package: {
    readonly name: string
    readonly version: string
    readonly buildNumber: number
    readonly buildString: string
    /** 7 hex digits without prefix and `h`. */
    readonly hash: string
    readonly noarchPython: boolean
  }
  readonly variant: Variant
  readonly python: PythonFacts | undefined
  readonly git: GitFacts | undefined
  readonly mercurial: MercurialFacts | undefined
  /** The caller's environment. */
  readonly caller: Readonly<Record<string, string>>
  readonly cpuCount: number
  /** True when tools may colour their output. */
  readonly colors: boolean
  readonly dirty: boolean
  /** What a dirty build kept of the one before. */
  readonly reused?: readonly string[] | undefined
  /** The script of a staging output: it is no package, so nothing says what package it is. */
  readonly isStaging?: boolean | undefined
}

/** One variable: its name, when it is set, its formula and its documentation. */
export interface EnvRow {
  readonly name: string
  readonly stages: readonly EnvStage[]
  /** One sentence for docs/environment.md. */
  readonly doc: string
  /** Undefined means: not set. */
  readonly value: (facts: EnvFacts) => string | undefined
}
