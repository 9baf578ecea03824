import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { createSecretScan } from '../../../src/events/index.js'
import type { ScriptResult } from '../../../src/stages/run-script/index.js'
import { tempDirectory } from '../../support/system.js'
import { build, placeholder } from './build-package.js'
import { prefixRecord, writeTree } from './build-plan.js'

describe('what is refused', () => {
  test.each([
    { title: 'files below info/', code: 'package/info-directory', files: { 'info/x': 'x' } },
    { title: 'a backslash in a name', code: 'package/file-name', files: { 'a\\b': 'x' } },
    { title: 'a broken menu', code: 'package/menu', files: { 'Menu/m.json': '{' } },
    {
      title: 'a broken list of system libraries',
      code: 'package/library-list',
      files: { 'etc/conda-build/dsolists.d/win.json': '{"version": 2}' },
    },
  ])('$title', async ({ code, files }) => {
    await expect(build({}, ({ directories }) => writeTree(directories.host, files))).rejects.toMatchObject({
      code,
    })
  })

  test('a fifo, before anything reads from it', async () => {
    const fill = ({ directories }: ScriptResult) => execFileSync('mkfifo', [path.join(directories.host, 'f')])
    await expect(build({}, fill)).rejects.toMatchObject({ code: 'package/special-file' })
  })

  test('a file with a secret is named, and there is no package', async () => {
    const root = tempDirectory()
    const secrets = createSecretScan([{ name: 'TOKEN', value: 'hunter2', kind: 'declared' }])
    const run = build(
      { packaging: { secrets } },
      ({ directories }) => writeTree(directories.host, { 'a/b': 'pw=hunter2' }),
      root,
    )
    await expect(run).rejects.toMatchObject({
      code: 'package/secret-found',
      message: expect.stringContaining('a/b'),
    })
    expect(fs.existsSync(path.join(root, 'output/linux-64'))).toBe(false)
  })

  test('the prefix in a binary, when that is asked for', async () => {
    const run = build({ packaging: { errorPrefixInBinary: true } }, ({ directories }) =>
      writeTree(directories.host, { b: `\0${directories.host}\0` }),
    )
    await expect(run).rejects.toThrow(
      'Package demo contains Binary file b which contains host prefix placeholder',
    )
  })

  test('links in a package for every platform', async () => {
    const fill = ({ directories }: ScriptResult) => fs.symlinkSync('x', path.join(directories.host, 'l'))
    await expect(
      build({ targetSubdir: 'noarch', recipe: { build: { noarch: 'generic' } } }, fill),
    ).rejects.toThrow(
      'Package demo contains symlinks which are not supported on most Windows systems:\n  - l',
    )
  })

  test('a license that does not exist', async () => {
    await expect(build({ recipe: { about: { license_file: ['NOPE', 'X*'] } } }, () => {})).rejects.toThrow(
      'No license files were copied. The following license files were not found: NOPE, X*',
    )
  })

  test.each([
    ['x', "missing command separator '='"],
    ['x = m', "missing module and function separator ':'"],
    ['../a = m:f', 'entry point command must not contain path separators or NUL: "../a"'],
    ['.a = m:f', 'entry point command must not be a relative-traversal token or hidden name: ".a"'],
    ['a = m-x:f', 'entry point module must be a Python dotted identifier: m-x'],
    ['a = m:f[x]', 'entry point function must be a Python dotted identifier: f[x]'],
    ['a = m:f', 'Could not find python in host dependencies'],
  ])('the entry point %s: %s', async (entry, message) => {
    await expect(
      build({ recipe: { build: { python: { entry_points: [entry] } } } }, () => {}),
    ).rejects.toThrow(message)
  })
})

test('licenses come from the work directory and from beside the recipe, which wins', async () => {
  const license_file = ['LICENSE', 'docs/*.txt', '${{ PREFIX }}/share/COPYING']
  const built = await build({ recipe: { about: { license_file } } }, ({ directories }) => {
    writeTree(directories.work, { LICENSE: 'from source', 'docs/a.txt': 'a', 'docs/.b.txt': 'b' })
    writeTree(directories.recipe, { LICENSE: 'from recipe' })
    writeTree(directories.host, { 'share/COPYING': 'c' })
  })
  expect(built.list.filter((file) => file.startsWith('info/licenses'))).toEqual([
    'info/licenses/COPYING',
    'info/licenses/LICENSE',
    'info/licenses/docs/.b.txt',
    'info/licenses/docs/a.txt',
  ])
  expect(built.read('info/licenses/LICENSE')).toBe('from recipe')
  expect(built.events).toContainEqual(expect.objectContaining({ code: 'package/license-overwritten' }))
})

