import { expect, test } from 'vitest'
import { renderedRecipeShape } from '../../src/recipe/index.js'
import { findMismatch, type Json } from '../../src/text/index.js'
import { outputsOf } from '../stages/render-outputs/render.js'

const head = 'package: {name: demo, version: "1"}\n'
const options = { v3: true, experimental: true }

/** As it is written down, and read again. */
function mismatches(recipe: string): readonly unknown[] {
  const outputs = outputsOf({ recipe, options })
  expect(outputs.length).toBeGreaterThan(0)
  return outputs.map((output) =>
    findMismatch(JSON.parse(JSON.stringify(output.recipe)) as Json, renderedRecipeShape(), 'recipe'),
  )
}

test.each([
  ['nothing but a package', head],
  [
    'sources of all kinds',
    `${head}source:
  - {url: "https://a.org/a.tar.gz", sha256: ${'a'.repeat(64)}, patches: [a.patch], file_name: a, target_directory: b}
  - {url: ["https://a.org/a", "https://b.org/a"], filter: {include: ["**/*.c"], exclude: [x]}}
  - {git: ../repository, tag: v1, depth: 1, lfs: true, submodules: false, expected_commit: ${'b'.repeat(40)}}
  - {path: ., use_gitignore: false, filter: [a]}
`,
  ],
  [
    'everything that can be said of a build',
    `${head}build:
  number: 3
  script: {interpreter: python, env: {A: "1"}, secrets: [TOKEN], content: [a, b], cwd: x}
  noarch: python
  python: {entry_points: ["a = b:c"], skip_pyc_compilation: ["*"], site_packages_path: lib}
  always_copy_files: ["*.txt"]
  files: {include: [a], exclude: [b]}
  merge_build_and_host_envs: true
  dynamic_linking: {rpaths: [lib/], binary_relocation: ["*.so"], missing_dso_allowlist: [a], overlinking_behavior: error}
  variant: {use_keys: [a], ignore_keys: [b], down_prioritize_variant: -1}
  prefix_detection: {force_file_type: {text: [a], binary: [b]}, ignore: true, ignore_binary_files: true}
  post_process: [{files: ["*.pc"], regex: "a+", replacement: b}]
`,
  ],
  [
    'steps',
    `${head}build: {steps: [{run: [a], env: {A: b}, cwd: c, reusable: true}, {run: b, interpreter: perl}]}\n`,
  ],
  ['a script of one command', `${head}build: {script: a, prefix_detection: {ignore: [a]}}\n`],
  ['a script file', `${head}build: {script: {file: a.sh}}\n`],
  [
    'requirements and pins',
    `${head}requirements:
  build: ["\${{ compiler('c') }}", make]
  host: [python, "\${{ pin_subpackage('demo', lower_bound='x.x') }}"]
  run: ["\${{ pin_compatible('zlib', upper_bound=none) }}", "\${{ pin_subpackage('demo', exact=true) }}"]
  run_constraints: [a <2]
  extras: {more: [b], none: []}
  run_exports: {weak: [a], strong: ["\${{ pin_subpackage('demo') }}"], noarch: [c], weak_constraints: [d]}
  ignore_run_exports: {by_name: [a], from_package: [b]}
`,
  ],
  [
    'tests of all kinds, and what people should know',
    `${head}tests:
  - python: {imports: [a], pip_check: false, python_version: ["3.10", "3.12"]}
  - python: {imports: a, python_version: "3.10"}
  - perl: {uses: [A]}
  - r: {libraries: [a]}
  - ruby: {requires: [a]}
  - script: [a]
    requirements: {run: [b], build: [c]}
    files: {source: [d], recipe: [e]}
  - downstream: other
  - package_contents: {files: [a], bin: {exists: [b], not_exists: [c]}, lib: [d], strict: true}
about: {homepage: "https://a.org", license: MIT, license_file: [a, "\${{ SRC_DIR }}/b"], summary: a, description: b}
extra: {anything: [1, {a: null}]}
context: {list: [1, a], number: 1.5}
`,
  ],
  [
    'staging outputs',
    `recipe: {name: demo, version: "1"}
outputs:
  - staging: {name: built}
    source: {path: .}
    build: {script: [make]}
    requirements: {host: [zlib], ignore_run_exports: {by_name: [a]}}
  - package: {name: a}
    inherit: built
  - package: {name: b}
    inherit: {from: built, run_exports: false}
`,
  ],
])('%s: what rendering gives has the shape that is asked of a record', (_, recipe) => {
  expect(mismatches(recipe).filter(Boolean)).toEqual([])
})

test('a regular expression that cannot be read is none', () => {
  const [output] = outputsOf({ recipe: head })
  const post_process = [{ files: ['a'], regex: '(', replacement: '' }]
  const recipe = { ...output?.recipe, build: { string: '0', post_process } } as unknown as Json
  expect(findMismatch(recipe, renderedRecipeShape(), 'recipe')).toMatchObject({
    place: 'recipe.build.post_process[0].regex',
    expected: 'a regular expression',
  })
})
