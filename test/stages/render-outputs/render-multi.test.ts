import { describe, expect, test } from 'vitest'
import { outputsOf, renderCase } from './render.js'

const top = 'recipe: {name: r, version: "1"}\n'

const buildsOf = (recipe: string) =>
  Object.fromEntries(outputsOf({ recipe }).map((output) => [output.recipe.package.name, output.recipe.build]))

describe('outputs take over from the top level', () => {
  test('scripts, unless they have their own', () => {
    const recipe = `${top}build: {number: 3, script: top}
outputs:
  - package: {name: a}
  - package: {name: b}
    build: {script: own, number: 4}
  - package: {name: c}
    build: {script: []}
  - package: {name: d}
    build: {script: {cwd: q}}
  - package: {name: e}
    build: {script: {env: {A: b}}}
`
    expect(buildsOf(recipe)).toMatchObject({
      a: { number: 3, script: 'top' },
      b: { number: 4, script: 'own' },
      c: { script: [] },
      d: { script: 'top' },
      e: { script: { env: { A: 'b' }, content: [] } },
    })
  })

  test('without any script there is an explicit empty one', () => {
    expect(buildsOf(`${top}outputs: [{package: {name: a}}]`)).toEqual({
      a: { string: 'hb0f4dca_0', script: [] },
    })
  })

  test('lists are joined, about is merged by key, whole subsections of build win', () => {
    const recipe = `${top}source: {path: x}
tests: [{script: t}]
about: {license: MIT, summary: s}
build: {dynamic_linking: {rpaths: [a]}, files: [z]}
extra: {k: v}
outputs:
  - package: {name: a, version: "2"}
    source: {path: y}
    tests: [{script: u}]
    about: {summary: own}
    build: {dynamic_linking: {overlinking_behavior: error}}
`
    const [output] = outputsOf({ recipe })
    expect(output?.recipe).toMatchObject({
      package: { name: 'a', version: '2' },
      source: [{ path: 'x' }, { path: 'y' }],
      tests: [{ script: 't' }, { script: 'u' }],
      about: { license: 'MIT', summary: 'own' },
      build: { dynamic_linking: { overlinking_behavior: 'error' }, files: ['z'] },
      extra: { k: 'v' },
    })
  })

  test.each([
    ['version: "3"\n', '3'],
    ['version: "3"\nrecipe: {version: "4"}\n', '4'],
  ])('the version comes from %j', (head, version) => {
    expect(outputsOf({ recipe: `${head}outputs: [{package: {name: a}}]` })[0]?.recipe.package.version).toBe(
      version,
    )
  })

  test('every output has its own used variant', () => {
    const recipe = `${top}outputs:
  - package: {name: a}
    requirements: {host: [python]}
  - package: {name: b}
    build: {noarch: generic}
`
    const outputs = outputsOf({ recipe, variants: 'python: ["3.9", "3.10"]' })
    expect(
      outputs.map(
        ({
          recipe: {
            package: { name },
          },
          variant,
        }) => [name, variant.python],
      ),
    ).toEqual([
      ['a', '3.10'],
      ['b', undefined],
      ['a', '3.9'],
    ])
  })

  test('a shadowed key has the value of the context', () => {
    const recipe = `${top}context: {b: "\${{ b }}q"}\noutputs: [{package: {name: a}}]`
    expect(outputsOf({ recipe, variants: 'b: [x]' })[0]?.variant.b).toBe('xq')
  })
})

