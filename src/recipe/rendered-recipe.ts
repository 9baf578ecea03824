/**
 * The rendered recipe: what `--render-only` prints under `recipe`, key for key (spec: render.md 6 and 9).
 * Keys keep the recipe's snake_case, because this very object is printed, packaged and explained.
 */
import type { Json } from '../text/index.js'

export interface RenderedRecipe {
  readonly schema_version: 1
  readonly context: { readonly [key: string]: Json }
  readonly package: { readonly name: string; readonly version: string }
  readonly source?: readonly RenderedSource[]
  readonly build: RenderedBuild
  readonly requirements: RenderedRequirements
  readonly tests?: readonly RenderedTest[]
  readonly about?: RenderedAbout
  readonly extra?: { readonly [key: string]: Json }
  readonly staging_caches?: readonly Json[]
  readonly inherits_from?: { readonly cache_name: string; readonly inherit_run_exports: boolean }
}

/** A list of globs, or both lists when there are excludes. */
export type RenderedGlobs =
  | readonly string[]
  | { readonly include: readonly string[]; readonly exclude: readonly string[] }

interface SourceCommon {
  readonly patches?: readonly string[]
  readonly target_directory?: string
  readonly filter?: RenderedGlobs
}

export interface RenderedUrlSource extends SourceCommon {
  readonly url: string | readonly string[]
  readonly sha256?: string
  readonly md5?: string
  readonly file_name?: string
  readonly attestation?: { readonly [key: string]: Json }
}

export interface RenderedGitSource extends SourceCommon {
  readonly git: string
  /** Commit, `refs/tags/T` or `refs/heads/B`; absent for HEAD. */
  readonly rev?: string
  readonly depth?: number
  readonly lfs?: boolean
  readonly submodules?: boolean
  readonly expected_commit?: string
}

export interface RenderedPathSource extends SourceCommon {
  readonly path: string
  readonly sha256?: string
  readonly md5?: string
  readonly file_name?: string
  readonly use_gitignore?: boolean
}

export type RenderedSource = RenderedUrlSource | RenderedGitSource | RenderedPathSource

/** Everything a script can say; a lone command or list of commands stays plain (spec: render.md 6.4). */
export type RenderedScript =
  | string
  | readonly string[]
  | {
      readonly interpreter?: string
      readonly env?: { readonly [name: string]: string }
      readonly secrets?: readonly string[]
      readonly content?: string | readonly string[]
      readonly file?: string
      readonly cwd?: string
    }

export interface RenderedStep {
  readonly run: readonly string[]
  readonly interpreter?: string
  readonly env?: { readonly [name: string]: string }
  readonly cwd?: string
  readonly reusable?: boolean
}

export interface RenderedBuild {
  readonly number?: number
  readonly string: string
  readonly script?: RenderedScript
  readonly steps?: readonly RenderedStep[]
  readonly noarch?: 'python' | 'generic'
  readonly flags?: readonly string[]
  readonly python?: {
    readonly entry_points?: readonly string[]
    readonly skip_pyc_compilation?: RenderedGlobs
    readonly use_python_app_entrypoint?: boolean
    readonly version_independent?: boolean
    readonly site_packages_path?: string
  }
  readonly always_copy_files?: RenderedGlobs
  readonly always_include_files?: RenderedGlobs
  readonly merge_build_and_host_envs?: boolean
  readonly files?: RenderedGlobs
  readonly dynamic_linking?: {
    readonly rpaths?: readonly string[]
    readonly binary_relocation?: boolean | RenderedGlobs
    readonly missing_dso_allowlist?: RenderedGlobs
    readonly rpath_allowlist?: RenderedGlobs
    readonly overdepending_behavior?: 'ignore' | 'error'
    readonly overlinking_behavior?: 'ignore' | 'error'
  }
  readonly variant?: {
    readonly use_keys?: readonly string[]
    readonly ignore_keys?: readonly string[]
    readonly down_prioritize_variant?: number
  }
  readonly prefix_detection?: {
    readonly force_file_type?: { readonly text?: RenderedGlobs; readonly binary?: RenderedGlobs }
    readonly ignore?: boolean | RenderedGlobs
    readonly ignore_binary_files?: boolean
  }
  readonly post_process?: readonly {
    readonly files: RenderedGlobs
    readonly regex: string
    readonly replacement: string
  }[]
}

/** A pin as the recipe asks for it; it becomes a match spec only when the pinned record is known. */
export interface RenderedPin {
  readonly name: string
  readonly lower_bound?: string
  readonly upper_bound?: string
  readonly exact?: true
  readonly build?: string
}

/** A canonical match spec, or a pin. */
export type RenderedRequirement =
  | string
  | { readonly pin_subpackage: RenderedPin }
  | { readonly pin_compatible: RenderedPin }

export interface RenderedRunExports {
  readonly noarch?: readonly RenderedRequirement[]
  readonly strong?: readonly RenderedRequirement[]
  readonly strong_constraints?: readonly RenderedRequirement[]
  readonly weak?: readonly RenderedRequirement[]
  readonly weak_constraints?: readonly RenderedRequirement[]
}

export interface RenderedRequirements {
  readonly build?: readonly RenderedRequirement[]
  readonly host?: readonly RenderedRequirement[]
  readonly run?: readonly RenderedRequirement[]
  readonly run_constraints?: readonly RenderedRequirement[]
  readonly extras?: { readonly [group: string]: readonly RenderedRequirement[] }
  readonly run_exports?: RenderedRunExports
  readonly ignore_run_exports?: {
    readonly by_name?: readonly string[]
    readonly from_package?: readonly string[]
  }
}

export interface RenderedAbout {
  readonly homepage?: string
  readonly repository?: string
  readonly documentation?: string
  readonly license?: string
  readonly license_file?: readonly string[]
  readonly license_family?: string
  readonly summary?: string
  readonly description?: string
}

export interface RenderedScriptTest {
  readonly script: RenderedScript | Record<string, never>
  readonly requirements?: {
    readonly run?: readonly RenderedRequirement[]
    readonly build?: readonly RenderedRequirement[]
  }
  readonly files?: { readonly source?: RenderedGlobs; readonly recipe?: RenderedGlobs }
}

type ContentsSection =
  | readonly string[]
  | { readonly exists?: readonly string[]; readonly not_exists?: readonly string[] }

export interface RenderedPackageContentsTest {
  readonly package_contents: {
    readonly files?: ContentsSection
    readonly site_packages?: ContentsSection
    readonly bin?: ContentsSection
    readonly lib?: ContentsSection
    readonly include?: ContentsSection
    readonly strict?: true
  }
}

export type RenderedTest =
  | RenderedScriptTest
  | RenderedPackageContentsTest
  | {
      readonly python: {
        readonly imports: readonly string[]
        readonly pip_check?: false
        readonly python_version?: string | readonly string[]
      }
    }
  | { readonly perl: { readonly uses: readonly string[] } }
  | { readonly r: { readonly libraries: readonly string[] } }
  | { readonly ruby: { readonly requires: readonly string[] } }
  | { readonly downstream: string }
