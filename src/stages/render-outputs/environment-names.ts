/** Decides which environment variables of a build count as variant keys (spec: render.md 7.8). */
import type { RenderOptions } from './options.js'

const always = ['CPU_COUNT', 'SHLIB_EXT', 'BUILD']
const byIsolation = {
  strict: ['LANG', 'LC_ALL', 'HOME', 'USER', 'SHELL', 'EDITOR', 'TERM'],
  'conda-build': [
    'LANG',
    'LC_ALL',
    'HOME',
    'USER',
    'SHELL',
    'EDITOR',
    'TERM',
    'MAKEFLAGS',
    'CFLAGS',
    'CXXFLAGS',
    'LDFLAGS',
  ],
  none: ['LANG', 'LC_ALL', 'USER', 'SHELL', 'EDITOR', 'TERM', 'MAKEFLAGS', 'CFLAGS', 'CXXFLAGS', 'LDFLAGS'],
}
const unix = ['PKG_CONFIG_PATH', 'CMAKE_GENERATOR', 'SSL_CERT_FILE']
const osx = ['OSX_ARCH', 'MACOSX_DEPLOYMENT_TARGET']
const linux = ['QEMU_LD_PREFIX', 'QEMU_UNAME', 'DEJAGNU', 'DISPLAY', 'LD_RUN_PATH']
const win = [
  'SCRIPTS',
  'LIBRARY_PREFIX',
  'LIBRARY_BIN',
  'LIBRARY_INC',
  'LIBRARY_LIB',
  'CYGWIN_PREFIX',
  'INCLUDE',
  'LIB',
]
const winMachine = [
  'ALLUSERSPROFILE',
  'APPDATA',
  'CommonProgramFiles',
  'CommonProgramFiles(x86)',
  'CommonProgramW6432',
  'COMPUTERNAME',
  'ComSpec',
  'HOMEDRIVE',
  'HOMEPATH',
  'LOCALAPPDATA',
  'LOGONSERVER',
  'NUMBER_OF_PROCESSORS',
  'PATHEXT',
  'ProgramData',
  'ProgramFiles',
  'ProgramFiles(x86)',
  'ProgramW6432',
  'PROMPT',
  'PSModulePath',
  'PUBLIC',
  'SystemDrive',
  'SystemRoot',
  'TEMP',
  'TMP',
  'USERDOMAIN',
  'USERNAME',
  'USERPROFILE',
  'windir',
  'PROCESSOR_ARCHITEW6432',
  'PROCESSOR_ARCHITECTURE',
  'PROCESSOR_IDENTIFIER',
  'BUILD',
]

/** Names that are in the used variant whenever the configuration has them. */
export function environmentNames(options: RenderOptions): ReadonlySet<string> {
  const names = known.get(options) ?? collectNames(options)
  known.set(options, names)
  return names
}

/** Every output of a call asks for the same. */
const known = new WeakMap<RenderOptions, ReadonlySet<string>>()

function collectNames(options: RenderOptions): ReadonlySet<string> {
  const family = options.platforms.target.split('-')[0] ?? ''
  return new Set([
    ...always,
    family === 'win' ? 'Path' : 'PATH',
    ...byIsolation[options.isolation ?? 'strict'],
    ...(family === 'win' ? win : unix),
    ...(family === 'osx' ? osx : []),
    ...(family === 'linux' ? linux : []),
    ...(options.platforms.build.startsWith('win') ? winMachine : []),
  ])
}
