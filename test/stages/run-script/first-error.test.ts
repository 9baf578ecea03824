import { describe, expect, test } from 'vitest'
import { createErrorFinder, errorPatterns } from '../../../src/stages/run-script/first-error.js'
import { knownCauses, likelyCause } from '../../../src/stages/run-script/likely-cause.js'

/** Lines as the tools print them, and who is named. */
const reported = [
  { tool: 'compiler', line: 'src/greet.c:12:10: fatal error: zlib.h: No such file or directory' },
  { tool: 'compiler', line: "a.cpp:3:5: error: use of undeclared identifier 'x'" },
  { tool: 'compiler', line: 'Main.java:3: error: cannot find symbol' },
  { tool: 'compiler', line: 'cc1: fatal error: nofile.c: No such file or directory' },
  { tool: 'msvc', line: "src\\x.cpp(12,5): error C2065: 'y': undeclared identifier" },
  { tool: 'msvc', line: "x.c(3) : fatal error C1083: Cannot open include file: 'zlib.h'" },
  { tool: 'linker', line: "LINK : fatal error LNK1181: cannot open input file 'z.lib'" },
  { tool: 'linker', line: '/usr/bin/ld: cannot find -lnope: No such file or directory' },
  { tool: 'linker', line: "l.c:(.text+0xa): undefined reference to `f'" },
  { tool: 'linker', line: 'ld.lld: error: undefined symbol: f' },
  { tool: 'linker', line: 'Undefined symbols for architecture arm64:' },
  { tool: 'go', line: './g.go:2:14: declared and not used: x' },
  { tool: 'fortran', line: 'Error: Syntax error in expression at (1)' },
  { tool: 'cmake', line: 'CMake Error at CMakeLists.txt:3 (find_package):' },
  { tool: 'cmake', line: 'CMake Error: The source directory "/x" does not exist.' },
  { tool: 'configure', line: 'configure: error: no acceptable C compiler found in $PATH' },
  { tool: 'autotools', line: 'autoreconf: error: automake failed with exit status: 1' },
  { tool: 'meson', line: '../meson.build:3:0: ERROR: Dependency "zlib" not found' },
  { tool: 'rust', line: 'error[E0308]: mismatched types' },
  { tool: 'rust', line: 'error: could not find `Cargo.toml` in `/x` or any parent directory' },
  { tool: 'rust', line: "thread 'main' (18871) panicked at p.rs:1:12:" },
  { tool: 'cargo', line: 'error: could not compile `demo` (bin "demo") due to 1 previous error' },
  { tool: 'exception', line: "ModuleNotFoundError: No module named 'numpy'" },
  { tool: 'exception', line: 'subprocess.CalledProcessError: Command returned non-zero exit status 1.' },
  { tool: 'exception', line: "TypeError: Cannot read properties of undefined (reading 'x')" },
  { tool: 'exception', line: 'Error [ERR_MODULE_NOT_FOUND]: Cannot find module' },
  { tool: 'pip', line: 'ERROR: No matching distribution found for nope' },
  { tool: 'npm', line: 'npm error code ENOENT' },
  { tool: 'npm', line: 'npm ERR! code ELIFECYCLE' },
  { tool: 'perl', line: "Can't locate Foo.pm in @INC at x.pl line 3." },
  { tool: 'ruby', line: "-e:1:in `f': bad (ArgumentError)" },
  { tool: 'R', line: 'Error in f() : boo' },
  { tool: 'R', line: 'Error: object x not found' },
  { tool: 'shell', line: '/w/conda_build.sh: line 12: cmake: command not found' },
  { tool: 'ninja', line: "ninja: error: 'a.c', needed by 'a.o', missing and no known rule to make it" },
  { tool: 'ninja', line: 'FAILED: a.o ' },
  { tool: 'ninja', line: 'ninja: build stopped: subcommand failed.' },
  { tool: 'make', line: "make: *** No rule to make target 'a.c', needed by 'a.o'.  Stop." },
  { tool: 'make', line: 'make[2]: *** [Makefile:9: greet.o] Error 1' },
]

