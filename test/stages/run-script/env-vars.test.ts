import { describe, expect, test } from 'vitest'
import {
  buildEnvVars,
  callerEnvVars,
  envTable,
  processEnvVars,
} from '../../../src/stages/run-script/index.js'
import { envFacts, platform } from '../../support/env-facts.js'

test('the worked example of the specification comes out byte for byte', () => {
  const build = '/o/bld/rattler-build_demo_1700000000'
  const prefix = padded(`${build}/host_env`)
  const facts = envFacts({
    prefix,
    buildPrefix: `${build}/build_env`,
    buildDirectory: build,
    work: `${build}/work`,
    package: {
      name: 'demo',
      version: '1.0',
      buildNumber: 0,
      buildString: 'py311h21422ab_0',
      hash: '21422ab',
      noarchPython: false,
    },
    variant: { python: '3.11', target_platform: 'linux-64' },
    python: { version: '3.11.9', sitePackagesPath: undefined },
    caller: { PATH: '/usr/bin:/bin', TOKEN: 's3cr3t', HTTP_PROXY: 'http://p', LANG: 'de_DE.UTF-8', FOO: '1' },
  })
  const expected = `ARCH=64
BUILD=x86_64-conda_cos6-linux-gnu
BUILD_DIR=${build}
BUILD_PREFIX=${build}/build_env
CMAKE_GENERATOR=Unix Makefiles
CONDA_BUILD=1
CONDA_BUILD_CROSS_COMPILATION=0
CONDA_BUILD_STATE=BUILD
CONDA_DEFAULT_ENV=${prefix}
CPU_COUNT=8
EDITOR=/bin/false
HOME=${build}/work
HTTP_PROXY=http://p
LANG=C.UTF-8
LC_ALL=C.UTF-8
LD_RUN_PATH=${prefix}/lib
MODE=a $b
PATH=/usr/bin:/bin
PIP_CACHE_DIR=${build}/pip_cache
PIP_IGNORE_INSTALLED=True
PIP_NO_BUILD_ISOLATION=False
PIP_NO_DEPENDENCIES=True
PIP_NO_INDEX=True
PKG_BUILDNUM=0
PKG_BUILD_STRING=py311h21422ab_0
PKG_CONFIG_PATH=${prefix}/lib/pkgconfig
PKG_HASH=21422ab
PKG_NAME=demo
PKG_VERSION=1.0
PREFIX=${prefix}
PWD=${build}/work
PY3K=1
PYTHON=${prefix}/bin/python
PYTHONNOUSERSITE=1
PY_VER=3.11
RATTLER_BUILD_PACKAGE_FILES=${build}/.rattler-build-package-files
RECIPE_DIR=/r
SHELL=/bin/bash
SHLIB_EXT=.so
SOURCE_DATE_EPOCH=1700000000
SP_DIR=${prefix}/lib/python3.11/site-packages
SRC_DIR=${build}/work
STDLIB_DIR=${prefix}/lib/python3.11
SUBDIR=linux-64
TERM=xterm-256color
TOKEN=s3cr3t
USER=rattler
build_platform=linux-64
host_platform=linux-64
target_platform=linux-64`
  const all = processEnvVars(facts, { MODE: 'a $b' }, { TOKEN: 's3cr3t' })
  expect(prefix).toHaveLength(255)
  expect(Object.entries(all).map(([name, value]) => `${name}=${value}`)).toEqual(expected.split('\n'))
})

/** As builds name their host prefix: 255 bytes. */
function padded(prefix: string): string {
  return (prefix + '_placehold'.repeat(25)).slice(0, 255)
}

