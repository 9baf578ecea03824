import { describe, expect, test } from 'vitest'
import { explain } from '../../../src/engine/explain/explain.js'
import { formatExplanations } from '../../../src/engine/explain/format-explanation.js'
import { formatRenderings } from '../../../src/engine/explain/format-rendering.js'
import { selectOutput, selectOutputs } from '../../../src/engine/explain/subjects.js'
import { explainSubjects, type SubjectTexts } from '../../support/explain-subjects.js'

const recipe = `context:
  name: demo
  version: "1.2"
  label: \${{ name }}-\${{ version }}
package:
  name: \${{ name }}
  version: \${{ version }}
source:
  - url: https://example.org/\${{ label }}.tar.gz
    sha256: ${'a'.repeat(64)}
build:
  number: 3
  skip: win and flavour == "x"
  script:
    - make CC=\${{ tool }}
requirements:
  build:
    - \${{ compiler('c') }}
    - if: win
      then: [vs2022]
      else:
        - make
  host:
    - numpy
    - \${{ "foo" if osx }}
  run:
    - python \${{ python }}
    - if: unix
      then: __unix
    - libzlib >=1.3
about:
  summary: Hello
`
const variants = `python:
  - 3.11.*
  - 3.12.*
numpy: ["2"]
zlib: ["1"]
flavour: [x]
tool: [gcc]
c_compiler: [gcc]
c_compiler_version: ["14"]
extra_label: [a]
zip_keys:
  - [c_compiler, c_compiler_version, extra_label]
`

function subjects(texts: Partial<SubjectTexts> = {}) {
  return explainSubjects({ recipe, variants, ...texts })
}

function textOf(path: string, texts: Partial<SubjectTexts> = {}): string {
  return formatExplanations(explain(path, subjects(texts).slice(0, 1)))
}

describe('a value', () => {
  test('tells its template, its place and what it read', () => {
    expect(textOf('requirements.run[0]')).toBe(
      [
        'requirements.run[0] = "python 3.11.*"',
        '  template  python ${{ python }}  recipe.yaml:27:7',
        '  read      python = "3.11.*"     variants.yaml:2:5',
        '',
      ].join('\n'),
    )
  })

  test('tells what a context variable was made of', () => {
    expect(textOf('source[0].url')).toBe(
      [
        'source[0].url = "https://example.org/demo-1.2.tar.gz"',
        '  template  https://example.org/${{ label }}.tar.gz  recipe.yaml:9:10',
        '  read      label = "demo-1.2"                       context, recipe.yaml:4:10',
        '              from ${{ name }}-${{ version }}',
        '  read        name = "demo"                          context, recipe.yaml:2:9',
        '  read        version = "1.2"                        context, recipe.yaml:3:12',
        '',
      ].join('\n'),
    )
  })

  test('that is written as it is only has a place', () => {
    expect(textOf('about.summary')).toBe('about.summary = "Hello"\n  written  recipe.yaml:32:12\n')
  })

  test('of a branch tells the condition and what that read', () => {
    expect(textOf('requirements.build[1]')).toBe(
      [
        'requirements.build[1] = "make"',
        '  written  recipe.yaml:22:11',
        '  branch   if: win, took else  recipe.yaml:19:11',
        '  read       win = false       platform of the build',
        '',
      ].join('\n'),
    )
  })

  test('of the command line or by default is not written anywhere', () => {
    expect(textOf('build.number', { options: { buildNumber: 7 } })).toBe(
      'build.number = 7\n  note  from the command line: --build-num\n',
    )
    expect(textOf('build.string')).toContain('krait explain hash')
    expect(textOf('schema_version')).toContain('a default')
  })

  test('of a script keeps its templates, and says so', () => {
    expect(textOf('build.script')).toContain('make CC=')
    expect(textOf('build.script')).toContain('recipe.yaml:15:7')
  })

  test('is found by the name of a requirement', () => {
    expect(textOf('requirements.run.libzlib')).toContain('requirements.run[2] = "libzlib >=1.3"')
  })

  test('of the context tells its own template', () => {
    expect(textOf('context.label')).toContain('template  ${{ name }}-${{ version }}  recipe.yaml:4:10')
  })
})

