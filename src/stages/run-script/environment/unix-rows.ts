/** Variables for unix, Linux and macOS targets (spec: build.md 1.3 B to D and G). */
import path from 'node:path'
import { asInCondaBuild, forwarded } from './common-rows.js'
import type { EnvFacts, EnvRow, EnvStage } from './facts.js'
import { visualStudioGenerator } from './windows-rows.js'

const both: readonly EnvStage[] = ['build', 'test']
const notUnix = new Set(['win', 'emscripten', 'wasi', 'zos'])

function isUnix(facts: EnvFacts): boolean {
  return !notUnix.has(facts.targetPlatform.family)
}

function on(family: string, value: (facts: EnvFacts) => string | undefined) {
  return (facts: EnvFacts) => (facts.targetPlatform.family === family ? value(facts) : undefined)
}

function onIos(value: (facts: EnvFacts) => string | undefined) {
  return (facts: EnvFacts) => (/^ios/.test(facts.targetPlatform.family) ? value(facts) : undefined)
}

/** A variable of the caller that reaches the script in every mode. */
function passed(name: string): (facts: EnvFacts) => string | undefined {
  return (facts) => facts.caller[name]
}

/** Where nobody is at home: strict mode gives the script an identity of its own. */
function constant(value: string) {
  return (facts: EnvFacts) => (facts.isolation === 'strict' && isUnix(facts) ? value : undefined)
}

function home(facts: EnvFacts): string | undefined {
  if (facts.platforms.build.family === 'win' || facts.isolation === 'none') return undefined
  return facts.isolation === 'strict' ? facts.work : (facts.caller.HOME ?? 'UNKNOWN')
}

const unix: readonly EnvRow[] = [
  {
    name: 'HOME',
    stages: both,
    doc: "The work directory in strict mode, so that no file of the user's home is read or written.",
    value: home,
  },
  {
    name: 'PKG_CONFIG_PATH',
    stages: both,
    doc: 'Where pkg-config finds the packages of the prefix.',
    value: (f) =>
      isUnix(f)
        ? (asInCondaBuild('PKG_CONFIG_PATH', f) ?? path.join(f.prefix, 'lib', 'pkgconfig'))
        : undefined,
  },
  {
    name: 'CMAKE_GENERATOR',
    stages: both,
    doc: 'What CMake generates; for Windows only in conda-build mode, out of the Visual Studio of the variant.',
    value: (f) =>
      isUnix(f) ? (asInCondaBuild('CMAKE_GENERATOR', f) ?? 'Unix Makefiles') : visualStudioGenerator(f),
  },
  {
    name: 'SSL_CERT_FILE',
    stages: both,
    doc: "The caller's CA bundle.",
    value: (f) => (isUnix(f) ? f.caller.SSL_CERT_FILE : undefined),
  },
  { name: 'USER', stages: both, doc: 'A constant in strict mode.', value: constant('rattler') },
  { name: 'SHELL', stages: both, doc: 'A constant in strict mode.', value: constant('/bin/bash') },
  {
    name: 'EDITOR',
    stages: both,
    doc: 'A constant in strict mode: nothing may ask for input.',
    value: constant('/bin/false'),
  },
  { name: 'TERM', stages: both, doc: 'A constant in strict mode.', value: constant('xterm-256color') },
]

const linux: readonly EnvRow[] = [
  {
    name: 'LD_RUN_PATH',
    stages: both,
    doc: 'Makes the linker write an rpath to the libraries of the prefix.',
    value: on(
      'linux',
      (f) => f.caller.LD_RUN_PATH ?? asInCondaBuild('LD_RUN_PATH', f) ?? path.join(f.prefix, 'lib'),
    ),
  },
  ...['QEMU_LD_PREFIX', 'QEMU_UNAME', 'DEJAGNU', 'DISPLAY'].map((name) => ({
    name,
    stages: both,
    doc: "The caller's, for Linux targets.",
    value: on('linux', passed(name)),
  })),
  ...['CFLAGS', 'CXXFLAGS', 'LDFLAGS'].map((name) => ({
    name,
    stages: both,
    doc: "The caller's, for Linux targets outside strict mode.",
    value: on('linux', forwarded(name)),
  })),
]

const osxArchs: Readonly<Record<string, string>> = { x86: 'i386', arm64: 'arm64' }

const apple: readonly EnvRow[] = [
  {
    name: 'OSX_ARCH',
    stages: both,
    doc: "Apple's name of the target processor.",
    value: on('osx', (f) => asInCondaBuild('OSX_ARCH', f) ?? osxArchs[f.targetPlatform.arch] ?? 'x86_64'),
  },
  {
    name: 'MACOSX_DEPLOYMENT_TARGET',
    stages: both,
    doc: 'Oldest macOS the package is for; a variant key of the same name wins.',
    value: on(
      'osx',
      (f) =>
        asInCondaBuild('MACOSX_DEPLOYMENT_TARGET', f) ??
        (f.targetPlatform.arch === 'arm64' ? '11.0' : '10.9'),
    ),
  },
  {
    name: 'IOS_ARCH',
    stages: both,
    doc: "Apple's name of the target processor.",
    value: onIos((f) => (f.targetPlatform.arch === 'arm64' ? 'arm64' : 'x86_64')),
  },
  {
    name: 'IPHONEOS_DEPLOYMENT_TARGET',
    stages: both,
    doc: 'Oldest iOS the package is for.',
    value: onIos(() => '13.0'),
  },
]

const androidAbis: Readonly<Record<string, string>> = {
  aarch64: 'arm64-v8a',
  armv7a: 'armeabi-v7a',
  x86_64: 'x86_64',
  x86: 'x86',
}

const android: readonly EnvRow[] = [
  {
    name: 'ANDROID_ABI',
    stages: both,
    doc: "Android's name of the target processor.",
    value: on('android', (f) => androidAbis[f.targetPlatform.arch]),
  },
  {
    name: 'ANDROID_API_LEVEL',
    stages: both,
    doc: 'Oldest Android the package is for.',
    value: on('android', () => '24'),
  },
]

export const unixRows: readonly EnvRow[] = [...unix, ...linux, ...apple, ...android]
