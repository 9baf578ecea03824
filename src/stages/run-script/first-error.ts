/** Recognises the first error of compilers, build tools and languages in the output of a script. */

export interface FirstError {
  /** Who reported it: `compiler`, `linker`, `cmake`, ... */
  readonly tool: string
  /** The line as it was written. */
  readonly text: string
}

interface ErrorPattern {
  readonly tool: string
  readonly pattern: RegExp
  /** Only says that something else failed: shown when there is nothing better. */
  readonly isSummary?: true
}

/** The first one that fits a line names its tool; each is tested with what the tool really prints. */
export const errorPatterns: readonly ErrorPattern[] = [
  { tool: 'meson', pattern: /meson\.build:\d+:\d+: ERROR: / },
  { tool: 'msvc', pattern: /\(\d+(?:,\d+)?\)\s*: (?:fatal )?error [A-Z]+\d+: / },
  { tool: 'linker', pattern: /^LINK : fatal error LNK\d+: / },
  { tool: 'linker', pattern: /\bundefined reference to [`'‘]/ },
  {
    tool: 'linker',
    pattern:
      /\b(?:ld|lld|ld64|ld\.\w+)(?:\.exe)?: (?:error: |fatal: )?(?:cannot find |undefined symbol|library not found|symbol\(s\) not found)/,
  },
  { tool: 'linker', pattern: /^Undefined symbols for architecture / },
  { tool: 'go', pattern: /^\S+\.go:\d+:\d+: / },
  { tool: 'compiler', pattern: /^\S.*?:\d+(?::\d+)?: (?:fatal |internal compiler )?error: / },
  { tool: 'compiler', pattern: /^(?:cc1|cc1plus|clang|gcc|g\+\+|nvcc|gfortran)\S*: (?:fatal )?error: / },
  { tool: 'fortran', pattern: /^(?:Fatal )?Error: .* at \(\d+\)/ },
  { tool: 'cmake', pattern: /^CMake Error(?: at |: | in )/ },
  { tool: 'configure', pattern: /^configure: error: / },
  { tool: 'autotools', pattern: /^(?:autoreconf|automake|aclocal|libtool)\S*: error: / },
  { tool: 'rust', pattern: /^error(?:\[E\d+\])?: (?!could not compile|process didn't|aborting due)/ },
  { tool: 'rust', pattern: /^thread '.*' (?:\(\d+\) )?panicked at / },
  { tool: 'cargo', pattern: /^error: could not compile /, isSummary: true },
  // Python and Node word theirs alike.
  {
    tool: 'exception',
    pattern:
      /^(?:Uncaught )?(?:(?:[\w.]+\.)?[A-Z]\w*(?:Error|Exception|Exit|Interrupt)(?: \[\w+\])?|Error \[\w+\])(?::|$)/,
  },
  { tool: 'pip', pattern: /^ERROR: / },
  { tool: 'npm', pattern: /^npm (?:ERR!|error) / },
  { tool: 'perl', pattern: / at \S+ line \d+\.$/ },
  { tool: 'ruby', pattern: /:\d+:in .*\([A-Z]\w*(?:Error|Exception)\w*\)$/ },
  { tool: 'R', pattern: /^Error(?: in .*)?:? / },
  { tool: 'shell', pattern: /: (?:line \d+: )?\S+: command not found$/ },
  { tool: 'ninja', pattern: /^ninja: (?:error|fatal): / },
  { tool: 'ninja', pattern: /^FAILED: /, isSummary: true },
  { tool: 'ninja', pattern: /^ninja: build stopped: /, isSummary: true },
  { tool: 'make', pattern: /^\w*make(?:\[\d+\])?: \*\*\* No rule / },
  { tool: 'make', pattern: /^\w*make(?:\[\d+\])?: \*\*\* /, isSummary: true },
]

/** A line without any of these words cannot fit a pattern; most lines end here. */
const worthALook =
  /[Ee]rror|ERR|FAILED|panicked|\*\*\*|ndefined|cannot find|not found|\.go:\d|Exception|Exit|Interrupt| line \d|fatal|stopped/

export interface ErrorFinder {
  push(line: string): void
  /** The first real error, else the first summary of one. */
  first(): FirstError | undefined
}

/** Watches lines as they come, so that an error long before the end is found too. */
export function createErrorFinder(): ErrorFinder {
  let found: FirstError | undefined
  let summary: FirstError | undefined
  return {
    push: (line) => {
      if (found !== undefined || line.startsWith('+') || !worthALook.test(line)) return
      const text = line.length > longest ? `${line.slice(0, longest)}...` : line
      const fitting = errorPatterns.find(({ pattern }) => pattern.test(text))
      if (fitting?.isSummary) summary ??= { tool: fitting.tool, text }
      else if (fitting) found = { tool: fitting.tool, text }
    },
    first: () => found ?? summary,
  }
}

/** Patterns stay quick, and the card readable. */
const longest = 2000