describe('a list', () => {
  test('says what was left out and why', () => {
    expect(textOf('requirements.build')).toBe(
      [
        'requirements.build',
        "  [0]  gcc_linux-64 14.*  recipe.yaml:18:7   ${{ compiler('c') }}",
        '  [1]  make               recipe.yaml:22:11  if: win, took else',
        'not in it:',
        '  vs2022  recipe.yaml:20:14  `if: win` is false (win = false, platform of the build)',
        '',
      ].join('\n'),
    )
  })

  test('says which template gave nothing', () => {
    expect(textOf('requirements.host')).toContain(
      '${{ "foo" if osx }}  recipe.yaml:25:7  the template renders to nothing',
    )
  })

  test('that is gone altogether is still explained', () => {
    const gone =
      'package:\n  name: a\n  version: "1"\nrequirements:\n  host:\n    - if: win\n      then: [b]\n'
    expect(textOf('requirements.host', { recipe: gone })).toContain('b  recipe.yaml:7:14  `if: win` is false')
  })

  test('of another output has no part in the explanation', () => {
    const output = (name: string) =>
      `  - package: {name: ${name}}\n    requirements:\n      run:\n        - if: win\n          then: for-${name}\n        - x\n`
    const two = `recipe: {name: s, version: "1"}\noutputs:\n${output('first')}${output('second')}`
    const [first = '', second = ''] = formatExplanations(
      explain('requirements.run', subjects({ recipe: two })),
    ).split('\n\n')
    expect(first).toContain('for-first')
    expect(first).not.toContain('for-second')
    expect(second).toContain('for-second')
  })
})

describe('skip', () => {
  const skipping = recipe.replace('skip: win and flavour == "x"', 'skip: [win, "match(python, \'<3.12\')"]')

  test('is told expression by expression, with the outputs that are skipped', () => {
    const [skipped, built] = explainSubjects({ recipe: skipping, variants, path: 'build.skip' }).toSorted(
      (left, right) => Number(right.output.skip) - Number(left.output.skip),
    )
    const tell = (path: string, subject = skipped) =>
      formatExplanations(explain(path, subject ? [subject] : []))
    expect(tell('build.skip')).toBe(
      [
        'build.skip',
        '  [0]  false  recipe.yaml:13:10  win',
        "  [1]  true   recipe.yaml:13:15  match(python, '<3.12')",
        '',
      ].join('\n'),
    )
    expect(tell('build.skip[1]')).toBe(
      [
        'build.skip[1] = true',
        "  template  match(python, '<3.12')  recipe.yaml:13:15",
        '  read      python = "3.11.*"       variants.yaml:2:5',
        '',
      ].join('\n'),
    )
    expect(tell('build.skip[1]', built)).toContain('= false')
    expect(() => tell('build.skip[2]')).toThrow('there is no `build.skip[2]`')
  })

  test('has no part in the explanation of outputs that are built', () => {
    expect(explainSubjects({ recipe: skipping, variants }).map(({ output }) => output.skip)).toEqual([false])
  })
})

describe('a variant key', () => {
  test('is not read by a branch that stands before the text that reads it', () => {
    const text = `package: {name: a, version: "1"}\nrequirements:\n  host: [python]\n  run:\n    - if: unix\n      then: b\nbuild: {skip: [python == "2"]}\n`
    expect(textOf('python', { recipe: text })).toContain(
      'used    read by `skip: python == "2"`, recipe.yaml:7:16',
    )
  })

  test.each(['python', 'variant.python'])('is meant by %s', (path) => {
    expect(textOf(path)).toBe(
      [
        'variant.python = "3.11.*"',
        '  from    variants.yaml:2:5',
        '  used    read by `python ${{ python }}`, recipe.yaml:27:7',
        '  values  3.11.*, 3.12.*',
        '',
      ].join('\n'),
    )
  })

  test('of the command line says so', () => {
    const options = { variantOverrides: new Map([['python', ['3.9.*']]]) }
    expect(textOf('python', { options })).toContain('from  command line (--variant)')
  })
})

