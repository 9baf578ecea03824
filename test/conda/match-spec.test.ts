import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  formatMatchSpec,
  formatVersionSpec,
  type MatchSpec,
  matchesRecord,
  type PackageRecord,
  parseMatchSpec,
  parseVersionSpec,
} from '../../src/conda/index.js'

function canonical(text: string): string {
  return formatMatchSpec(parseMatchSpec(text, { mode: 'strict' }))
}

describe('the canonical text', () => {
  test.each([
    ['gxx_linux-64 =14', 'gxx_linux-64 14.*'],
    ['foo =1.2', 'foo 1.2.*'],
    ['foo 1.2*', 'foo 1.2.*'],
    ['foo ==1.2', 'foo ==1.2'],
    ['foo>=1.2,  <2', 'foo >=1.2,<2'],
    ['foo !=1.2.*', 'foo !=1.2.*'],
    ['foo ~=1.2', 'foo ~=1.2'],
    ['foo 1.*|2.*', 'foo 1.*|2.*'],
    ['foo (>=1|<0.5),!=3', 'foo (>=1|<0.5),!=3'],
    ['foo *', 'foo *'],
    ['python 3.12.* *_cpython', 'python 3.12.* *_cpython'],
    ['foo * gpu*', 'foo * gpu*'],
    ['foo[build=gpu*]', 'foo[build="gpu*"]'],
    ['foo [build="gpu*"]', 'foo[build="gpu*"]'],
    ['foo * [build="x*"]', 'foo * x*'],
    ['foo[version=">=1",build="x*"]', 'foo >=1 x*'],
    ['Foo_Bar >=1', 'foo_bar >=1'],
    ['foo >=2023.06', 'foo >=2023.6'],
    ['conda-forge::foo', 'conda-forge::foo'],
    ['foo[channel=conda-forge,subdir=linux-64]', 'conda-forge/linux-64::foo'],
    ['https://x.org/ch/linux-64::foo ==1', 'foo ==1[channel="https://x.org/ch/", subdir="linux-64"]'],
    [
      'https://x.org/ch/linux-64/foo-1.0-h1_0.conda',
      'foo[url="https://x.org/ch/linux-64/foo-1.0-h1_0.conda"]',
    ],
    ['/x/foo-1-0.conda', 'foo[url="file:///x/foo-1-0.conda"]'],
    ['ns:foo', 'foo[namespace="ns"]'],
    ['conda-forge:ns:foo', 'conda-forge:ns:foo'],
    ['foo[build_number=3]', 'foo[build_number="==3"]'],
    ['foo >=1 [build_number=3]', 'foo >=1[build_number="==3"]'],
    ['foo>=1,<2[build=x]', 'foo >=1,<2 x'],
    ['foo[version=>=1]', 'foo >=1'],
    ['foo[]', 'foo'],
    ['foo#bar', 'foo'],
    ['foo ((>=1))', 'foo >=1'],
    ['foo (>=1,<2)|3.*', 'foo >=1,<2|3.*'],
    ['foo 1.2.0*', 'foo 1.2.0.*'],
    ['foo =1.2 h*_0', 'foo 1.2.* h*_0'],
    ['foo >=1.2RC1', 'foo >=1.2rc1'],
    ['foo ==01.02', 'foo ==1.2'],
    ['foo >=1-2', 'foo >=1-2'],
    ['foo >=1!2', 'foo >=1!2'],
    ['foo >=1+l', 'foo >=1+l'],
  ])('of `%s` is `%s`', (text, expected) => {
    expect(canonical(text)).toBe(expected)
    expect(canonical(expected)).toBe(expected)
  })

  test.each([
    ['foo[extras=a]', 'foo[extras=[a]]'],
    ['foo[extras=[a,b]]', 'foo[extras=[a, b]]'],
    ['foo[flags=["blas:*"]]', 'foo[flags=[blas:*]]'],
    ['foo[when="python >=3.9"]', 'foo[when="python>=3.9"]'],
    ['foo[when="(a and b) or c"]', 'foo[when="a and b or c"]'],
    ['foo[when="a and (b or c)"]', 'foo[when="a and (b or c)"]'],
    [`foo[when="a[version='>=1']"]`, 'foo[when="a>=1"]'],
    ['foo[when="x >=1 h*"]', `foo[when='x[version=">=1", build="h*"]']`],
  ])('of `%s` is `%s` with the keys of revision 3', (text, expected) => {
    const v3 = { mode: 'strict', v3: true } as const
    expect(formatMatchSpec(parseMatchSpec(text, v3))).toBe(expected)
    expect(formatMatchSpec(parseMatchSpec(expected, v3))).toBe(expected)
  })
})

