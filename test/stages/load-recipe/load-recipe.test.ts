import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadRecipe } from '../../../src/stages/load-recipe/index.js'

const base = 'package: {name: a, version: "1"}\n'

function errorsOf(text: string) {
  return loadRecipe({ file: 'recipe.yaml', text }).diagnostics.filter(({ severity }) => severity === 'error')
}

function markedText(text: string, index = 0): string {
  const span = errorsOf(text)[index]?.span
  return span ? text.slice(span.start, span.end) : ''
}

describe('a recipe', () => {
  test('is read into sections that keep templates and conditionals', () => {
    const text = `${base}requirements:\n  host:\n    - if: win\n      then: [a]\n      else: b\n    - python \${{ x }}\n`
    const { recipe, diagnostics } = loadRecipe({ file: 'recipe.yaml', text })
    expect(diagnostics).toEqual([])
    const requirements = recipe?.root.members.get('requirements')
    const host = requirements?.kind === 'section' ? requirements.members.get('host') : undefined
    expect(host).toMatchObject({
      kind: 'list',
      items: [
        {
          kind: 'conditional',
          condition: { text: 'win' },
          whenTrue: [{ text: 'a' }],
          whenFalse: [{ text: 'b' }],
        },
        { kind: 'text', text: 'python ${{ x }}', names: new Set(['x']) },
      ],
    })
  })

  test('with outputs is the other form', () => {
    const text = 'recipe: {version: "1"}\noutputs:\n  - package: {name: a}\n  - staging: {name: s}\n'
    const { recipe, diagnostics } = loadRecipe({ file: 'r', text })
    expect(diagnostics).toEqual([])
    expect(recipe?.form).toBe('multi')
    expect(recipe?.root.members.get('outputs')).toMatchObject({
      items: [{ alternative: 'package' }, { alternative: 'staging' }],
    })
  })
})

