import { describe, expect, test } from 'vitest'
import { outputOf, outputsOf, renderCase, single } from './render.js'

const host = (...specs: string[]) => single(`requirements:\n  host: [${specs.join(', ')}]`)
const values = (input: Parameters<typeof outputsOf>[0], key: string) =>
  outputsOf(input).map(({ variant }) => variant[key])

describe('the build matrix', () => {
  test('has an axis for every key that is used, sorted by text', () => {
    const variants = 'python: ["3.9", "3.10"]\nnumpy: [2, "1"]\nunused: [a, b]'
    const outputs = outputsOf({ recipe: host('python', 'numpy'), variants })
    expect(outputs.map(({ variant }) => [variant.numpy, variant.python])).toEqual([
      ['1', '3.10'],
      ['1', '3.9'],
      [2, '3.10'],
      [2, '3.9'],
    ])
  })

  test('texts come before numbers and numbers before booleans; equal texts collapse', () => {
    const recipe = single('about: {summary: "${{ k }}"}')
    const variants = 'k: [10, 2, "b", "a", true, false, "2", "true"]'
    expect(values({ recipe, variants }, 'k')).toEqual(['2', 'a', 'b', 'true', 10, false])
  })

  test('zipped keys go together, used ones only', () => {
    const variants = 'python: [a, b]\nnumpy: [x, y]\nother: [p, q]\nzip_keys: [[python, numpy, other]]'
    const outputs = outputsOf({ recipe: host('python', 'numpy'), variants })
    expect(outputs.map(({ variant }) => `${variant.python}${variant.numpy}`)).toEqual(['ax', 'by'])
    expect(outputs[0]?.variant).not.toHaveProperty('other')
  })

  test('zipped lists of different lengths are an error', () => {
    const variants = 'python: [a, b]\nnumpy: [x]\nzip_keys: [[python, numpy]]'
    expect(renderCase({ recipe: single(''), variants }).diagnostics).toEqual([
      expect.objectContaining({
        code: 'render/zip-keys',
        message: 'Zip key elements do not all have same length: numpy',
      }),
    ])
  })

  test('keys that only show after rendering are discovered', () => {
    const recipe = single('context: {x: py}\nrequirements: {host: ["${{ x }}thon", numpy]}')
    const variants = 'python: [a, b]\nnumpy: [x]\nzip_keys: [[numpy, other]]'
    expect(values({ recipe, variants }, 'python')).toEqual(['a', 'b'])
  })

  test('files of -m win over the one beside the recipe, flags win over files', () => {
    const recipe = single('about: {summary: "${{ k }}${{ l }}"}')
    const input = { recipe, variants: 'k: [m]', recipeVariants: 'k: [r]\nl: [r]' }
    expect(outputOf(input).recipe.about?.summary).toBe('mr')
    const variantOverrides = new Map([['k', ['o', '']]])
    expect(outputsOf({ ...input, options: { variantOverrides } }).map(({ variant }) => variant.k)).toEqual([
      '',
      'o',
    ])
  })

  test('the platforms come from the flags; a file that differs is mentioned', () => {
    const recipe = single('about: {summary: "${{ target_platform }} ${{ build_platform }}"}')
    const { outputs, diagnostics } = renderCase({
      recipe,
      variants: 'target_platform: [foo]',
      target: 'osx-64',
    })
    expect(outputs[0]?.recipe.about?.summary).toBe('osx-64 linux-64')
    expect(diagnostics).toEqual([
      expect.objectContaining({
        severity: 'warning',
        code: 'render/platform-in-variants',
        message: "Setting 'target_platform' in a variant config file is not supported",
      }),
    ])
  })
})

