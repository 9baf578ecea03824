/** The packages in use: in two environments far from where they were built, one of them with a blank in its path. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { krait, root } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'

const channel = inject('channel')
const wanted = (process.env.KRAIT_REAL_ONLY ?? '').split(/\s+/).filter((name) => name !== '')
const has = (name: string) => wanted.length === 0 || wanted.includes(name)

const bootstrap = path.join(root, 'recipes/bootstrap')
const gems = 'lib/ruby/gems/3.1.0/gems'

const cases = [
  {
    name: 'python',
    commands: [
      [
        'python',
        '-c',
        'import ssl, sqlite3, ctypes, venv, zlib, lzma, bz2, readline, sys; print(sys.prefix)',
        '{prefix}\n',
      ],
      [
        'python',
        '-c',
        'import sys; print([p for p in sys.path if p.endswith("site-packages")])',
        "['{prefix}/lib/python3.11/site-packages']\n",
      ],
    ],
  },
  { name: 'pip', commands: [['python', '-m', 'pip', 'check', 'No broken requirements found.\n']] },
  {
    name: 'crcsum',
    commands: [
      ['python', '-c', 'import crcsum, zlib; print(crcsum.crc(b"x") == zlib.crc32(b"x"))', 'True\n'],
    ],
  },
  { name: 'tally', commands: [['sh', '-c', 'echo word word | tally', '     2 word\n']] },
  {
    name: 'perl',
    commands: [
      ['perl', '-MPOSIX', '-e', 'print $^X', '{prefix}/bin/perl'],
      ['perl', '-e', 'print join "\\n", grep { index($_, "{prefix}/") } @INC', ''],
      ['sh', '-c', 'echo "{}" | json_pp', '{}\n'],
    ],
  },
  {
    name: 'nodejs',
    commands: [
      ['node', '-p', 'process.execPath', '{prefix}/bin/node\n'],
      ['npm', 'prefix', '--global', '{prefix}\n'],
    ],
  },
  { name: 'markdown-it', commands: [['sh', '-c', 'echo "# A" | markdown-it', '<h1>A</h1>\n']] },
  { name: 'nushell', commands: [['nu', '--no-config-file', '-c', 'print ([1 2] | math sum)', '3\n']] },
  { name: 'xz', commands: [['sh', '-c', 'echo again | xz | unxz', 'again\n']] },
  {
    name: 'sqlite',
    package: 'sqlite-query',
    commands: [['sqlite-query', ':memory:', 'select 6 * 7', '42\n']],
  },
  {
    name: 'text-shelf',
    package: 'perl-text-shelf',
    commands: [['perl', '-MText::Shelf=vowels', '-e', 'print vowels("relocatable")', '5']],
  },
  { name: 'gauge', commands: [['sh', '-c', 'gauge 1 2 | wc -l', '2\n']] },
  { name: 'bash', commands: [['sh', '-c', 'command -v bash', '{prefix}/bin/bash\n']] },
  { name: 'make', commands: [['sh', '-c', 'printf "all:\\n\\t@echo made\\n" | make -f -', 'made\n']] },
  { name: 'patchelf', commands: [['patchelf', '--version', 'patchelf 0.14.3\n']] },
  { name: 'ninja', commands: [['ninja', '--version', '1.11.1\n']] },
  {
    name: 'cmake',
    commands: [
      ['cp', '-r', `${bootstrap}/cmake/project`, '.', ''],
      // Of the programs that build, ninja is the one that may lie below a blank.
      ['sh', '-c', 'cmake -S project -B built -G Ninja -DCMAKE_PREFIX_PATH="{prefix}" > log', ''],
      ['sh', '-c', 'cmake --build built > log', ''],
      ['built/sum', '123456789', 'cbf43926\n'],
    ],
  },
  {
    name: 'ruby',
    commands: [
      ['ruby', '-e', 'print RbConfig.ruby, " ", Gem.dir', '{prefix}/bin/ruby {prefix}/lib/ruby/gems/3.1.0'],
      ['ruby', '-e', 'print $:.reject { |path| path.start_with?("{prefix}/") }', '[]'],
      ['ruby', '-rjson', '-ryaml', '-ropenssl', '-rzlib', '-e', 'print({ a: 1 }.to_json)', '{"a":1}'],
      ['cp', '-r', `${bootstrap}/ruby/gem`, '.', ''],
      ['sh', '-c', 'cd gem && gem build counted.gemspec > log', ''],
      ['sh', '-c', 'cd gem && gem install --local --no-document counted-1.0.gem > log', ''],
      ['counted', 'relocatable', '5\n'],
    ],
  },
  {
    name: 'r-base',
    commands: [
      ['R', 'RHOME', '{prefix}/lib/R\n'],
      ['Rscript', '-e', 'cat(R.home(), .libPaths())', '{prefix}/lib/R {prefix}/lib/R/library'],
      ['R', 'CMD', 'config', 'CC', 'gcc\n'],
      ['cp', '-r', `${bootstrap}/r-base/counted`, '.', ''],
      ['sh', '-c', 'R CMD INSTALL counted > log 2>&1 || cat log', ''],
      ['Rscript', '-e', 'cat(counted::vowels("relocatable"))', '5'],
    ],
  },
  {
    name: 'rb-ffi',
    commands: [
      [
        'ruby',
        '-rffi',
        '-e',
        'module C; extend FFI::Library; ffi_lib "c"; attach_function :abs, [:int], :int; end; print C.abs(-5)',
        '5',
      ],
      ['ruby', '-rffi', '-e', 'print File.dirname($".grep(/ffi_c/)[0])', `{prefix}/${gems}/ffi-1.15.5/lib`],
    ],
  },
  {
    name: 'r-runlengths',
    commands: [['Rscript', '-e', 'cat(runlengths::longest_run(c(1, 2, 2)))', '2']],
  },
].filter(({ name }) => has(name))

describe.each([{ place: 'elsewhere' }, { place: 'else where' }])(
  'below a directory `$place`',
  ({ place }) => {
    const above = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'krait-real-')))
    afterAll(() => rmSync(above, { recursive: true, force: true }))
    const prefix = path.join(above, place, 'env')
    const env = { PATH: `${prefix}/bin:/usr/bin:/bin`, HOME: above, LANG: 'C.UTF-8' }

    test('the packages can be installed', async () => {
      const specs = cases.map((item) => item.package ?? item.name)
      const { code, stderr } = await krait(['env', 'create', '-p', prefix, ...specs, '-c', channel])
      expect(stderr).not.toContain('error')
      expect(code).toBe(0)
    })

    test.each(cases)('$name works', ({ commands }) => {
      const cwd = tempDirectory()
      for (const words of commands) {
        const [program = '', ...args] = words.map((word) => word.replaceAll('{prefix}', prefix))
        const expected = args.pop()
        expect(execFileSync(program, args, { env, encoding: 'utf8', cwd })).toBe(expected)
      }
    })

    test.runIf(has('zlib') || has('python'))('a program compiled against zlib runs', () => {
      const directory = tempDirectory()
      const source = '#include <stdio.h>\n#include <zlib.h>\nint main(void) { puts(zlibVersion()); }\n'
      writeFileSync(path.join(directory, 'a.c'), source)
      const flags = ['-I', `${prefix}/include`, '-L', `${prefix}/lib`, `-Wl,-rpath,${prefix}/lib`]
      execFileSync('cc', [...flags, 'a.c', '-o', 'a', '-lz'], { cwd: directory, env })
      expect(execFileSync(path.join(directory, 'a'), { cwd: directory, env, encoding: 'utf8' })).toBe(
        '1.2.13\n',
      )
    })
  },
)