describe('mistakes', () => {
  test.each([
    ['load/missing-field', '{}', "missing required field 'package'", ''],
    ['load/missing-field', '', "missing required field 'package'", ''],
    ['load/missing-field', 'package: {name: a}', "missing required field 'version'", '{name: a}'],
    [
      'load/missing-field',
      'outputs: [{package: {name: a}}]',
      "missing required field 'version is required for package output'",
      '{name: a}',
    ],
    ['load/missing-field', `${base}source: [{if: win}]`, "missing required field 'then'", '{if: win}'],
    ['load/wrong-type', '- a', 'Top level must be a mapping', '- a'],
    ['load/wrong-type', `${base}build:`, 'expected mapping but got non-mapping', ''],
    ['load/wrong-type', `${base}requirements: {run: a}`, 'expected sequence but got non-sequence', 'a'],
    ['load/wrong-type', `${base}build: {number: [1]}`, 'expected scalar but got non-scalar', '[1]'],
    ['load/wrong-type', `${base}build: {files: a}`, 'sequence or mapping with include/exclude', 'a'],
    ['load/unknown-key', `${base}foo: 1`, "invalid value for 'recipe': unknown top-level field 'foo'", 'foo'],
    [
      'load/unknown-key',
      `${base}build: {scripts: a}`,
      "invalid value for 'build': unknown field 'scripts'",
      'scripts',
    ],
    ['load/unknown-key', `${base}source: {if: a, then: {path: x}, z: 1}`, "unknown field 'z'", 'z'],
    [
      'load/unknown-key',
      'outputs: [{staging: {name: a}, requirements: {run: [a]}}]',
      "'run' is not allowed in staging requirements",
      'run',
    ],
    [
      'load/unknown-key',
      'outputs: [{staging: {name: a}, build: {number: 1}}]',
      "unknown field 'number' - only 'script' and 'steps' are allowed in staging builds",
      'number',
    ],
    [
      'load/invalid-value',
      'package: {name: a, version: 1..2}',
      "invalid value for 'version': malformed version string '1..2'",
      '1..2',
    ],
    [
      'load/invalid-value',
      `${base}build: {number: x}`,
      "invalid value for 'build.number': invalid digit found in string",
      'x',
    ],
    [
      'load/invalid-value',
      `${base}build: {noarch: foo}`,
      "invalid value for 'noarch': invalid noarch type 'foo'. Expected 'python' or 'generic'",
      'foo',
    ],
    [
      'load/invalid-value',
      `${base}build: {merge_build_and_host_envs: "true"}`,
      "expected boolean ('true', 'false') or Jinja template",
      '"true"',
    ],
    [
      'load/invalid-value',
      `schema_version: 2\n${base}`,
      "invalid value for 'schema_version': unsupported schema version 2 (only version 1 is supported)",
      '2',
    ],
    [
      'load/invalid-value',
      `${base}build: {script: a, steps: []}`,
      "invalid value for 'build': `script` and `steps` are mutually exclusive; use one or the other",
      'steps',
    ],
    [
      'load/invalid-value',
      'outputs: []',
      "invalid value for 'outputs': at least one output is required",
      '[]',
    ],
    [
      'load/invalid-value',
      'outputs: [{build: {}}]',
      "must have either 'staging' or 'package' key",
      '{build: {}}',
    ],
    [
      'load/invalid-value',
      `${base}build: {script: {env: {1a: b}}}`,
      'not a valid name of an environment variable',
      '1a',
    ],
    [
      'load/invalid-value',
      `${base}source: {url: "https://x.org/a", attestation: {publishers: foo}}`,
      "Invalid publisher format 'foo': expected 'provider:owner/repo'",
      'foo',
    ],
    [
      'load/invalid-match-spec',
      `${base}requirements: {run: [foo 1.2]}`,
      "missing range specifier for '1.2'. Did you mean '==1.2' or '1.2.*'?",
      'foo 1.2',
    ],
    [
      'load/template-syntax',
      `${base}about: {summary: "\${{ 1 + }}"}`,
      'Jinja template error: Failed to parse Jinja template: syntax error',
      '',
    ],
    [
      'load/condition-syntax',
      `${base}source: [{if: "linux and (", then: {path: a}}]`,
      'Failed to parse if: Failed to parse Jinja expression: syntax error',
      '',
    ],
    [
      'load/condition-syntax',
      `${base}build: {steps: [{run: a, if: "\${{ x }}"}]}`,
      'step condition is a Jinja expression; do not use `${{ }}` template delimiters',
      '"${{ x }}"',
    ],
    ['load/cache-section', `${base}cache: {}`, 'cache', 'cache'],
    [
      'load/exclusive-fields',
      `${base}source: {git: a, rev: b, tag: c}`,
      'cannot specify more than one of: rev, tag, branch',
      'tag',
    ],
    ['load/variable-name', `context: {a-b: 1}\n${base}`, 'variable names cannot contain hyphens (-)', 'a-b'],
    [
      'load/duplicate-key',
      'package: {name: a, version: "1"}\nabout: {}\nabout: {}\n',
      'Duplicate key "about" in mapping at 3:1',
      'about',
    ],
    ['load/yaml-syntax', 'package: {name: a, version: ${{ x }}}', 'parse error: Failed to parse YAML', ''],
    ['load/yaml-syntax', 'a: &x 1', 'unexpected definition of anchor', ''],
    ['load/yaml-syntax', 'name: {{ x }}\n', 'keys in mappings must be scalar', ''],
  ])('%s: %s', (code, text, message, marked) => {
    const error = errorsOf(text).find(
      (candidate) => candidate.code === code && candidate.message.includes(message),
    )
    expect(error, JSON.stringify(errorsOf(text))).toBeDefined()
    if (marked !== '' && error?.span) expect(text.slice(error.span.start, error.span.end)).toBe(marked)
  })

  test.each([
    ['source: {url: ""}', "Invalid URL ''"],
    ['source: {url: []}', "invalid value for 'url': at least one is required"],
    ['build: {python: {entry_points: [""]}}', 'invalid entry point'],
    ['requirements: {run: [""]}', 'missing package name'],
  ])('some texts cannot be empty: %s', (body, message) => {
    expect(errorsOf(base + body).map((error) => error.message)).toEqual([expect.stringContaining(message)])
  })

  test('the nearest name is suggested', () => {
    const [error] = errorsOf(`${base}build: {scripts: a}`)
    expect(error?.label).toBe('did you mean `script`?')
    expect(error?.hint).toMatch(/^valid fields are: number, string, script/)
  })

  test('all mistakes of a file are found, in the order of the file', () => {
    const text = `context: {a-b: 1}\n${base}build:\n  nmber: 3\n  noarch: foo\nrequirements:\n  run:\n    - a b c\n    - \${{ 1 + }}\n`
    expect(errorsOf(text).map(({ code }) => code)).toEqual([
      'load/variable-name',
      'load/unknown-key',
      'load/invalid-value',
      'load/invalid-match-spec',
      'load/template-syntax',
    ])
  })

  test('a mistake in a template is pointed at inside the scalar', () => {
    expect(markedText(`${base}about:\n  summary: ab \${{ 1 @ 2 }}\n`)).toBe('@')
  })

  test('mistakes in branches that are never taken count', () => {
    expect(errorsOf(`${base}tests: [{if: false, then: {script: "\${{ ( }}"}}]`)).toHaveLength(1)
  })
})

