/** Decides which virtual packages describe a machine (CEP 30; spec: environment.md E). */
import type { Platform } from './platform.js'
import { SpecError } from './spec-error.js'
import { parseVersion } from './version.js'

/** A fact about the machine, in the form of a package. */
export interface VirtualPackage {
  readonly name: string
  readonly version: string
  readonly build: string
}

/** What is known about the machine krait runs on. */
export interface MachineFacts {
  readonly platform: Platform
  /** `6.1.0-18-amd64` on Linux, `10.0.22631` on Windows. */
  readonly kernelRelease: string
  /** `2.36`; undefined where the C library is another one. */
  readonly glibcVersion?: string | undefined
  readonly osxVersion?: string | undefined
  readonly cudaVersion?: string | undefined
  readonly cudaArch?: string | undefined
  readonly cpuFlags: readonly string[]
}

export interface VirtualPackageOptions {
  /** What the environment is for. */
  readonly platform: Platform
  readonly facts: MachineFacts
  /** Value of an environment variable such as `CONDA_OVERRIDE_GLIBC`; empty removes the package. */
  readonly overrides: (variable: string) => string | undefined
}

const unixFamilies = new Set(['linux', 'osx', 'freebsd', 'emscripten', 'ios', 'iossimulator', 'android'])

/**
 * The virtual packages of an environment for `platform`, in rattler's order.
 * @throws SpecError that names the variable when an override is not a version
 */
export function virtualPackages(options: VirtualPackageOptions): readonly VirtualPackage[] {
  const { family } = options.platform
  return [
    ...(family === 'win' ? versioned('__win', options, winVersion(options)) : []),
    ...(unixFamilies.has(family) ? [{ name: '__unix', version: '0', build: '0' }] : []),
    ...(family === 'linux' ? versioned('__linux', options, linuxVersion(options)) : []),
    ...(family === 'osx' ? versioned('__osx', options, osxVersion(options)) : []),
    ...(family === 'linux' ? versioned('__glibc', options, glibcVersion(options)) : []),
    ...cudaPackages(options),
    ...archspec(options),
  ]
}

function versioned(
  name: string,
  { overrides }: VirtualPackageOptions,
  detected: string | undefined,
): VirtualPackage[] {
  const variable = `CONDA_OVERRIDE_${name.slice(2).toUpperCase()}`
  const override = overrides(variable)
  const version = override ?? detected
  if (version === undefined || version === '') return []
  checkVersion(version, override === undefined ? name : variable)
  return [{ name, version, build: '0' }]
}

function checkVersion(version: string, origin: string): void {
  try {
    parseVersion(version)
  } catch (error) {
    throw new SpecError(`${origin}: ${(error as SpecError).message}`)
  }
}

function isOwnFamily({ platform, facts }: VirtualPackageOptions): boolean {
  return platform.family === facts.platform.family
}

function numericPart(release: string, parts: number): string | undefined {
  return /^\d+(\.\d+)*/.exec(release)?.[0].split('.').slice(0, parts).join('.')
}

function linuxVersion(options: VirtualPackageOptions): string | undefined {
  return isOwnFamily(options) ? numericPart(options.facts.kernelRelease, 4) : '4.18'
}

function winVersion(options: VirtualPackageOptions): string | undefined {
  return isOwnFamily(options) ? numericPart(options.facts.kernelRelease, 3) : '10.0'
}

function osxVersion(options: VirtualPackageOptions): string | undefined {
  return (isOwnFamily(options) ? numericPart(options.facts.osxVersion ?? '', 2) : undefined) ?? '13.0'
}

function glibcVersion(options: VirtualPackageOptions): string | undefined {
  return isOwnFamily(options) ? numericPart(options.facts.glibcVersion ?? '', 2) : '2.28'
}

function cudaPackages(options: VirtualPackageOptions): VirtualPackage[] {
  const cuda = versioned('__cuda', options, options.facts.cudaVersion)
  return cuda.length > 0 ? [...cuda, ...versioned('__cuda_arch', options, options.facts.cudaArch)] : []
}

const noArchspec = new Set(['emscripten', 'wasi', 'zos'])

function archspec({ platform, facts, overrides }: VirtualPackageOptions): VirtualPackage[] {
  const override = overrides('CONDA_OVERRIDE_ARCHSPEC')
  if (override === '' || noArchspec.has(platform.family)) return []
  const isOwn = platform.subdir === facts.platform.subdir
  const build = override ?? (isOwn ? microarchitecture(platform, facts.cpuFlags) : baseline(platform))
  return [{ name: '__archspec', version: '1', build }]
}

/** The features that each x86-64 level adds (x86-64 psABI), as the kernel names them. */
const x86Levels: readonly (readonly [string, readonly string[]])[] = [
  ['x86_64_v2', ['cx16', 'lahf_lm', 'popcnt', 'pni', 'sse4_1', 'sse4_2', 'ssse3']],
  ['x86_64_v3', ['avx', 'avx2', 'bmi1', 'bmi2', 'f16c', 'fma', 'abm', 'movbe', 'xsave']],
  ['x86_64_v4', ['avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl']],
]

/** A processor has a hundred flags, and a batch asks once for every recipe. */
const knownFlags = new WeakMap<readonly string[], ReadonlySet<string>>()

function microarchitecture(platform: Platform, flags: readonly string[]): string {
  if (platform.arch !== 'x86_64') return baseline(platform)
  const known = knownFlags.get(flags) ?? new Set(flags)
  knownFlags.set(flags, known)
  let name = platform.arch
  for (const [level, needed] of x86Levels) {
    if (!needed.every((flag) => known.has(flag))) return name
    name = level
  }
  return name
}

function baseline({ subdir, arch }: Platform): string {
  return subdir === 'osx-arm64' ? 'm1' : arch
}
