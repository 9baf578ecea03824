import { describe, expect, test } from 'vitest'
import { outputOf, renderCase, single } from './render.js'

describe('build', () => {
  test.each<[string, Record<string, unknown>]>([
    ['number: ${{ 100 if win }}', { number: 0 }],
    ['noarch: python', { noarch: 'python' }],
    ['noarch: ${{ "" }}', {}],
    ['merge_build_and_host_envs: ${{ "TRUE" }}', { merge_build_and_host_envs: true }],
    ['merge_build_and_host_envs: false', {}],
    ['script: a', { script: 'a' }],
    ['script: ""', { script: [] }],
    ['script: [a, "", b]', { script: ['a', 'b'] }],
    ['script: [{if: win, then: a}]', { script: [] }],
    ['script: [a, {if: linux, then: [b, c], else: d}]', { script: ['a', 'b', 'c'] }],
    ['script: ["${{ PREFIX }}/x"]', { script: '${{ PREFIX }}/x' }],
    ['script: {}', {}],
    ['script: {env: {A: ""}}', {}],
    ['script: {env: {A: "${{ 1 }}", B: 1.50}}', { script: { env: { A: '1', B: '1.50' } } }],
    ['script: {content: [x]}', { script: { content: 'x' } }],
    ['script: {file: b.R, content: x}', { script: { interpreter: 'rscript', file: 'b.R' } }],
    [
      'script: {cwd: c, interpreter: bash, content: [x, y]}',
      { script: { interpreter: 'bash', content: ['x', 'y'], cwd: 'c' } },
    ],
    ['script: {secrets: ["${{ X }}"]}', { script: { secrets: ['${{ X }}'] } }],
    ['files: [a]', { files: ['a'] }],
    ['files: {exclude: [b]}', { files: { include: [], exclude: ['b'] } }],
    ['files: {include: [a]}', { files: ['a'] }],
    ['dynamic_linking: {binary_relocation: []}', { dynamic_linking: { binary_relocation: [] } }],
    ['dynamic_linking: {binary_relocation: true, overlinking_behavior: ignore}', {}],
    ['prefix_detection: {ignore: [a], force_file_type: {}}', { prefix_detection: { ignore: ['a'] } }],
    ['variant: {down_prioritize_variant: 0}', { variant: { down_prioritize_variant: 0 } }],
    ['variant: {down_prioritize_variant: "${{ 3 if win }}"}', {}],
    [
      'python: {entry_points: [a=b:c], version_independent: "true"}',
      { python: { entry_points: ['a = b:c'], version_independent: true } },
    ],
    [
      'post_process: [{files: [a], regex: x, replacement: y}]',
      { post_process: [{ files: ['a'], regex: 'x', replacement: 'y' }] },
    ],
  ])('%s', (body, build) => {
    expect(outputOf({ recipe: single(`build:\n  ${body}`) }).recipe.build).toEqual({
      string: expect.any(String),
      ...build,
    })
  })

  test('steps keep those that run, with a fixed key order', () => {
    const recipe = single(
      'build:\n  steps: [{run: a, cwd: c, interpreter: i, if: linux}, {run: b, if: win}, {run: ""}]',
    )
    const { build } = outputOf({ recipe, options: { experimental: true } }).recipe
    expect(JSON.stringify(build.steps)).toBe('[{"run":["a"],"interpreter":"i","cwd":"c"}]')
  })
})