test.each([
  ['foo 1.2', 'foo ==1.2'],
  ['foo=1.8=b', 'foo ==1.8 b'],
  ['foo=1.8.*=b', 'foo 1.8.* b'],
  ['foo=*=*mkl*', 'foo * *mkl*'],
  ['foo >=1.4.*', 'foo >=1.4'],
  ['foo * py3?', 'foo * py3?'],
  ['foo >=1[version=2.*]', 'foo 2.*'],
])('leniently, `%s` is `%s`', (text, expected) => {
  expect(formatMatchSpec(parseMatchSpec(text, { mode: 'lenient' }))).toBe(expected)
})

const badBuild = 'is not valid, it can only contain alphanumeric characters and underscores'

test.each([
  ['foo 1.2 b', "missing range specifier for '1.2'. Did you mean '==1.2' or '1.2.*'?"],
  ['foo =1.2=b', `the build string '=b' ${badBuild}`],
  ['foo * py3?', `the build string 'py3?' ${badBuild}`],
  ['foo * a-b', `the build string 'a-b' ${badBuild}`],
  ['foo * ^a$', `the build string '^a$' ${badBuild}`],
  ['foo >=1.2 <2', `the build string '<2' ${badBuild}`],
  ['foo*', '"foo*" looks like a glob but only exact package names are allowed, '],
  ['^foo$', '"^foo$" looks like a regex but only exact package names are allowed, '],
  [
    'f@o',
    "invalid package name 'f@o': 'f@o' is not a valid package name. Package names can only contain 0-9",
  ],
  ['', 'missing package name'],
  ['foo[bad=1]', 'invalid bracket key: bad'],
  ['foo[__proto__=1]', 'invalid bracket key: __proto__'],
  ['foo[when=x]', 'invalid bracket key: when'],
  ['foo >=1[version=2.*]', 'found multiple values for: version'],
  ['foo 1.* b[build=c]', 'found multiple values for: build'],
  ['foo[version=2.*,version=3.*]', 'found multiple values for: version'],
  [
    'foo; if x',
    `the '; if' syntax for conditional dependencies is deprecated, use '[when="..."]' bracket syntax`,
  ],
  ['foo]', 'invalid bracket'],
  ['foo[version]', 'invalid bracket'],
  ['foo[,]', 'invalid bracket'],
  ['foo[version=">=1]', 'invalid bracket'],
  ['foo [version=">=1"] [build=b]', 'multiple bracket sections not allowed'],
  ['foo[md5=abc]', 'unable to parse hash digest from hex'],
  ['foo[build_number=x]', 'invalid build number spec'],
  ['foo::bar::baz', "invalid channel name: 'foo::bar'"],
  ['https://x.org/foo', 'does not end in the file name of a package'],
  ['foo[build="^(a$"]', 'unbalanced parenthesis'],
  ['a'.repeat(5000), 'a match spec has at most'],
])('strictly, `%s` is refused: %s', (text, message) => {
  expect(() => canonical(text)).toThrow(message)
})

test.each([
  ['foo[when="x and"]', 'could not parse condition x and: remainder not empty'],
  ['foo[when="(x"]', 'could not parse condition (x: '],
  ['foo[when=""]', 'could not parse condition : '],
  ['foo[extras=A]', "invalid extras group name 'A'"],
])('with the keys of revision 3, `%s` is refused: %s', (text, message) => {
  expect(() => parseMatchSpec(text, { mode: 'strict', v3: true })).toThrow(message)
})