describe('outputs that name each other', () => {
  test('exact pins put the build of the sibling into the hash, and subpackages add up', () => {
    const recipe = `${top}outputs:
  - package: {name: B-x}
    build: {noarch: generic}
    requirements: {run: ["\${{ pin_subpackage('rattler_build_demo', exact=True) }}"]}
  - package: {name: rattler_build_demo}
    build: {noarch: generic, string: "unix_\${{ hash }}_0"}
    requirements: {run: [__unix]}
`
    const [demo, other] = outputsOf({ recipe })
    expect(demo?.recipe.build.string).toBe('unix_5600cae_0')
    expect(other?.variant.rattler_build_demo).toBe('1 unix_5600cae_0')
    expect(Object.keys(other?.subpackages ?? {})).toEqual(['B-x', 'rattler_build_demo'])
    expect(Object.keys(demo?.subpackages ?? {})).toEqual(['rattler_build_demo'])
  })

  test('the best matching variant is pinned', () => {
    const recipe = `${top}outputs:
  - package: {name: a}
    requirements: {host: [python], run: ["\${{ pin_subpackage('b', exact=True) }}"]}
  - package: {name: b}
    requirements: {host: [python]}
`
    const outputs = outputsOf({ recipe, variants: 'python: ["3.9", "3.10"]' })
    for (const a of outputs.filter((output) => output.recipe.package.name === 'a')) {
      const tag = `py${String(a.variant.python).replace('.', '')}`
      expect(a.variant.b).toMatch(new RegExp(`^1 ${tag}h`))
    }
  })

  test('a cycle is an error that names the outputs', () => {
    const recipe = `${top}outputs:
  - package: {name: b}
    requirements: {run: ["\${{ pin_subpackage('a', exact=True) }}"]}
  - package: {name: a}
    requirements: {host: [b]}
`
    expect(renderCase({ recipe }).diagnostics).toEqual([
      expect.objectContaining({
        code: 'render/output-cycle',
        message: 'Cycle detected in recipe outputs: a, b',
      }),
    ])
  })

  test('a skipped sibling is missing', () => {
    const recipe = `${top}outputs:
  - package: {name: a}
    build: {skip: true}
    requirements: {run: ["\${{ nobody_knows }}"]}
  - package: {name: b}
    requirements: {run: ["\${{ pin_subpackage('a', exact=True) }}"]}
`
    expect(renderCase({ recipe }).diagnostics).toEqual([
      expect.objectContaining({ code: 'render/missing-output', message: 'missing output: a' }),
    ])
  })
})

describe('staging', () => {
  const staging = `  - staging: {name: cache}
    source: {path: s}
    build: {script: [x]}
    requirements: {build: ["\${{ compiler('c') }}"], host: [python]}
`
  const head =
    'recipe: {name: R, version: "1"}\nsource: {path: top}\nbuild: {number: 2, script: t}\nabout: {license: MIT}\noutputs:\n'

  test('an inheriting output carries its staging output, and its variant', () => {
    const recipe = `${head}${staging}  - package: {name: a}\n    inherit: {from: cache, run_exports: false}\n    source: {path: own}\n`
    const [output] = outputsOf({ recipe, variants: 'python: ["3.12"]\nc_compiler: [gcc]' })
    expect(output?.recipe).toMatchObject({
      source: [{ path: 'own' }],
      build: { number: 2, script: [] },
      about: { license: 'MIT' },
      staging_caches: [
        {
          name: 'cache',
          build: { string: null, script: 'x' },
          requirements: { build: ['gcc_linux-64'], host: ['python'] },
          source: [{ path: 'top' }, { path: 's' }],
        },
      ],
      inherits_from: { cache_name: 'cache', inherit_run_exports: false },
    })
    expect(output?.variant).toMatchObject({ python: '3.12', c_compiler: 'gcc' })
    expect(output?.directoryName).toBe('R')
  })

  test('without a literal name of the recipe the first output names the directory', () => {
    const recipe = `version: "1"\noutputs:\n${staging}  - package: {name: First}\n  - package: {name: b}\n    inherit: cache\n`
    expect(outputsOf({ recipe }).map(({ directoryName }) => directoryName)).toEqual(['first', 'first'])
  })

  test('an unknown one is an error', () => {
    const recipe = `${head}${staging}  - package: {name: a}\n    inherit: nope\n`
    expect(renderCase({ recipe }).diagnostics).toEqual([
      expect.objectContaining({
        code: 'render/unknown-staging',
        message: "Staging cache 'nope' not found. Available caches: cache",
      }),
    ])
  })
})
