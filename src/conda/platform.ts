/** Platforms by their subdir name, and what follows from it (spec: render.md 10.1, package.md 2.1). */

export interface Platform {
  /** `linux-64`, `osx-arm64`, ... never `noarch`. */
  readonly subdir: string
  /** Text before the dash: `linux`, `osx`, `win`, `emscripten`, ... */
  readonly family: string
  /** conda's name of the processor: `x86_64`, `aarch64`, `arm64`, ... */
  readonly arch: string
}

const archOfSuffix: Readonly<Record<string, string>> = { '64': 'x86_64', '32': 'x86' }

const subdirs = [
  'linux-32',
  'linux-64',
  'linux-aarch64',
  'linux-armv6l',
  'linux-armv7l',
  'linux-loongarch64',
  'linux-ppc64le',
  'linux-ppc64',
  'linux-ppc',
  'linux-s390x',
  'linux-riscv32',
  'linux-riscv64',
  'freebsd-32',
  'freebsd-64',
  'freebsd-arm64',
  'osx-64',
  'osx-arm64',
  'ios-arm64',
  'iossimulator-arm64',
  'iossimulator-64',
  'android-aarch64',
  'android-armv7a',
  'android-64',
  'android-32',
  'win-32',
  'win-64',
  'win-arm64',
  'emscripten-wasm32',
  'emscripten-wasm64',
  'wasi-wasm32',
  'zos-z',
] as const

/** All platforms krait knows, in the order messages list them; `noarch` is not one. */
export const knownSubdirs: readonly string[] = subdirs

/** The platform of a subdir name, or undefined for an unknown one (`noarch` included). */
export function findPlatform(subdir: string): Platform | undefined {
  if (!knownSubdirs.includes(subdir)) return undefined
  const dash = subdir.indexOf('-')
  const suffix = subdir.slice(dash + 1)
  return { subdir, family: subdir.slice(0, dash), arch: archOfSuffix[suffix] ?? suffix }
}
