/** Variables for Windows targets and Windows machines (spec: build.md 1.3 E). */
import type { EnvFacts, EnvRow, EnvStage } from './facts.js'
import { joinPath } from './windows-path.js'

const both: readonly EnvStage[] = ['build', 'test']

function onWindows(value: (facts: EnvFacts) => string | undefined) {
  return (facts: EnvFacts) => (facts.targetPlatform.family === 'win' ? value(facts) : undefined)
}

function library(...parts: readonly string[]) {
  return onWindows((facts) => joinPath(facts, facts.prefix, 'Library', ...parts))
}

function cygwinPrefix(facts: EnvFacts): string {
  const drive = /^([A-Za-z]):[\\/](.*)$/.exec(facts.prefix)
  if (!drive) return `/cygdrive/c/${facts.prefix}`
  return `/cygdrive/${drive[1]?.toLowerCase()}/${drive[2]?.replaceAll('\\', '/')}`
}

const target: readonly EnvRow[] = [
  {
    name: 'SCRIPTS',
    stages: both,
    doc: 'Where Python programs go on Windows.',
    value: onWindows((f) => joinPath(f, f.prefix, 'Scripts')),
  },
  {
    name: 'LIBRARY_PREFIX',
    stages: both,
    doc: 'Where programs that are not Python go on Windows.',
    value: library(),
  },
  { name: 'LIBRARY_BIN', stages: both, doc: 'Programs and DLLs.', value: library('bin') },
  { name: 'LIBRARY_INC', stages: both, doc: 'Headers.', value: library('include') },
  { name: 'LIBRARY_LIB', stages: both, doc: 'Import libraries.', value: library('lib') },
  {
    name: 'LIB',
    stages: both,
    doc: 'Library search path of the Microsoft linker.',
    value: onWindows((f) => `${joinPath(f, f.prefix, 'Library', 'lib')};${f.caller.LIB ?? ''}`),
  },
  {
    name: 'INCLUDE',
    stages: both,
    doc: 'Header search path of the Microsoft compiler.',
    value: onWindows((f) => `${joinPath(f, f.prefix, 'Library', 'include')};${f.caller.INCLUDE ?? ''}`),
  },
  {
    name: 'CYGWIN_PREFIX',
    stages: both,
    doc: 'The prefix as Cygwin spells it.',
    value: onWindows(cygwinPrefix),
  },
]

const visualStudios: Readonly<Record<string, readonly [major: string, version: string, year: string]>> = {
  vs2005: ['8', '8.0', '2005'],
  vs2008: ['9', '9.0', '2008'],
  vs2010: ['10', '10.0', '2010'],
  vs2012: ['11', '11.0', '2012'],
  vs2013: ['12', '12.0', '2013'],
  vs2015: ['14', '14.0', '2015'],
  vs2017: ['15', '15.0', '2017'],
  vs2019: ['16', '16.0', '2019'],
  vs2022: ['17', '17.0', '2022'],
}

function visualStudioOf({ variant }: EnvFacts) {
  return visualStudios[String(variant.c_compiler ?? '')] ?? visualStudios[String(variant.cxx_compiler ?? '')]
}

function visualStudio(part: 0 | 1 | 2) {
  return onWindows((f) => visualStudioOf(f)?.[part])
}

/** `Visual Studio 17 2022`, in conda-build mode for Windows targets (spec: build.md 12). */
export const visualStudioGenerator = onWindows((f) => {
  const [major, , year] = visualStudioOf(f) ?? []
  return f.isolation === 'conda-build' && major ? `Visual Studio ${major} ${year}` : undefined
})

const compilers: readonly EnvRow[] = [
  {
    name: 'VS_MAJOR',
    stages: ['build'],
    doc: 'Major version of the Visual Studio that the variant names.',
    value: visualStudio(0),
  },
  {
    name: 'VS_VERSION',
    stages: ['build'],
    doc: 'Version of the Visual Studio that the variant names.',
    value: visualStudio(1),
  },
  {
    name: 'VS_YEAR',
    stages: ['build'],
    doc: 'Year of the Visual Studio that the variant names.',
    value: visualStudio(2),
  },
]

const machineNames = (
  'ALLUSERSPROFILE APPDATA CommonProgramFiles CommonProgramFiles(x86) CommonProgramW6432 COMPUTERNAME ComSpec HOMEDRIVE ' +
  'HOMEPATH LOCALAPPDATA LOGONSERVER NUMBER_OF_PROCESSORS PATHEXT ProgramData ProgramFiles ProgramFiles(x86) ProgramW6432 ' +
  'PROMPT PSModulePath PUBLIC SystemDrive SystemRoot TEMP TMP USERDOMAIN USERNAME windir PROCESSOR_ARCHITEW6432 ' +
  'PROCESSOR_ARCHITECTURE PROCESSOR_IDENTIFIER'
).split(' ')

const machine: readonly EnvRow[] = [
  ...machineNames.map((name) => ({
    name,
    stages: both,
    doc: "The caller's, when the script runs on Windows.",
    value: (f: EnvFacts) => (f.platforms.build.family === 'win' ? f.caller[name] : undefined),
  })),
  {
    name: 'USERPROFILE',
    stages: both,
    doc: 'The work directory in strict mode, on Windows.',
    value: (f) => {
      if (f.platforms.build.family !== 'win' || f.isolation === 'none') return undefined
      return f.isolation === 'strict' ? f.work : f.caller.USERPROFILE
    },
  },
]

/** Variables by which Visual Studio announces itself; their names hold its version. */
export const visualStudioPattern = /^(VS\d{2,3}COMNTOOLS|VS\d{4}INSTALLDIR)$/i

export const windowsRows: readonly EnvRow[] = [...target, ...compilers, ...machine]