describe('a spec that can be read', () => {
  const lenient = { mode: 'lenient', v3: true } as const

  function readOrRefuse(text: string, mode: 'strict' | 'lenient') {
    try {
      return parseMatchSpec(text, { mode, v3: true })
    } catch (error) {
      expect((error as Error).name).toBe('SpecError')
      return undefined
    }
  }

  function expectSameAgain(text: string, mode: 'strict' | 'lenient'): void {
    const spec = readOrRefuse(text, mode)
    if (!spec) return
    const printed = formatMatchSpec(spec)
    expect(parseMatchSpec(printed, lenient)).toEqual(withPlainVersions(spec))
    expect(formatMatchSpec(parseMatchSpec(printed, lenient))).toBe(printed)
  }

  /** What the text of versions does not keep: leading zeros, and which zeros were written. */
  function withPlainVersions(spec: MatchSpec): MatchSpec {
    if (!spec.version) return spec
    return { ...spec, version: parseVersionSpec(formatVersionSpec(spec.version), { mode: 'lenient' }) }
  }

  const mode = fc.constantFrom<'strict' | 'lenient'>('strict', 'lenient')
  const letters = fc.constantFrom(...'fo1.*<>=!~,|()[]" \'#:/_-ab^$\\;+?')
  const anyText = fc.array(letters, { maxLength: 25 }).map((characters) => characters.join(''))

  test('is printed as a text that reads the same, any other is refused with a SpecError', () => {
    fc.assert(fc.property(anyText, mode, expectSameAgain), { numRuns: 3000 })
  })

  test('is so with any value in its bracket', () => {
    const key = fc.constantFrom(
      ...[
        'version',
        'build',
        'fn',
        'url',
        'license',
        'license_family',
        'track_features',
        'channel',
        'subdir',
      ],
      ...['namespace', 'when', 'build_number', 'extras', 'flags'],
    )
    const value = fc.oneof(
      anyText,
      fc.constantFrom(
        '>=1',
        '1.*',
        '^a\\d+$',
        'conda-forge',
        'a/linux-64/noarch',
        'x://y/osx-64',
        '/a b',
        'noarch',
      ),
      fc.tuple(fc.constantFrom('a', 'c::b', 'a and (b'), key, letters).map(([name, inner, last]) => {
        return `${name}[${inner}='${last}', version='>=1']${name.includes('(') ? ')' : ''}`
      }),
    )
    const entry = fc.tuple(key, value, fc.constantFrom('"', "'")).map(([name, text, quote]) => {
      return `${name}=${quote}${text.replace(/[\\"']/g, '\\$&')}${quote}`
    })
    const text = fc
      .tuple(
        fc.constantFrom('foo', 'foo >=1', 'foo 1.*', 'c:n:foo', '/x::foo', 'x://y/noarch::foo'),
        fc.array(entry, { maxLength: 3 }),
      )
      .map(([start, entries]) => `${start}[${entries.join(', ')}]`)
    fc.assert(fc.property(text, mode, expectSameAgain), { numRuns: 3000 })
  })

  test.each([
    [`foo[license='say "yes"']`, `foo[license='say "yes"']`],
    [`foo[license="it's #1"]`, `foo[license="it's #1"]`],
    [`foo[license="it's \\"1\\""]`, `foo[license="it's \\"1\\""]`],
    ['foo[build="^py3\\d+$"]', 'foo[build="^py3\\d+$"]'],
    ['foo[fn="a\\\\"] # comment', 'foo[fn="a\\\\"]'],
    ['foo[version=">=1", build="a#b"]', 'foo >=1[build="a#b"]'],
    ['foo[version=">=1", build="a:b"]', 'foo >=1[build="a:b"]'],
    ['_<o_*= "x', `_ <o_[build='"x']`],
    ['foo ^[12]$ x', 'foo[version="^[12]$", build="x"]'],
    ['f"a:foo', `foo[namespace='f"a']`],
    ['foo[channel=/some/where, namespace=n]', 'foo[channel="/some/where", namespace="n"]'],
    ['a/linux-64/noarch::foo', 'a/linux-64/noarch::foo'],
    ['foo[channel="a/linux-64/noarch", subdir="x y"]', 'foo[channel="a/linux-64/noarch", subdir="x y"]'],
    [`foo[when='c::x[build=")#"]']`, `foo[when='c::x[build=")#"]']`],
    [`foo[when='c::x[version=">=1"]']`, `foo[when='c::x[version=">=1"]']`],
  ])('and holds odd characters, `%s`, is printed as `%s`', (text, expected) => {
    expect(formatMatchSpec(parseMatchSpec(text, lenient))).toBe(expected)
    expectSameAgain(text, 'lenient')
  })

  test('but that no text says is refused', () => {
    const spec = parseMatchSpec('foo[track_features=";,if,x"]', lenient)
    expect(() => formatMatchSpec(spec)).toThrow(
      'the match spec cannot be written as text: foo[track_features',
    )
  })
})