describe('what is fine', () => {
  test.each([
    ['an unparsable skip expression', `${base}build: {skip: "linux and ("}`],
    ['shell code that looks like comments', `${base}build: {script: "echo \${{ x }} \${#A[@]}"}`],
    ['absent lists', `${base}requirements: {host: , run: ~}`],
    ['keys of JavaScript objects in extra', `${base}extra: {constructor: 1, __proto__: 2}`],
    ['a byte order mark', `\uFEFF${base}`],
    ['the other delimiters', `${base}about: {summary: "$<< name >>"}`],
  ])('%s', (_what, text) => {
    expect(errorsOf(text)).toEqual([])
  })

  test.each([
    ['tests: [{python: {imports: [a]}, foo: 1}]', 'load/ignored', /`foo` has no effect/],
    [
      'requirements: {run: [{if: win, then: a, els: b}]}',
      'load/invalid-value',
      /`els` beside `if` has no effect/,
    ],
  ])('%s is only a warning', (text, code, message) => {
    const { diagnostics } = loadRecipe({ file: 'r', text: `${base}${text}` })
    expect(diagnostics).toEqual([
      expect.objectContaining({ severity: 'warning', code, message: expect.stringMatching(message) }),
    ])
  })

  test('a second document is mentioned', () => {
    const { diagnostics } = loadRecipe({ file: 'r', text: `${base}---\nfoo: 1\n` })
    expect(diagnostics.map(({ severity }) => severity)).toEqual(['warning'])
  })
})

test('more mistakes than anybody reads are cut off, and it is said', () => {
  const text = base + Array.from({ length: 1500 }, (_, index) => `unknown${index}: 1\n`).join('')
  const { diagnostics } = loadRecipe({ file: 'r', text })
  expect(diagnostics).toHaveLength(1001)
  expect(diagnostics.at(-1)).toMatchObject({ code: 'load/too-many-mistakes', severity: 'error' })
})

test('half-typed text never throws', () => {
  const whole = `context:\n  a: \${{ 1 }}\n${base}build:\n  script:\n    - if: win\n      then: "x\${{ y }}"\ntests: [{script: [a]}]\n`
  fc.assert(
    fc.property(fc.nat(whole.length), fc.string({ maxLength: 8 }), (at, insert) => {
      expect(() => loadRecipe({ file: 'r', text: whole.slice(0, at) + insert })).not.toThrow()
      expect(() =>
        loadRecipe({ file: 'r', text: whole.slice(0, at) + insert + whole.slice(at) }),
      ).not.toThrow()
    }),
  )
})
