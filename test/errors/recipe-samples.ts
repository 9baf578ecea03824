/** One broken file for every mistake that is found while a recipe is read or rendered. */

export interface RecipeSample {
  readonly code: string
  readonly recipe: string
  /** A variants.yaml beside it. */
  readonly variants?: string
}

const letters = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l']
const head = 'package:\n  name: demo\n  version: "1.0"\n'
const outputs = (...items: readonly string[]) =>
  `recipe:\n  name: demo\n  version: "1.0"\noutputs:\n${items.join('')}`
const pinning = (name: string, other: string) =>
  `  - package:\n      name: ${name}\n    requirements:\n      run:\n        - \${{ pin_subpackage("${other}", exact=True) }}\n`

/** In the order of the pages in docs/errors.md. */
export const recipeSamples: readonly RecipeSample[] = [
  { code: 'load/cache-section', recipe: `${head}cache:\n  build:\n    script: make\n` },
  {
    code: 'load/condition-syntax',
    recipe: `${head}requirements:\n  run:\n    - if: linux and\n      then: glibc\n`,
  },
  { code: 'load/duplicate-key', recipe: `${head}build:\n  number: 0\n  script: make\n  number: 1\n` },
  {
    code: 'load/exclusive-fields',
    recipe: `${head}source:\n  git: https://example.com/demo.git\n  rev: abc\n  tag: v1\n`,
  },
  {
    code: 'load/ignored',
    recipe: `${head}tests:\n  - script: make test\n---\nsecond: document\n`,
  },
  { code: 'load/invalid-match-spec', recipe: `${head}requirements:\n  run:\n    - python 3.x.>\n` },
  { code: 'load/invalid-value', recipe: `${head}build:\n  number: first\n  noarch: pyton\n` },
  { code: 'load/missing-field', recipe: 'package:\n  name: demo\n' },
  {
    code: 'load/template-syntax',
    recipe: `context:\n  a: \${{ 1 + }}\n${head}about:\n  summary: |\n    one\n    two \${{ "x }}\n`,
  },
  { code: 'load/unknown-key', recipe: `${head}build:\n  numbr: 1\nrequirments:\n  run: [python]\n` },
  { code: 'load/variable-name', recipe: `context:\n  my-name: demo\n${head}` },
  { code: 'load/variants', recipe: head, variants: 'python: "3.12"\n' },
  { code: 'load/wrong-type', recipe: `${head}requirements:\n  run: python\nabout: [a]\n` },
  {
    code: 'load/yaml-syntax',
    recipe: 'package:\n  name: {{ name }}\n  version: "1.0"\nabout: &anchor\n  summary: ${{ "a: b" }}\n',
  },
  { code: 'render/build-string', recipe: `${head}build:\n  string: py\${{ pythn }}_\${{ hash }}\n` },
  {
    code: 'render/condition',
    recipe: `${head}requirements:\n  run:\n    - if: match(1, 2, 3)\n      then: glibc\n`,
  },
  {
    code: 'render/invalid-match-spec',
    recipe: `context:\n  bound: ">>1"\n${head}requirements:\n  run:\n    - python \${{ bound }}\n`,
  },
  {
    code: 'render/invalid-value',
    recipe: `context:\n  number: one\n${head}build:\n  number: \${{ number }}\n`,
  },
  {
    code: 'render/missing-output',
    recipe: outputs(pinning('libdemo', 'libdmo'), pinning('demo', 'libdemo')),
  },
  { code: 'render/needs-flag', recipe: `${head}build:\n  steps:\n    - run: make\n` },
  { code: 'render/output-cycle', recipe: outputs(pinning('demo', 'libdemo'), pinning('libdemo', 'demo')) },
  {
    code: 'render/platform-in-variants',
    recipe: `${head}requirements:\n  run: [python]\n`,
    variants: 'target_platform:\n  - osx-arm64\n',
  },
  {
    code: 'render/template',
    recipe: `${head}about:\n  summary: >-\n    folded and\n    \${{ "DEMO" | lowr }}\n`,
  },
  {
    code: 'render/too-many-combinations',
    recipe: `${head}requirements:\n  host: [${letters.join(', ')}]\n`,
    variants: letters.map((key) => `${key}: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\n`).join(''),
  },
  {
    code: 'render/undefined-variable',
    recipe: `context:\n  version: "1.0"\npackage:\n  name: demo\n  version: \${{ versoin }}\nabout:\n  summary: |\n    one\n    two \${{ nmae }}\n`,
  },
  {
    code: 'render/unknown-staging',
    recipe: outputs(
      '  - staging:\n      name: base\n    build:\n      script: make\n',
      '  - package:\n      name: demo\n    inherit: bsae\n',
    ),
  },
  {
    code: 'render/zip-keys',
    recipe: `${head}requirements:\n  host:\n    - python\n    - numpy\n`,
    variants: 'python:\n  - "3.11"\n  - "3.12"\nnumpy:\n  - "2"\nzip_keys:\n  - [python, numpy]\n',
  },
]
