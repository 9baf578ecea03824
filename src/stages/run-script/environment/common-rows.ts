/** Variables of every platform (spec: build.md 1.3 A). */
import type { EnvFacts, EnvRow, EnvStage } from './facts.js'
import { joinPath } from './windows-path.js'

const both: readonly EnvStage[] = ['build', 'test']
const build: readonly EnvStage[] = ['build']

/** The value of the caller's variable, in the modes that let it through. */
export function forwarded(name: string): (facts: EnvFacts) => string | undefined {
  return (facts) => (facts.isolation === 'strict' ? undefined : facts.caller[name])
}

/**
 * The value of the caller's variable of this name, else of the variant key, in conda-build mode; undefined in the others
 * (spec: build.md 1.4, 12).
 */
export function asInCondaBuild(name: string, facts: EnvFacts): string | undefined {
  if (facts.isolation !== 'conda-build') return undefined
  const { [name]: fromCaller } = facts.caller
  const { [name]: fromVariant } = facts.variant
  return fromCaller || (fromVariant === undefined ? undefined : String(fromVariant))
}

const sharedLibraryExtensions: Readonly<Record<string, string>> = {
  linux: '.so',
  android: '.so',
  freebsd: '.so',
  osx: '.dylib',
  ios: '.dylib',
  iossimulator: '.dylib',
  win: '.dll',
}

const places: readonly EnvRow[] = [
  {
    name: 'PREFIX',
    stages: both,
    doc: 'The prefix the script installs into: the host prefix, or the test prefix.',
    value: (f) => f.prefix,
  },
  {
    name: 'BUILD_PREFIX',
    stages: both,
    doc: 'The prefix with the tools of `requirements.build`; equals PREFIX when both are merged.',
    value: (f) => f.buildPrefix,
  },
  {
    name: 'SRC_DIR',
    stages: both,
    doc: 'The work directory with the sources; the working directory of a test.',
    value: (f) => f.work,
  },
  {
    name: 'BUILD_DIR',
    stages: build,
    doc: 'The directory that holds work directory and prefixes of this build.',
    value: (f) => f.buildDirectory,
  },
  {
    name: 'RECIPE_DIR',
    stages: build,
    doc: 'The directory of the recipe file.',
    value: (f) => f.recipeDirectory,
  },
  { name: 'CONDA_DEFAULT_ENV', stages: build, doc: 'The host prefix.', value: (f) => f.prefix },
  { name: 'PWD', stages: both, doc: 'The working directory of the script.', value: (f) => f.work },
  {
    name: 'RATTLER_BUILD_PACKAGE_FILES',
    stages: build,
    doc: 'A file the script may fill with the paths to package, one a line; else all new files of the prefix are taken.',
    value: (f) => f.buildDirectory && joinPath(f, f.buildDirectory, '.rattler-build-package-files'),
  },
  {
    name: 'PIP_CACHE_DIR',
    stages: build,
    doc: 'A cache for pip that belongs to this build.',
    value: (f) => f.buildDirectory && joinPath(f, f.buildDirectory, 'pip_cache'),
  },
]

const identity: readonly EnvRow[] = [
  { name: 'PKG_NAME', stages: both, doc: 'Normalised name of the package.', value: (f) => f.package.name },
  {
    name: 'PKG_VERSION',
    stages: both,
    doc: 'Version of the package, as written in the recipe.',
    value: (f) => f.package.version,
  },
  { name: 'PKG_BUILDNUM', stages: both, doc: 'Build number.', value: (f) => String(f.package.buildNumber) },
  {
    name: 'PKG_BUILD_NUMBER',
    stages: ['test'],
    doc: 'Build number, under the name tests know it by.',
    value: (f) => String(f.package.buildNumber),
  },
  { name: 'PKG_BUILD_STRING', stages: both, doc: 'Whole build string.', value: (f) => f.package.buildString },
  {
    name: 'PKG_HASH',
    stages: build,
    doc: 'The 7 hex digits of the build hash, without the leading `h`.',
    value: (f) => f.package.hash,
  },
]