describe('source', () => {
  test.each<[string, Record<string, unknown>]>([
    ['url: https://x.org', { url: 'https://x.org/' }],
    ['url: [https://x.org/a, https://y.org/b]', { url: ['https://x.org/a', 'https://y.org/b'] }],
    ['url: [https://x.org/a]', { url: 'https://x.org/a' }],
    ['git: x, rev: head', { git: 'x' }],
    ['git: x, tag: v1, lfs: true, submodules: true', { git: 'x', rev: 'refs/tags/v1', lfs: true }],
    ['git: x, branch: b, depth: 1', { git: 'x', rev: 'refs/heads/b', depth: 1 }],
    ['git: x, rev: ""', { git: 'x', rev: '' }],
    ['path: p, use_gitignore: false', { path: 'p', use_gitignore: false }],
    [
      'path: p, patches: ["${{ RECIPE_DIR }}/a", "${{ \'\' }}"]',
      { path: 'p', patches: ['${{ RECIPE_DIR }}/a'] },
    ],
    ['path: p, filter: {exclude: [x]}', { path: 'p', filter: { include: [], exclude: ['x'] } }],
  ])('{%s}', (body, source) => {
    expect(outputOf({ recipe: single(`source: {${body}}`) }).recipe.source).toEqual([source])
  })

  test('attestations name their publishers', () => {
    const recipe = single(
      'source: {url: "https://x.org/a", attestation: {publishers: "github:a/b@refs/tags/*"}}',
    )
    const [source] = outputOf({ recipe, options: { experimental: true } }).recipe.source ?? []
    expect(source).toMatchObject({
      attestation: {
        publishers: [{ provider: 'github', owner: 'a', repo: 'b', ref_constraint: 'refs/tags/*' }],
      },
    })
  })
})

describe('requirements', () => {
  test.each<[string, unknown]>([
    ['"foo =1.2"', 'foo 1.2.*'],
    ['"Foo_Bar >=1"', 'foo_bar >=1'],
    ['"${{ pin_subpackage(\'a\', exact=True) }}"', { pin_subpackage: { name: 'a', exact: true } }],
    [
      "\"${{ pin_compatible('b', lower_bound='1.02', upper_bound='x.x') }}\"",
      { pin_compatible: { name: 'b', lower_bound: '1.2', upper_bound: 'x.x' } },
    ],
  ])('%s', (spec, expected) => {
    const recipe = single(`requirements: {run: [${spec}]}`)
    expect(outputOf({ recipe }).recipe.requirements.run).toEqual([expected])
  })

  test('templates that render to nothing are left out, run exports as a list are weak', () => {
    const recipe = single('requirements: {host: ["${{ \'\' }}"], run_exports: [b]}')
    expect(outputOf({ recipe }).recipe.requirements).toEqual({ run_exports: { weak: ['b'] } })
  })

  test('of ignored run exports only the name stays', () => {
    const recipe = single('requirements: {ignore_run_exports: {from_package: ["${{ compiler(\'cxx\') }}"]}}')
    const variants = 'cxx_compiler_version: ["14"]'
    const { ignore_run_exports } = outputOf({ recipe, variants }).recipe.requirements
    expect(ignore_run_exports).toEqual({ from_package: ['gxx_linux-64'] })
  })
})

describe('about, tests, extra', () => {
  test.each<[string, unknown]>([
    ['about: {summary: " a ", license_file: x}', { summary: 'a', license_file: ['x'] }],
    ['about: {license_file: []}', { license_file: [] }],
    ['about: {license_file: ["${{ PREFIX }}/x"]}', { license_file: ['${{ PREFIX }}/x'] }],
    ['about: {summary: ""}', { summary: '' }],
  ])('%s', (body, about) => {
    expect(outputOf({ recipe: single(body) }).recipe.about).toEqual(about)
  })

  test.each<[string, unknown]>([
    ['{python: {imports: a, python_version: 3.10}}', { python: { imports: ['a'], python_version: '3.10' } }],
    ['{python: {imports: [a], pip_check: true}}', { python: { imports: ['a'] } }],
    ['{python: {pip_check: false}}', { python: { imports: [], pip_check: false } }],
    ['{perl: {}}', { perl: { uses: [] } }],
    ['{script: {}, requirements: {run: [b]}}', { script: {}, requirements: { run: ['b'] } }],
    ['{script: [{if: win, then: a}]}', { script: [] }],
    ['{script: a, files: {source: [b]}}', { script: 'a', files: { source: ['b'] } }],
    ['{downstream: b}', { downstream: 'b' }],
    ['{package_contents: {lib: [a], strict: yes}}', { package_contents: { lib: ['a'], strict: true } }],
    [
      '{package_contents: {bin: {not_exists: [b]}}}',
      { package_contents: { bin: { exists: [], not_exists: ['b'] } } },
    ],
  ])('test %s', (body, expected) => {
    expect(outputOf({ recipe: single(`tests: [${body}]`) }).recipe.tests).toEqual([expected])
  })

  test('extra is typed data, with sorted keys below the first level', () => {
    const recipe = single(
      'extra: {z: 1e3, a: "1", n: "null", b: TRUE, t: "x${{ 1 }}", m: {b: [x, {d: ~, c: 007}], a: inf}}',
    )
    expect(JSON.stringify(outputOf({ recipe }).recipe.extra)).toBe(
      '{"z":1000,"a":"1","n":null,"b":true,"t":"x1","m":{"a":null,"b":["x",{"c":7,"d":null}]}}',
    )
  })
})