describe('the hash', () => {
  test('tells every key with its reason, and every key that is left out', () => {
    const [first] = subjects()
    expect(textOf('hash')).toBe(
      [
        `np2py311h${first?.output.hash.hash}_3 = "np2py311" + "h" + sha1({"__unix": "__unix", "c_compiler": "gcc", "c_compiler_version": "14", "numpy": "2", "python": "3.11.*", "target_platform": "linux-64", "tool": "gcc"})[:7] + "_" + 3`,
        '  __unix              __unix    recipe.yaml:29:13      virtual package in requirements.run[1]',
        "  c_compiler          gcc       variants.yaml:8:14     read by compiler('c'), recipe.yaml:18:7",
        "  c_compiler_version  14        variants.yaml:9:22     read by compiler('c'), recipe.yaml:18:7",
        '  numpy               2         variants.yaml:4:9      bare `numpy` in requirements.host[0], recipe.yaml:24:7',
        '  python              3.11.*    variants.yaml:2:5      read by `python ${{ python }}`, recipe.yaml:27:7',
        '  target_platform     linux-64  platform of the build  always',
        '  tool                gcc       variants.yaml:7:8      read by build.script, recipe.yaml:15:7',
        '  not in it: extra_label (never read, only zipped with c_compiler), flavour (only mentioned where it is not reached: build.skip, recipe.yaml:13:9), zlib (never read)',
        '',
      ].join('\n'),
    )
  })

  test.each([
    {
      what: 'noarch',
      text: 'build: {noarch: python}\nrequirements:\n  host: [python]\n',
      lines: [
        'target_platform  noarch  recipe.yaml:4:17  always; noarch',
        'python (a noarch: python package',
      ],
    },
    {
      what: 'listed keys',
      text: 'build:\n  variant:\n    use_keys: [zlib]\n    ignore_keys: [numpy]\nrequirements:\n  host: [numpy]\n',
      lines: ['listed in build.variant.use_keys', 'numpy (listed in build.variant.ignore_keys)'],
    },
    {
      what: 'names of the environment',
      text: '',
      variants: 'CPU_COUNT: [4]\nchannel_targets: [c main]\n',
      lines: ['always, when a variant file has it: scripts may see', 'channel_targets  c main '],
    },
    {
      what: 'an explicit build string',
      text: 'build:\n  string: s_${{ zlib }}_${{ hash }}\n',
      lines: [
        's_${{ zlib }}_${{ hash }}  recipe.yaml:5:11',
        'read by `s_${{ zlib }}_${{ hash }}`, recipe.yaml:5:11',
      ],
    },
    {
      what: 'a context variable of the same name',
      text: 'context: {zlib: own}\n',
      lines: ['zlib (`context.zlib` takes its place)'],
    },
    {
      what: 'the environment',
      text: 'about:\n  summary: ${{ env.get("USER", default="none") }}\n',
      lines: ['USER (environment values never are)'],
    },
  ])('knows the part of $what', ({ text, lines, variants: own = variants }) => {
    const whole = `package:\n  name: a\n  version: "1"\n${text}`
    const explained = textOf('hash', { recipe: whole, variants: own })
    for (const line of lines) expect(explained).toContain(line)
  })

  test('knows the requirements of a staging output, for those who inherit it only', () => {
    const staged =
      'recipe: {name: s, version: "1"}\noutputs:\n  - staging: {name: base}\n    requirements:\n      host: [zlib]\n  - package: {name: a}\n    inherit: base\n  - package: {name: b}\n'
    const all = subjects({ recipe: staged, variants: 'zlib: ["1"]\n', options: { experimental: true } })
    const [a = '', b = ''] = ['a', 'b'].map((name) =>
      formatExplanations(explain('hash', selectOutputs(all, name))),
    )
    expect(a).toContain('bare `zlib` in requirements.host, recipe.yaml:5:14')
    expect(b).toContain('not in it: zlib (never read)')
  })

  test('knows a requirement of a branch that is not taken', () => {
    const recipeText =
      'package: {name: a, version: "1"}\nrequirements:\n  host:\n    - if: win\n      then: [zlib]\n    - make\n'
    expect(textOf('hash', { recipe: recipeText, variants: 'zlib: ["1"]\n' })).toContain(
      'zlib (only mentioned where it is not reached: requirements.host, recipe.yaml:5:14)',
    )
  })

  test('knows exact pins', () => {
    const pinned =
      'recipe: {name: s, version: "1"}\noutputs:\n  - package: {name: a}\n  - package: {name: b}\n    requirements:\n      run:\n        - ${{ pin_subpackage("a", exact=True) }}\n'
    const all = subjects({ recipe: pinned })
    const text = formatExplanations(explain('hash', selectOutputs(all, 'b')))
    expect(text).toMatch(/a +1 hb0f4dca_0 +recipe\.yaml:7:11 +exact pin in requirements\.run\[0\]/)
  })
})

