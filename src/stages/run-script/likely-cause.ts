/** Says what an error usually means in a conda build; silent when it is not in the table. */

interface Cause {
  readonly pattern: RegExp
  readonly advice: (match: RegExpExecArray) => string
}

/** Each row is tested with a line that a tool really printed. */
export const knownCauses: readonly Cause[] = [
  {
    pattern: /fatal error: Python\.h: No such file/,
    advice: () => 'the headers of Python are in no environment: add `python` to requirements.host',
  },
  {
    pattern: /fatal error: '?([^\s':]+)'?(?::| file) (?:No such file|not found)/,
    advice: ([, header]) =>
      `a header of a library that is in no environment: add what brings \`${header}\` to requirements.host`,
  },
  {
    pattern: /: cannot find -l(\S+?):?(?: |$)/,
    advice: ([, library]) =>
      `a library that is in no environment: add what brings \`lib${library}\` to requirements.host`,
  },
  {
    pattern: /ModuleNotFoundError: No module named '([^'.]+)/,
    advice: ([, name]) =>
      `a module that is in no environment: add the package of \`${name}\` to requirements.host`,
  },
  {
    pattern: /No matching distribution found for ([\w.-]+)/,
    advice: ([, name]) =>
      `pip may not download in a build: add \`${name}\` to requirements.host, or call pip with --no-deps --no-build-isolation`,
  },
  {
    pattern:
      /no acceptable C compiler found|No CMAKE_C_COMPILER could be found|C compiler cannot create executables/,
    advice: () => "no C compiler: add `${{ compiler('c') }}` to requirements.build",
  },
  {
    pattern: /No CMAKE_CXX_COMPILER could be found|C\+\+ compiler cannot create executables/,
    advice: () => "no C++ compiler: add `${{ compiler('cxx') }}` to requirements.build",
  },
  {
    pattern: /Could not find a package configuration file provided by "([^"]+)"|Could NOT find (\w+)/,
    advice: ([, config, module]) =>
      `CMake looks for a library that is in no environment: add what brings \`${config ?? module}\` to requirements.host`,
  },
  {
    pattern:
      /No package '([^']+)' found|Package '?([^\s',]+)'?(?:, required by '[^']*',)? (?:was )?not found/,
    advice: ([, first, second]) =>
      `pkg-config looks for a library that is in no environment: add what brings \`${first ?? second}.pc\` to requirements.host`,
  },
  {
    pattern: /: (?:line \d+: )?(\S+): command not found$/,
    advice: ([, program]) =>
      `a program that is in no environment: add what brings \`${program}\` to requirements.build`,
  },
  {
    pattern: /No space left on device/,
    advice: () => 'the disk is full',
  },
  {
    pattern: /Could not resolve host|Temporary failure in name resolution|Network is unreachable/,
    advice: () => 'the script needs the network: put what it downloads under `source` of the recipe',
  },
  {
    pattern: /machine [`'].*?' not recognized/,
    advice: () =>
      'config.sub is too old for this platform: add `gnuconfig` to requirements.build and copy its files',
  },
  {
    pattern: /version [`']GLIBC_\d[\d.]*' not found/,
    advice: () =>
      "a program of this machine in the build: take it from requirements.build, or `${{ stdlib('c') }}`",
  },
]

/** The advice for the first line that has one. */
export function likelyCause(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    for (const { pattern, advice } of knownCauses) {
      const match = pattern.exec(line)
      if (match) return advice(match)
    }
  }
  return undefined
}