describe('context', () => {
  test.each<[string, unknown]>([
    ['3', 3],
    ['"3"', '3'],
    ['3.10', '3.10'],
    ['true', true],
    ['${{ 1 + 2 }}', 3],
    ['"${{ 1 + 2 }}"', '3'],
    ['${{ 3 }}1', 31],
    ['" ${{ 3 }} "', '3'],
    ['"tr${{ \'ue\' }}"', 'True'],
    ['${{ [1, "a"] }}', [1, 'a']],
    ['[1, "2", "${{ 1 }}"]', [1, '2', '${{ 1 }}']],
    ['${{ none }}', null],
    ['$<< 1 + 2 >>', 3],
    ['a $<< 1 >> ${{ 2 }}', 'a 1 2'],
  ])('v: %s', (value, expected) => {
    expect(outputOf({ recipe: single(`context:\n  v: ${value}`) }).recipe.context).toEqual({ v: expected })
  })

  test('a value that is none is seen everywhere, and is nothing undefined', () => {
    const recipe = single(
      'context:\n  n: ${{ none }}\nbuild: {string: "s${{ n }}_0"}\nabout: {summary: "${{ n }} ${{ n is none }}"}',
    )
    const { about, build } = outputOf({ recipe }).recipe
    expect([about?.summary, build.string]).toEqual(['None True', 'sNone_0'])
  })

  test('later values see earlier ones, and names of JavaScript are just names', () => {
    const recipe = single('context: {a: 1, constructor: "${{ a }}x", __proto__: "${{ constructor }}y"}')
    expect(JSON.stringify(outputOf({ recipe }).recipe.context)).toBe(
      '{"a":1,"constructor":"1x","__proto__":"1xy"}',
    )
  })
})