test.each(['f"a~..#:b', '"#foo'])('a quote outside a bracket does not hide a comment: `%s`', (text) => {
  expect(() => canonical(text)).toThrow('invalid package name')
})

const record: PackageRecord & { fn: string; url: string; channel: string; flags: string[] } = {
  name: 'foo',
  version: '1.2.3',
  build: 'py312_H1_0',
  build_number: 3,
  subdir: 'linux-64',
  depends: [],
  md5: 'd41d8cd98f00b204e9800998ecf8427e',
  license: 'MIT',
  track_features: 'a b',
  fn: 'foo-1.2.3-py312_H1_0.conda',
  url: 'https://conda.anaconda.org/conda-forge/linux-64/foo-1.2.3-py312_H1_0.conda',
  channel: 'https://conda.anaconda.org/conda-forge/',
  flags: ['cuda', 'blas:mkl'],
}

test.each([
  ['foo', true],
  ['bar', false],
  ['foo 1.2.*', true],
  ['foo >=2', false],
  ['foo * py312*', true],
  ['foo * PY312_h1_0', true],
  ['foo * py311*', false],
  ['foo * py31?_*', true],
  ['foo[build="^py3\\d+_.*$"]', true],
  ['foo[build="^py3\\d$"]', false],
  ['foo[build_number=">=3"]', true],
  ['foo[build_number="!=3"]', false],
  ['foo[build_number="<3"]', false],
  ['foo[build_number="<=3"]', true],
  ['foo[build_number=">3"]', false],
  ['conda-forge::foo', true],
  ['bioconda::foo', false],
  ['conda-forge/linux-64::foo', true],
  ['conda-forge/noarch::foo', false],
  ['foo[md5=D41D8CD98F00B204E9800998ECF8427E]', true],
  ['foo[sha256=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855]', false],
  ['foo[license=MIT]', true],
  ['foo[license_family=GPL]', false],
  ['foo[track_features="b"]', true],
  ['foo[track_features="c"]', false],
  ['foo[fn=foo-1.2.3-py312_H1_0.conda]', true],
  ['foo[fn=other.conda]', false],
  ['foo[flags=["blas:*", cuda]]', true],
  ['foo[flags=[rocm]]', false],
])('`%s` selects the record: %s', (text, expected) => {
  expect(matchesRecord(parseMatchSpec(text, { mode: 'lenient', v3: true }), record)).toBe(expected)
})

const word = fc.constantFrom('a', 'py-x', '__win', 'b.c')
const leaf = fc
  .tuple(word, fc.constantFrom('', '>=3.9', '>=1,<2', "[version='1.*']", "[build='*_cpython']", '~=1.4'))
  .map((parts) => parts.join(''))
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc
      .tuple(tie('condition'), fc.constantFrom('and', 'or'), tie('condition'))
      .map((parts) => parts.join(' ')),
    tie('condition').map((text) => `(${text})`),
  ),
}))

test('conditions, extras and flags read from the canonical text are the same again', () => {
  fc.assert(
    fc.property(
      fc.tuple(word, fc.constantFrom('', ' >=2', ' 1.* h*'), fc.option(condition)),
      fc.subarray(['x', 'test-all', 'a.b+c']),
      fc.subarray(['cuda', 'blas:*']),
      ([name, version, when], extras, flags) => {
        const entries = [
          ...(extras.length > 0 ? [`extras=[${extras.join(',')}]`] : []),
          ...(flags.length > 0 ? [`flags=[${flags.join(',')}]`] : []),
          ...(when === null ? [] : [`when="${when}"`]),
        ]
        const text = name + version + (entries.length > 0 ? `[${entries.join(', ')}]` : '')
        const spec = parseMatchSpec(text, { mode: 'lenient', v3: true })
        expect(parseMatchSpec(formatMatchSpec(spec), { mode: 'lenient', v3: true })).toEqual(spec)
      },
    ),
  )
})