test('entry points of a package with its own Python go through sh, because the prefix is long', async () => {
  const recipe = { build: { python: { entry_points: ['tool=pkg.sub:Cls.run'] } } }
  const built = await build({ recipe, records: [prefixRecord('python', '3.12.1', [])] }, () => {})
  expect(built.read('bin/tool')).toBe(
    [
      '#!/bin/sh',
      `'''exec' "${placeholder(built.plan)}/bin/python3.12" "$0" "$@" #'''`,
      '# -*- coding: utf-8 -*-',
      'import re',
      'import sys',
      '',
      'from pkg.sub import Cls',
      '',
      "if __name__ == '__main__':",
      "\tsys.argv[0] = re.sub(r'(-script\\.pyw?|\\.exe)?$', '', sys.argv[0])",
      '\tsys.exit(Cls.run())',
      '',
    ].join('\n'),
  )
  expect(fs.statSync(path.join(built.root, 'bin/tool')).mode & 0o777).toBe(0o755)
})

test('the list of files that the script wrote itself decides, and build.files filters it', async () => {
  const built = await build({ recipe: { build: { files: ['a', 'd'] } } }, ({ directories }) => {
    writeTree(directories.host, { a: '', b: '', 'd/x': '', c: '' })
    fs.writeFileSync(
      path.join(directories.build, '.rattler-build-package-files'),
      `a\n${directories.host}/b\n\nd\n`,
    )
  })
  expect(built.list.filter((file) => !file.startsWith('info/'))).toEqual(['a', 'd/x'])
})

test('post_process changes files by their path in the package', async () => {
  const step = { files: ['lib/*.pc'], regex: '(?P<key>\\w+)=old', replacement: '${key}=new$$' }
  const built = await build({ recipe: { build: { post_process: [step] } } }, ({ directories }) =>
    writeTree(directories.host, { 'lib/foo.pc': 'a=old b=old\n', 'share/foo.pc': 'a=old\n' }),
  )
  expect(built.read('lib/foo.pc')).toBe('a=new$ b=new$\n')
  expect(built.read('share/foo.pc')).toBe('a=old\n')
})

test('the recipe travels with what lies beside it, under its standard name', async () => {
  const root = tempDirectory()
  const built = await build(
    {},
    ({ directories }) => {
      writeTree(directories.recipe, {
        'patches/a.patch': 'p',
        '.hidden': 'h',
        'skip/x': 'x',
        '.condapackageignore': 'skip\n',
      })
      fs.mkdirSync(path.join(directories.recipe, 'empty'))
    },
    root,
  )
  expect(built.list.filter((file) => file.startsWith('info/recipe'))).toEqual([
    'info/recipe/patches/a.patch',
    'info/recipe/recipe.yaml',
    'info/recipe/rendered_recipe.yaml',
    'info/recipe/variant_config.yaml',
  ])
  expect(fs.existsSync(path.join(built.root, 'info/recipe/empty'))).toBe(true)
})

test('tests are inlined, numbered without package_contents, and bring their files', async () => {
  const recipe = {
    tests: [
      { package_contents: { files: ['a'] } },
      { script: 'echo "FOO"' },
      { script: ['one', 'two'], requirements: { run: ['pkg >=1'] } },
      { script: { file: 'check.py' } },
      { script: ['cat data/x'], files: { recipe: ['data'] } },
      { python: { imports: ['m'], python_version: '3.11' } },
      { r: { libraries: ['ggplot2'] } },
      { downstream: 'other' },
    ],
  }
  const built = await build({ recipe }, ({ directories }) =>
    writeTree(directories.recipe, { 'check.py': 'import m\nprint(m)\n', 'data/x': 'x', 'data/.y': 'y' }),
  )
  expect(built.read('info/tests/tests.yaml')).toBe(`- script:
    content: echo "FOO"
- script:
  - one
  - two
  requirements:
    run:
    - pkg >=1
- script:
    interpreter: python
    content: |
      import m
      print(m)
- script:
    content:
    - cat data/x
    cwd: etc/conda/test-files/demo/3
  files:
    recipe:
    - data
- python:
    imports:
    - m
    python_version: '3.11'
- r:
    libraries:
    - ggplot2
- downstream: other
`)
  expect(built.list.filter((file) => file.startsWith('etc/'))).toEqual([
    'etc/conda/test-files/demo/3/data/.y',
    'etc/conda/test-files/demo/3/data/x',
  ])
})