describe('the used variant', () => {
  const variants =
    'python: ["3.12"]\nb: [x]\nc: [y]\nlib-a: ["1"]\nc_compiler: [gcc]\nc_compiler_version: ["14"]\nCONDA_BUILD_SYSROOT: [s]\nMACOSX_DEPLOYMENT_TARGET: ["11"]\nchannel_sources: [conda-forge]'
  const keys = (recipe: string, target?: string) =>
    Object.keys(outputOf({ recipe, variants, ...(target && { target }) }).variant).filter(
      (key) => key !== 'target_platform' && key !== 'channel_sources',
    )

  test.each<[string, string, string[]]>([
    ['a free host spec', 'requirements: {host: [python]}', ['python']],
    ['a spec with a version does not count', 'requirements: {host: [python >=3]}', []],
    ['dashes are underscores', 'requirements: {host: [lib-a]}', ['lib_a']],
    ['a template', 'about: {summary: "${{ b }}"}', ['b']],
    ['a condition', 'tests: [{if: b == "z", then: {script: "${{ c }}"}}]', ['b']],
    ['short circuit', 'tests: [{if: win and b, then: {script: x}}]', []],
    [
      'untaken script branches',
      'build: {script: [{if: win, then: "${{ b }}"}, {if: linux, then: x, else: [{if: c, then: y}]}]}',
      ['b', 'c'],
    ],
    ['all skip expressions', 'build: {skip: [win and c, b == "z"]}', ['b']],
    [
      'compilers',
      'requirements: {build: ["${{ compiler(\'c\') }}"]}',
      ['CONDA_BUILD_SYSROOT', 'c_compiler', 'c_compiler_version'],
    ],
    [
      'noarch python does not use python',
      'build: {noarch: python}\nrequirements: {host: [python, lib-a]}',
      ['lib_a'],
    ],
    ['use_keys', 'build: {variant: {use_keys: [b, nope]}}', ['b']],
    ['ignore_keys', 'build: {variant: {use_keys: [b], ignore_keys: [b]}}', []],
    ['names in the build string', 'build: {string: "${{ b }}"}', ['b']],
    ['a shadowed key that is not read', 'context: {b: 1}\nabout: {summary: "${{ b }}"}', []],
    ['a shadowed key that is read first', 'context: {b: "${{ b }}x"}', ['b']],
    ['virtual packages of run', 'requirements: {run: [__unix, "__glibc >=2.17"]}', ['__glibc', '__unix']],
  ])('%s', (_title, body, expected) => {
    expect(keys(single(body))).toEqual(expected)
  })

  test('a key that only extra mentions is undefined', () => {
    expect(renderCase({ recipe: single('extra: {a: "${{ b }}"}'), variants }).diagnostics).toEqual([
      expect.objectContaining({ code: 'render/undefined-variable', message: expect.stringContaining('`b`') }),
    ])
  })

  test('some environment names count on their platform', () => {
    expect(keys(single(''), 'osx-64')).toEqual(['MACOSX_DEPLOYMENT_TARGET'])
    expect(keys(single(''))).toEqual([])
  })

  test('noarch outputs have noarch as target platform, selectors follow the host', () => {
    const recipe = single('build: {noarch: generic}\nrequirements: {run: [{if: win, then: b}]}')
    const output = outputOf({ recipe, target: 'win-64' })
    expect(output).toMatchObject({ targetPlatform: 'noarch', variant: { target_platform: 'noarch' } })
    expect(output.recipe.requirements.run).toEqual(['b'])
  })
})

describe('hash and build string', () => {
  test('an empty noarch package that needs __unix has a known hash', () => {
    const recipe = single('build: {noarch: generic}\nrequirements: {run: [__unix]}')
    expect(outputOf({ recipe }).hash).toEqual({ hash: '5600cae' })
  })

  test.each<[string, string]>([
    ['number: 3', 'hb0f4dca_3'],
    ['string: abc', 'abc'],
    ['string: ""', ''],
    ['number: 2, string: "${{ hash }}_${{ build_number }}"', 'b0f4dca_2'],
    ['string: "${{ target_platform }}-${{ linux }}"', 'linux-64-True'],
    ['string: "${{ compiler(\'c\') }}"', 'gcc_linux-64'],
  ])('{%s} gives %s', (body, string) => {
    const variants = 'c_compiler: [icc]'
    const { build } = outputOf({
      recipe: single(`build: {${body}}`),
      ...(!body.includes('compiler') ? {} : { variants }),
    }).recipe
    expect(build.string).toBe(string)
  })

  test('language versions are in front', () => {
    const recipe = host('python', 'numpy', 'perl')
    const variants = 'python: ["3.12.* *_cpython"]\nnumpy: ["2"]\nperl: ["5.32.1"]'
    expect(outputOf({ recipe, variants }).recipe.build.string).toMatch(/^np2py312pl5321h[0-9a-f]{7}_0$/)
  })

  test('number and prefix can be replaced from outside', () => {
    const options = { buildNumber: 7, buildStringPrefix: 'P' }
    const output = outputOf({ recipe: single('build: {number: 2}'), options })
    expect(output.recipe.build).toEqual({ number: 7, string: 'P_hb0f4dca_7' })
    expect(output.hash).toEqual({ hash: 'b0f4dca', prefix: 'P_' })
  })

  test('the template of a build string sees variant and context', () => {
    const recipe = single('context: {q: 1}\nbuild: {string: "${{ q }}_${{ b }}"}')
    expect(outputOf({ recipe, variants: 'b: [x]' }).recipe.build.string).toBe('1_x')
  })
})

describe('skip', () => {
  test.each([
    ['true', true],
    ['linux', true],
    ['[win, osx]', false],
    ['[win, linux]', true],
    ['yes', false],
    ['"linux and ("', false],
    ['${{ linux }}', true],
    ['["${{ win }}"]', false],
    ['[{if: linux, then: "true"}]', true],
    ['nobody_knows', false],
    ['match(python, "<3")', true],
    ['""', false],
  ])('skip: %s', (skip, expected) => {
    const { outputs, diagnostics } = renderCase({ recipe: single(`build:\n  skip: ${skip}`) })
    expect(diagnostics).toEqual([])
    expect(outputs.map((output) => output.skip)).toEqual([expected])
  })
})
