/** Variables for Python, pip, NumPy and R (spec: build.md 1.3 A). */
import type { EnvFacts, EnvRow, EnvStage } from './facts.js'
import { joinPath } from './windows-path.js'

const both: readonly EnvStage[] = ['build', 'test']
const build: readonly EnvStage[] = ['build']

function isWindows(facts: EnvFacts): boolean {
  return facts.platforms.host.family === 'win'
}

function firstTwo(version: string | number | boolean | undefined): string | undefined {
  const match = /\d+(\.\d+)?/.exec(String(version ?? ''))
  return match?.[0]
}

/** `3.11`: of the python in the prefix, else of the variant. */
function pythonVersion(facts: EnvFacts): string | undefined {
  return firstTwo(facts.python?.version ?? facts.variant.python)
}

function standardLibrary(facts: EnvFacts): string | undefined {
  const version = pythonVersion(facts)
  if (version === undefined) return undefined
  return isWindows(facts)
    ? joinPath(facts, facts.prefix, 'Lib')
    : joinPath(facts, facts.prefix, 'lib', `python${version}`)
}

function sitePackages(facts: EnvFacts): string | undefined {
  if (facts.python?.sitePackagesPath) return joinPath(facts, facts.prefix, facts.python.sitePackagesPath)
  const library = standardLibrary(facts)
  return library && joinPath(facts, library, 'site-packages')
}

function pythonProgram(facts: EnvFacts): string | undefined {
  if (facts.python === undefined) return undefined
  return isWindows(facts)
    ? joinPath(facts, facts.prefix, 'python.exe')
    : joinPath(facts, facts.prefix, 'bin', 'python')
}

function rVersion(facts: EnvFacts): string | undefined {
  const version = facts.variant.r_base ?? facts.variant['r-base']
  if (version === undefined) return undefined
  return facts.isolation === 'conda-build'
    ? String(version).split('.').slice(0, 3).join('.')
    : String(version)
}

const python: readonly EnvRow[] = [
  {
    name: 'PYTHON',
    stages: both,
    doc: 'The python of the host prefix, when there is one.',
    value: pythonProgram,
  },
  {
    name: 'PY3K',
    stages: both,
    doc: '`1` for Python 3, else `0`.',
    value: (f) => pythonVersion(f) && (pythonVersion(f)?.startsWith('3') ? '1' : '0'),
  },
  { name: 'PY_VER', stages: both, doc: 'First two parts of the Python version.', value: pythonVersion },
  {
    name: 'CONDA_PY',
    stages: both,
    doc: 'PY_VER without its dot, in conda-build mode.',
    value: (f) => (f.isolation === 'conda-build' ? pythonVersion(f)?.replace('.', '') : undefined),
  },
  {
    name: 'STDLIB_DIR',
    stages: both,
    doc: "Directory of Python's standard library.",
    value: standardLibrary,
  },
  { name: 'SP_DIR', stages: both, doc: "Python's site-packages directory.", value: sitePackages },
  {
    name: 'PYTHONNOUSERSITE',
    stages: build,
    doc: "Keeps packages in the user's home out of the build.",
    value: () => '1',
  },
  {
    name: 'PYTHONDONTWRITEBYTECODE',
    stages: build,
    doc: '`1` for noarch python packages: bytecode is made at installation.',
    value: (f) => (f.package.noarchPython ? '1' : undefined),
  },
]

const pip: readonly EnvRow[] = [
  {
    name: 'PIP_NO_BUILD_ISOLATION',
    stages: build,
    doc: 'Build with the packages of the prefix (`False` switches isolation off, by the logic of pip).',
    value: () => 'False',
  },
  {
    name: 'PIP_NO_DEPENDENCIES',
    stages: build,
    doc: 'Dependencies come from the recipe.',
    value: () => 'True',
  },
  {
    name: 'PIP_IGNORE_INSTALLED',
    stages: build,
    doc: 'Install even when the prefix has it already.',
    value: () => 'True',
  },
  { name: 'PIP_NO_INDEX', stages: build, doc: 'Nothing is fetched from an index.', value: () => 'True' },
]

const numpy: readonly EnvRow[] = [
  {
    name: 'NPY_VER',
    stages: build,
    doc: 'First two parts of the NumPy version of the variant.',
    value: (f) => firstTwo(f.variant.numpy),
  },
  {
    name: 'CONDA_NPY',
    stages: build,
    doc: 'NPY_VER without its dot, in conda-build mode.',
    value: (f) => (f.isolation === 'conda-build' ? firstTwo(f.variant.numpy)?.replace('.', '') : undefined),
  },
  {
    name: 'NPY_DISTUTILS_APPEND_FLAGS',
    stages: build,
    doc: '`1` when the variant has NumPy.',
    value: (f) => (f.variant.numpy === undefined ? undefined : '1'),
  },
]

const others: readonly EnvRow[] = [
  { name: 'R_VER', stages: build, doc: 'R version of the variant.', value: rVersion },
  {
    name: 'R',
    stages: build,
    doc: 'The R program of the host prefix, when the variant has R.',
    value: (f) => rVersion(f) && joinPath(f, f.prefix, isWindows(f) ? 'Scripts/R.exe' : 'bin/R'),
  },
  {
    name: 'R_USER',
    stages: build,
    doc: 'Library directory for R.',
    value: (f) => rVersion(f) && joinPath(f, f.prefix, 'Libs', 'R'),
  },
  ...condaBuildOnly('PERL_VER', 'First two parts of the Perl version of the variant', (f) =>
    firstTwo(f.variant.perl),
  ),
  ...condaBuildOnly('CONDA_PERL', 'The same as PERL_VER', (f) => firstTwo(f.variant.perl)),
  ...condaBuildOnly(
    'PERL',
    'The perl of the host prefix',
    (f) => firstTwo(f.variant.perl) && program('perl', f),
  ),
  ...condaBuildOnly('LUA_VER', 'First two parts of the Lua version of the variant', (f) =>
    firstTwo(f.variant.lua),
  ),
  ...condaBuildOnly('CONDA_LUA', 'The same as LUA_VER', (f) => firstTwo(f.variant.lua)),
  ...condaBuildOnly('LUA', 'The lua of the host prefix', (f) => firstTwo(f.variant.lua) && program('lua', f)),
  ...condaBuildOnly(
    'LUA_INCLUDE_DIR',
    'Headers of Lua',
    (f) => firstTwo(f.variant.lua) && joinPath(f, f.prefix, 'include'),
  ),
  ...condaBuildOnly('CONDA_R', 'The same as R_VER', rVersion),
]

function condaBuildOnly(name: string, doc: string, value: EnvRow['value']): readonly EnvRow[] {
  const row: EnvRow = {
    name,
    stages: build,
    doc: `${doc}, in conda-build mode.`,
    value: (facts) => (facts.isolation === 'conda-build' ? value(facts) : undefined),
  }
  return [row]
}

function program(name: string, facts: EnvFacts): string {
  return isWindows(facts)
    ? joinPath(facts, facts.prefix, 'Library', 'bin', `${name}.exe`)
    : joinPath(facts, facts.prefix, 'bin', name)
}

export const languageRows: readonly EnvRow[] = [...python, ...pip, ...numpy, ...others]