const platform: readonly EnvRow[] = [
  {
    name: 'ARCH',
    stages: both,
    doc: 'Text after the last dash of the host platform: `64`, `aarch64`, `arm64`.',
    value: (f) => f.platforms.host.subdir.split('-').at(-1),
  },
  {
    name: 'SUBDIR',
    stages: both,
    doc: 'Platform the package is for, or `noarch`; the host platform in conda-build mode.',
    value: (f) => (f.isolation === 'conda-build' ? f.platforms.host.subdir : f.platforms.targetSubdir),
  },
  {
    name: 'build_platform',
    stages: both,
    doc: 'Platform the script runs on.',
    value: (f) => f.platforms.build.subdir,
  },
  {
    name: 'host_platform',
    stages: both,
    doc: 'Platform of the host prefix.',
    value: (f) => f.platforms.host.subdir,
  },
  {
    name: 'target_platform',
    stages: both,
    doc: 'Platform the package is for, or `noarch`.',
    value: (f) => f.platforms.targetSubdir,
  },
  {
    name: 'SHLIB_EXT',
    stages: both,
    doc: 'File extension of shared libraries, with its dot.',
    value: (f) => sharedLibraryExtensions[f.targetPlatform.family] ?? '.not_implemented',
  },
  {
    name: 'CONDA_BUILD_CROSS_COMPILATION',
    stages: both,
    doc: '`1` when host and build platform differ, else `0`.',
    value: (f) => (f.platforms.host.subdir === f.platforms.build.subdir ? '0' : '1'),
  },
]

const behaviour: readonly EnvRow[] = [
  { name: 'CONDA_BUILD', stages: both, doc: 'Always `1`.', value: () => '1' },
  {
    name: 'CONDA_BUILD_STATE',
    stages: both,
    doc: '`BUILD` in the build script, `TEST` in tests.',
    value: (f) => f.stage.toUpperCase(),
  },
  {
    name: 'DIRTY',
    stages: build,
    doc: '`1` in a `--dirty` build.',
    value: (f) => (f.dirty ? '1' : undefined),
  },
  {
    name: 'KRAIT_DIRTY_REUSED',
    stages: build,
    doc: 'In a `--dirty` build that kept something: `sources`, `env` (build prefix), `prefix` (host prefix), `work`.',
    value: (f) => (f.reused?.length ? f.reused.join(',') : undefined),
  },
  {
    name: 'CPU_COUNT',
    stages: both,
    doc: "The caller's CPU_COUNT, else the number of processors, divided by the outputs that `--jobs` builds at the same time.",
    value: (f) => f.caller.CPU_COUNT ?? asInCondaBuild('CPU_COUNT', f) ?? String(f.cpuCount),
  },
  {
    name: 'SOURCE_DATE_EPOCH',
    stages: build,
    doc: 'Timestamp of the build in seconds; makes tools write the same dates in every build.',
    value: (f) => String(f.timestampSeconds),
  },
  {
    name: 'LANG',
    stages: both,
    doc: '`C.UTF-8` in strict mode, else as in the caller.',
    value: (f) => (f.isolation === 'strict' ? 'C.UTF-8' : f.caller.LANG),
  },
  {
    name: 'LC_ALL',
    stages: both,
    doc: '`C.UTF-8` in strict mode, else as in the caller.',
    value: (f) => (f.isolation === 'strict' ? 'C.UTF-8' : f.caller.LC_ALL),
  },
  {
    name: 'MAKEFLAGS',
    stages: both,
    doc: "The caller's, outside strict mode.",
    value: forwarded('MAKEFLAGS'),
  },
  // The name of the variable follows the machine the script runs on, not the target.
  {
    name: 'PATH',
    stages: both,
    doc: "The caller's PATH; activation puts the programs of both prefixes before it.",
    value: (f) => (f.platforms.build.family === 'win' ? undefined : f.caller.PATH),
  },
  {
    name: 'Path',
    stages: both,
    doc: 'PATH, as Windows spells it.',
    value: (f) => (f.platforms.build.family === 'win' ? (f.caller.Path ?? f.caller.PATH) : undefined),
  },
]

const colorRows: readonly EnvRow[] = Object.entries({
  CLICOLOR_FORCE: '1',
  FORCE_COLOR: '1',
  AM_COLOR_TESTS: 'always',
  MAKE_TERMOUT: '1',
  CMAKE_COLOR_DIAGNOSTICS: 'ON',
  GCC_COLORS: 'error=01;31:warning=01;35:note=01;36:caret=01;32:locus=01:quote=01',
}).map(([name, value]) => ({
  name,
  stages: build,
  doc: 'Asks tools for colours, when krait itself shows them.',
  value: (f: EnvFacts) => (f.colors ? value : undefined),
}))

export const commonRows: readonly EnvRow[] = [...places, ...identity, ...platform, ...behaviour, ...colorRows]