describe('isolation', () => {
  const caller = {
    PATH: '/bin',
    HOME: '/home/me',
    LANG: 'de_DE.UTF-8',
    CFLAGS: '-O0',
    FOO: '1',
    TMPDIR: '/fast',
    USER: 'me',
  }

  test.each([
    {
      isolation: 'strict',
      HOME: '/o/bld/demo/work',
      LANG: 'C.UTF-8',
      CFLAGS: undefined,
      FOO: undefined,
      TMPDIR: undefined,
      USER: 'rattler',
    },
    {
      isolation: 'conda-build',
      HOME: '/home/me',
      LANG: 'de_DE.UTF-8',
      CFLAGS: '-O0',
      FOO: undefined,
      TMPDIR: undefined,
      USER: undefined,
    },
    {
      isolation: 'none',
      HOME: '/home/me',
      LANG: 'de_DE.UTF-8',
      CFLAGS: '-O0',
      FOO: '1',
      TMPDIR: '/fast',
      USER: 'me',
    },
  ] as const)('$isolation shows the script what it promises', ({ isolation, ...expected }) => {
    const facts = envFacts({ isolation, caller })
    const seen: Record<string, string> = { ...callerEnvVars(facts), ...buildEnvVars(facts) }
    expect(Object.fromEntries(Object.keys(expected).map((name) => [name, seen[name]]))).toEqual(expected)
  })

  test('an empty HOME of the caller is UNKNOWN in conda-build mode', () => {
    expect(buildEnvVars(envFacts({ isolation: 'conda-build', caller: {} })).HOME).toBe('UNKNOWN')
  })

  test('a file that bash would run first is never passed on', () => {
    const facts = envFacts({ isolation: 'none', caller: { BASH_ENV: '/evil.sh', ENV: '/evil.sh', OK: '1' } })
    expect(callerEnvVars(facts)).toEqual({ OK: '1' })
  })
})

describe('cross builds', () => {
  function crossVars(target: string, build = 'linux-64') {
    const host = platform(target)
    const facts = envFacts({
      platforms: { build: platform(build), host, targetSubdir: target },
      targetPlatform: host,
    })
    return buildEnvVars(facts)
  }

  test.each([
    {
      target: 'osx-arm64',
      ARCH: 'arm64',
      SHLIB_EXT: '.dylib',
      OSX_ARCH: 'arm64',
      MACOSX_DEPLOYMENT_TARGET: '11.0',
      LD_RUN_PATH: undefined,
    },
    {
      target: 'osx-64',
      ARCH: '64',
      SHLIB_EXT: '.dylib',
      OSX_ARCH: 'x86_64',
      MACOSX_DEPLOYMENT_TARGET: '10.9',
      LD_RUN_PATH: undefined,
    },
    {
      target: 'linux-aarch64',
      ARCH: 'aarch64',
      SHLIB_EXT: '.so',
      OSX_ARCH: undefined,
      MACOSX_DEPLOYMENT_TARGET: undefined,
      LD_RUN_PATH: '/o/bld/demo/host_env/lib',
    },
  ])('for $target know both platforms', ({ target, ...expected }) => {
    const seen: Record<string, string | undefined> = crossVars(target)
    expect(seen).toMatchObject({
      SUBDIR: target,
      CONDA_BUILD_CROSS_COMPILATION: '1',
      BUILD: 'x86_64-conda_cos6-linux-gnu',
    })
    expect(Object.fromEntries(Object.keys(expected).map((name) => [name, seen[name]]))).toEqual(expected)
  })

  test('for win-64 have the Library directories and none of the unix variables', () => {
    const seen = crossVars('win-64')
    expect(seen).toMatchObject({
      LIBRARY_BIN: '/o/bld/demo/host_env/Library/bin',
      LIB: '/o/bld/demo/host_env/Library/lib;',
      CYGWIN_PREFIX: '/cygdrive/c//o/bld/demo/host_env',
      SHLIB_EXT: '.dll',
      PATH: '/usr/bin:/bin',
    })
    expect(Object.keys(seen)).not.toEqual(expect.arrayContaining(['CMAKE_GENERATOR']))
    expect(seen).not.toHaveProperty('PKG_CONFIG_PATH')
    expect(seen).not.toHaveProperty('LD_RUN_PATH')
  })

  test('on win-64 spell every path as Windows does, with its separators', () => {
    const windows = platform('win-64')
    const seen = buildEnvVars(
      envFacts({
        platforms: { build: windows, host: windows, targetSubdir: 'win-64' },
        targetPlatform: windows,
        variant: { python: '3.12' },
        python: { version: '3.12.1', sitePackagesPath: undefined },
      }),
    )
    const home = 'Z:\\o\\bld\\demo'
    expect(seen).toMatchObject({
      PREFIX: `${home}\\host_env`,
      SRC_DIR: `${home}\\work`,
      USERPROFILE: `${home}\\work`,
      RECIPE_DIR: 'Z:\\r',
      PIP_CACHE_DIR: `${home}\\pip_cache`,
      SCRIPTS: `${home}\\host_env\\Scripts`,
      LIBRARY_LIB: `${home}\\host_env\\Library\\lib`,
      PYTHON: `${home}\\host_env\\python.exe`,
      SP_DIR: `${home}\\host_env\\Lib\\site-packages`,
      CYGWIN_PREFIX: '/cygdrive/z/o/bld/demo/host_env',
      BUILD: 'amd64-pc-windows-19.0.0',
      Path: 'C:\\windows\\system32;C:\\windows;C:\\windows\\system32\\wbem',
    })
    for (const name of ['PATH', 'HOME', 'LD_RUN_PATH']) expect(seen).not.toHaveProperty(name)
  })

  test('a noarch package is not a cross build', () => {
    const linux = platform('linux-64')
    const facts = envFacts({ platforms: { build: linux, host: linux, targetSubdir: 'noarch' } })
    expect(buildEnvVars(facts)).toMatchObject({
      SUBDIR: 'noarch',
      ARCH: '64',
      CONDA_BUILD_CROSS_COMPILATION: '0',
    })
  })
})