describe('a question that has no answer', () => {
  test.each([
    { path: 'requirements.runn[0]', code: 'usage/unknown-path', hint: 'did you mean `requirements.run[0]`?' },
    { path: 'variant.pyhton', code: 'usage/unknown-path', hint: 'did you mean `variant.python`?' },
    { path: 'hsah', code: 'usage/unknown-path', hint: 'did you mean `hash`?' },
    { path: 'requirements.run[2].nothing.at.all', code: 'usage/unknown-path', hint: 'requirements.run[2]' },
    { path: 'wholly-different', code: 'usage/unknown-path', hint: '`krait render` shows every value' },
    { path: '__proto__', code: 'usage/unknown-path', hint: '' },
    { path: 'variant.toString', code: 'usage/unknown-path', hint: '' },
    { path: 'zlib', code: 'usage/unused-key', hint: 'left out of the hash: never read' },
  ])('$path is refused with $code', ({ path, code, hint }) => {
    expect(() => explain(path, subjects())).toThrow(
      expect.objectContaining({ code, hint: expect.stringContaining(hint) }),
    )
  })
})

describe('outputs', () => {
  test('are chosen by name, id or the beginning of an id', () => {
    const all = subjects()
    const [first, second] = all.map(({ id }) => id)
    expect(selectOutputs(all, undefined)).toHaveLength(2)
    expect(selectOutputs(all, 'demo')).toHaveLength(2)
    expect(selectOutputs(all, first)).toEqual([all[0]])
    expect(selectOutput(all, 'demo-1.2-np2py312').id).toBe(second)
    expect(() => selectOutput(all, 'demo')).toThrow(
      expect.objectContaining({ code: 'usage/ambiguous-output' }),
    )
    expect(() => selectOutput(all, 'dmeo')).toThrow(
      expect.objectContaining({ code: 'usage/unknown-output', hint: 'did you mean `demo`?' }),
    )
    expect(() => selectOutputs(all, '')).toThrow(expect.objectContaining({ code: 'usage/unknown-output' }))
  })

  test('with the same explanation share it', () => {
    const text = formatExplanations(explain('about.summary', subjects()))
    expect(text.match(/^# demo/gm)).toHaveLength(2)
    expect(text.match(/Hello/g)).toHaveLength(1)
  })

  test('that are all skipped can be explained all the same', () => {
    const text = textOf('package.name', { recipe: 'package: {name: a, version: "1"}\nbuild: {skip: true}\n' })
    expect(text).toContain('package.name = "a"')
  })

  test('show as YAML below a heading that no value can break', () => {
    const texts = {
      recipe: 'package: {name: a, version: "1"}\nabout: {summary: "${{ x }}"}\n',
      variants: 'x: ["a\\n# b, c=d\\x1b[2J"]\n',
    }
    const text = formatRenderings(subjects(texts))
    expect(text.split('\n')[0]).toMatch(
      /^# a-1-h.{7}_0 {2}variant: target_platform=linux-64, x="a\\n# b, c=d\\u001b\[2J"$/,
    )
    expect(text).not.toContain('\x1b')
  })
})

test('a number is shown as the recipe spells it', () => {
  const subjects = explainSubjects({
    recipe: 'package: {name: demo, version: "1"}\nextra:\n  exact: 3.0\n  plain: 3\n',
  })
  expect(explain('extra.exact', subjects)).toMatchObject([{ value: 3, spelling: '3.0' }])
  expect(formatExplanations(explain('extra.exact', subjects))).toMatch(/^extra\.exact = 3\.0\n/)
  expect(formatExplanations(explain('extra.plain', subjects))).toMatch(/^extra\.plain = 3\n/)
})