describe('mistakes', () => {
  test.each([
    [
      'about: {summary: "${{ pyhton }}"}',
      'render/undefined-variable',
      'undefined value: `pyhton` is not defined',
    ],
    [
      'context: {v: "${{ 1 if win }}"}',
      'render/undefined-variable',
      "undefined variable in expression '${{ 1 if win }}'",
    ],
    [
      'tests: [{if: nope, then: {script: a}}]',
      'render/undefined-variable',
      'undefined variable in condition',
    ],
    ['tests: [{if: 1 + "a", then: {script: a}}]', 'render/condition', 'invalid conditional'],
    ['about: {summary: "${{ 1 | title }}"}', 'render/template', 'unknown filter: filter title is unknown'],
    ['about: {homepage: "${{ \'x\' }}"}', 'render/invalid-value', "Invalid URL 'x'"],
    ['build: {number: "${{ \'x\' }}"}', 'render/invalid-value', 'invalid digit found in string'],
    [
      'build: {merge_build_and_host_envs: "${{ 1 }}"}',
      'render/invalid-value',
      "expected boolean ('true', 'false')",
    ],
    [
      'requirements: {run: ["${{ \'a 1\' }}"]}',
      'render/invalid-match-spec',
      "Invalid match spec 'a 1': missing range specifier",
    ],
    ['requirements: {run: ["${{ \'{}\' }}"]}', 'render/invalid-match-spec', 'expected a match spec or a pin'],
    [
      'build: {steps: [{run: a}]}',
      'render/needs-flag',
      'provide the `--experimental` flag to enable this feature',
    ],
    ['build: {flags: [a]}', 'render/needs-flag', 'package flags require the --v3 flag'],
    ['requirements: {extras: {a: [b]}}', 'render/needs-flag', 'requirements.extras'],
    [
      'build: {string: "${{ nope }}"}',
      'render/build-string',
      'Failed to render build string template: undefined value',
    ],
    [
      'requirements: {run: ["${{ pin_subpackage(\'zz\', exact=True) }}"]}',
      'render/missing-output',
      'missing output: zz',
    ],
  ])('%s', (body, code, message) => {
    const { outputs, diagnostics } = renderCase({ recipe: single(body) })
    expect(outputs).toEqual([])
    expect(diagnostics).toEqual([
      expect.objectContaining({ severity: 'error', code, message: expect.stringContaining(message) }),
    ])
  })

  test('a v3 spec without the flag says how to enable it', () => {
    const recipe = single('requirements: {run: ["foo[when=\\"python >=3\\"]"]}')
    expect(renderCase({ recipe }).diagnostics).toEqual([
      expect.objectContaining({
        message: expect.stringContaining('invalid bracket key: when'),
        hint: 'Enable --v3 to use V3 MatchSpec keys',
      }),
    ])
    expect(outputOf({ recipe, options: { v3: true } }).recipe.requirements.run).toEqual([
      'foo[when="python>=3"]',
    ])
  })

  test('flags and extras render with --v3', () => {
    const recipe = single('build: {flags: ["a", "b:c"]}\nrequirements: {extras: {z: [b], a: []}}')
    const { build, requirements } = outputOf({ recipe, options: { v3: true } }).recipe
    expect(build.flags).toEqual(['a', 'b:c'])
    expect(JSON.stringify(requirements)).toBe('{"extras":{"a":[],"z":["b"]}}')
  })

  test('all are found at once, once each, at their place, with the nearest name', () => {
    const recipe = single(
      'context: {python_min: "3.9"}\nabout:\n  summary: x ${{ pyton_min }}\n  description: ${{ nope() }}',
    )
    const { diagnostics } = renderCase({ recipe, variants: 'k: [1, 2]' })
    expect(diagnostics.map(({ span }) => recipe.slice(span?.start, span?.end))).toEqual(['pyton_min', 'nope'])
    expect(diagnostics[0]?.label).toBe('did you mean `python_min`?')
    expect(diagnostics[0]?.hint).toBe(
      'defined here: `python_min` (context), `target_platform` (variant); a default is written `${{ pyton_min | default("...") }}`',
    )
  })

  test('a default of a condition is written without `${{ }}`', () => {
    const { diagnostics } = renderCase({
      recipe: single('requirements: {run: [{if: linux and foo, then: a}]}'),
    })
    expect(diagnostics[0]?.hint).toBe(
      'defined here: `target_platform` (variant); a default is written `foo | default("...")`',
    )
  })

  test('an entry of the context that is used above it, or has a mistake, is not called undefined without a reason', () => {
    const recipe = single('context: {a: "${{ b }}", b: "${{ nope() }}"}\nabout: {summary: "${{ b }}"}')
    const { diagnostics } = renderCase({ recipe })
    expect(diagnostics.map(({ hint }) => hint)).toEqual([
      '`b` stands below; entries of `context` can use those above them',
      undefined,
      'the entry `b` of `context` has no value, because of the mistake in it',
    ])
  })
})