describe('variant keys', () => {
  test('are exported with underscores, language keys are not', () => {
    const variant = {
      'c-compiler': 'gcc',
      'c.x': 3,
      python: '3.11',
      numpy: '1.26',
      r_base: '4.4.2',
      flag: true,
    }
    const seen = buildEnvVars(envFacts({ variant }))
    expect(seen).toMatchObject({
      c_compiler: 'gcc',
      c_x: '3',
      flag: 'true',
      r_base: '4.4.2',
      R_VER: '4.4.2',
      NPY_VER: '1.26',
    })
    expect(seen).not.toHaveProperty('python')
    expect(seen).not.toHaveProperty('numpy')
  })

  test('beat the defaults of the platform', () => {
    const osx = platform('osx-64')
    const facts = envFacts({
      platforms: { build: osx, host: osx, targetSubdir: 'osx-64' },
      targetPlatform: osx,
      variant: { MACOSX_DEPLOYMENT_TARGET: '12.0' },
    })
    expect(buildEnvVars(facts).MACOSX_DEPLOYMENT_TARGET).toBe('12.0')
  })
})

test('git facts become the GIT variables', () => {
  const git = { fullHash: '23d930b0', describeTag: 'v1.0', describeNumber: '1', describeHash: 'g23d930b' }
  expect(buildEnvVars(envFacts({ git }))).toMatchObject({
    GIT_DESCRIBE_TAG: 'v1.0',
    GIT_DESCRIBE_NUMBER: '1',
    GIT_DESCRIBE_HASH: 'g23d930b',
    GIT_FULL_HASH: '23d930b0',
    GIT_BUILD_STR: '1_g23d930b',
  })
})

test('the test stage has its own set', () => {
  const facts = envFacts({
    stage: 'test',
    buildDirectory: undefined,
    recipeDirectory: undefined,
    buildPrefix: undefined,
  })
  const seen = buildEnvVars(facts)
  expect(seen).toMatchObject({ CONDA_BUILD_STATE: 'TEST', PKG_BUILD_NUMBER: '0', HOME: '/o/bld/demo/work' })
  for (const name of ['RECIPE_DIR', 'BUILD_DIR', 'SOURCE_DATE_EPOCH', 'PKG_HASH', 'PIP_NO_INDEX']) {
    expect(seen).not.toHaveProperty(name)
  }
})

test('every row is documented and named once', () => {
  const names = envTable.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  expect(envTable.filter(({ doc }) => !/^[^\s].*\.$/.test(doc))).toEqual([])
})