function firstOf(lines: readonly string[]) {
  const finder = createErrorFinder()
  for (const line of lines) finder.push(line)
  return finder.first()
}

test.each(reported)('$tool reports: $line', ({ tool, line }) => {
  expect(firstOf(['checking for errors... no', line, 'more'])).toEqual({ tool, text: line })
})

test('every pattern has a line that proves it', () => {
  const unproved = errorPatterns.filter(({ pattern }) => !reported.some(({ line }) => pattern.test(line)))
  expect(unproved).toEqual([])
})

test.each([
  'a.c:3:5: warning: unused variable [-Werror=unused]',
  'checking for strerror... yes',
  'compiling error.c',
  '-- Looking for pthread_create - not found',
  "+ echo 'error: none'",
  'error-handling tests passed: 12',
  '   Compiling thiserror v1.0.50',
  'Building with FAIL_ON_ERROR: OFF',
])('nothing is wrong in: %s', (line) => {
  expect(firstOf([line])).toBeUndefined()
})

test('the first real error wins over later ones and over summaries before it', () => {
  const lines = ['FAILED: a.o ', 'a.c:1:1: error: one', 'b.c:1:1: error: two', 'make: *** [x] Error 1']
  expect(firstOf(lines)?.text).toBe('a.c:1:1: error: one')
})

test('a hostile line takes no time', () => {
  expect(firstOf([`${'a:1:'.repeat(500_000)} error`, 'x'.repeat(1 << 20)])).toBeUndefined()
})

describe('the likely cause', () => {
  const causes = [
    {
      line: 'a.c:1:10: fatal error: Python.h: No such file or directory',
      says: '`python` to requirements.host',
    },
    {
      line: 'a.c:1:10: fatal error: zlib.h: No such file or directory',
      says: '`zlib.h` to requirements.host',
    },
    { line: "a.c:1:10: fatal error: 'zlib.h' file not found", says: '`zlib.h` to requirements.host' },
    { line: '/usr/bin/ld: cannot find -lz: No such file or directory', says: '`libz`' },
    { line: "ModuleNotFoundError: No module named 'numpy.core'", says: '`numpy`' },
    { line: 'ERROR: No matching distribution found for flit-core', says: '`flit-core`' },
    { line: 'configure: error: no acceptable C compiler found in $PATH', says: "compiler('c')" },
    { line: 'No CMAKE_CXX_COMPILER could be found.', says: "compiler('cxx')" },
    { line: '  Could not find a package configuration file provided by "Foo" with any of', says: '`Foo`' },
    { line: 'Could NOT find ZLIB (missing: ZLIB_LIBRARY)', says: '`ZLIB`' },
    { line: "No package 'zlib' found", says: '`zlib.pc`' },
    { line: "Package 'zlib', required by 'virtual:world', not found", says: '`zlib.pc`' },
    { line: 'build.sh: line 3: cmake: command not found', says: '`cmake` to requirements.build' },
    { line: 'cp: error writing x: No space left on device', says: 'disk is full' },
    { line: 'curl: (6) Could not resolve host: example.com', says: 'under `source`' },
    {
      line: "checking build system type... Invalid configuration `arm64-x': machine `arm64-x' not recognized",
      says: '`gnuconfig`',
    },
    { line: "tool: /lib/libc.so.6: version `GLIBC_2.34' not found (required by tool)", says: 'stdlib' },
  ]

  test.each(causes)('of: $line', ({ line, says }) => {
    expect(likelyCause(['all is well', line])).toContain(says)
  })

  test('is proved by a line for every row, and unknown otherwise', () => {
    expect(knownCauses.filter(({ pattern }) => !causes.some(({ line }) => pattern.test(line)))).toEqual([])
    expect(likelyCause(['make: *** [all] Error 1'])).toBeUndefined()
  })
})
