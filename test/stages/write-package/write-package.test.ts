import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ScriptResult } from '../../../src/stages/run-script/index.js'
import { tempDirectory } from '../../support/system.js'
import { build, placeholder } from './build-package.js'
import { prefixRecord, timestampSeconds, tool, writeTree } from './build-plan.js'

const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex')

describe('the worked example of the specification', () => {
  test('keeps the right files, relativises links and lists them in order', async () => {
    const built = await build({}, (plan) => {
      const { host } = plan.directories
      writeTree(host, {
        'bin/hello': { text: `#!${host}/bin/bash\necho hi\n`, mode: 0o755 },
        'lib/libz.so.1': 'not really a library',
        'lib/libz.la': 'libtool',
        'share/info/dir': 'x',
        'bin/.hello-post-link.sh': 'echo post\n',
        'old/file': 'was here before',
        'dep/file': 'belongs to a dependency',
        'conda-meta/dep-1-0.json': '{}',
      })
      fs.mkdirSync(path.join(host, 'share/empty'))
      fs.symlinkSync(path.join(host, 'lib/libz.so.1'), path.join(host, 'lib/libz.so'))
    })
    expect(built.list.filter((file) => !file.startsWith('info/'))).toEqual([
      'bin/.hello-post-link.sh',
      'bin/hello',
      'dep/file',
      'lib/libz.so',
      'lib/libz.so.1',
      'old/file',
    ])
    expect(fs.readlinkSync(path.join(built.root, 'lib/libz.so'))).toBe('libz.so.1')
    const hello = `#!${placeholder(built.plan)}/bin/bash\necho hi\n`
    expect(built.read('bin/hello')).toBe(hello)
    expect(built.json('info/paths.json')).toMatchObject({
      paths: [
        {
          _path: 'bin/.hello-post-link.sh',
          path_type: 'hardlink',
          sha256: sha256('echo post\n'),
          size_in_bytes: 10,
        },
        {
          _path: 'bin/hello',
          path_type: 'hardlink',
          file_mode: 'text',
          prefix_placeholder: placeholder(built.plan),
          sha256: sha256(hello),
          size_in_bytes: hello.length,
        },
        { _path: 'dep/file' },
        {
          _path: 'lib/libz.so',
          path_type: 'softlink',
          sha256: sha256('not really a library'),
          size_in_bytes: 9,
        },
        { _path: 'lib/libz.so.1' },
        { _path: 'old/file' },
      ],
      paths_version: 1,
    })
    expect(built.read('info/files').split('\n')).toContain('lib/libz.so')
  })

  test('files of dependencies and files from before the script stay out', async () => {
    const records = [prefixRecord('dep', '1.0', ['dep/file', 'lib/python3.12/m.py'])]
    const built = await build({ records, baseline: ['old/file'] }, ({ directories }) => {
      writeTree(directories.host, {
        'old/file': 'x',
        'dep/file': 'x',
        'lib/python3.12/m.py': 'x',
        'lib/python3.12/__pycache__/m.cpython-312.opt-1.pyc': 'x',
        new: 'x',
      })
    })
    expect(built.list.filter((file) => !file.startsWith('info/'))).toEqual(['new'])
  })
})

describe('metadata', () => {
  test('index.json has its keys in order and nothing absent', async () => {
    const depends = [
      { source: 'libz >=1.2' },
      { spec: 'libz >=1.2', from: 'host', run_export: 'libz' } as const,
    ]
    const recipe = { about: { license: 'MIT', summary: 'A demo', homepage: 'https://Example.org' } }
    const built = await build({ depends, recipe, runExports: { weak: ['demo >=1.0'] } }, () => {})
    expect(built.read('info/index.json')).toBe(
      JSON.stringify(
        {
          arch: 'x86_64',
          build: 'h0_0',
          build_number: 0,
          depends: ['libz >=1.2'],
          license: 'MIT',
          name: 'demo',
          platform: 'linux',
          subdir: 'linux-64',
          timestamp: timestampSeconds * 1000,
          version: '1.0',
        },
        null,
        2,
      ),
    )
    expect(built.json('info/about.json')).toEqual({
      channels: ['https://conda.anaconda.org/conda-forge/'],
      home: 'https://example.org/',
      license: 'MIT',
      summary: 'A demo',
    })
    expect(built.read('info/hash_input.json')).toBe('{"target_platform": "linux-64"}')
    expect(built.json('info/run_exports.json')).toEqual({ weak: ['demo >=1.0'] })
    expect(built.json('info/used_build_tool.json')).toEqual(tool)
    expect(built.read('info/tests/tests.yaml')).toBe('[]\n')
    expect(built.list).toContain('info/recipe/recipe.yaml')
    expect(built.read('info/recipe/variant_config.yaml')).toBe('target_platform: linux-64\n')
  })

  test('nothing in the package names the machine or a password', async () => {
    const built = await build({}, ({ directories }) => writeTree(directories.host, { a: directories.host }))
    for (const file of built.list) {
      expect(built.read(file)).not.toContain(path.dirname(built.root))
      expect(built.read(file)).not.toContain('user:secret')
    }
  })
})

describe('noarch python', () => {
  test('modules and scripts go where every Python finds them, entry points into link.json', async () => {
    const python = { entry_points: ['m = m.cli:main'] }
    const built = await build(
      {
        targetSubdir: 'noarch',
        recipe: { build: { noarch: 'python', python } },
        depends: [{ source: 'python' }],
      },
      ({ directories }) =>
        writeTree(directories.host, {
          'lib/python3.12/site-packages/m/__init__.py': 'x = 1\n',
          'lib/python3.12/site-packages/m/__pycache__/__init__.cpython-312.pyc': 'x',
          'lib/python3.12/site-packages/m-1.dist-info/INSTALLER': 'pip\n',
          'bin/m': 'entry point made by pip',
          'bin/extra': '#!/bin/sh\n',
        }),
    )
    expect(built.list.filter((file) => !file.startsWith('info/'))).toEqual([
      'python-scripts/extra',
      'site-packages/m-1.dist-info/INSTALLER',
      'site-packages/m/__init__.py',
    ])
    expect(built.read('site-packages/m-1.dist-info/INSTALLER')).toBe('conda\n')
    expect(built.json('info/link.json')).toEqual({
      noarch: { type: 'python', entry_points: ['m = m.cli:main'] },
      package_metadata_version: 1,
    })
    expect(built.json('info/index.json')).toMatchObject({ noarch: 'python', subdir: 'noarch' })
    expect(built.events).toContainEqual(expect.objectContaining({ code: 'package/unregistered-script' }))
  })

  test('two files that become one must be the same', async () => {
    const files = { 'bin/x': 'a', 'Scripts/x': 'b' }
    await expect(
      build({ targetSubdir: 'noarch', recipe: { build: { noarch: 'python' } } }, ({ directories }) =>
        writeTree(directories.host, files),
      ),
    ).rejects.toMatchObject({ code: 'package/mapped-twice' })
  })

  test('a link to the prefix itself leads to the prefix that the package is installed in', async () => {
    const built = await build({}, ({ directories: { host } }) => {
      fs.mkdirSync(path.join(host, 'share/demo'), { recursive: true })
      fs.symlinkSync(host, path.join(host, 'share/demo/root'))
      fs.symlinkSync(path.join(host, '..x'), path.join(host, 'share/demo/dots'))
      fs.symlinkSync(path.dirname(host), path.join(host, 'share/demo/outside'))
    })
    const target = (name: string) => fs.readlinkSync(path.join(built.root, 'share/demo', name))
    expect([target('root'), target('dots')]).toEqual(['../..', '../../..x'])
    expect(target('outside')).toBe(path.dirname(built.plan.directories.host))
  })

  test('a link between two mapped places is computed anew', async () => {
    const built = await build(
      { targetSubdir: 'noarch', recipe: { build: { noarch: 'python' } }, depends: [{ source: '__unix' }] },
      ({ directories }) => {
        writeTree(directories.host, { 'bin/tool': 'x', 'lib/python3.12/site-packages/m/a.py': '' })
        fs.symlinkSync(
          '../../../../bin/tool',
          path.join(directories.host, 'lib/python3.12/site-packages/m/lnk'),
        )
      },
    )
    expect(fs.readlinkSync(path.join(built.root, 'site-packages/m/lnk'))).toBe('../../python-scripts/tool')
  })
})

describe('reproducibility', () => {
  const compile = (plan: ScriptResult, output: string, flags: readonly string[]) => {
    const { host, work } = plan.directories
    fs.writeFileSync(
      path.join(work, 'x.c'),
      'int answer(void) { return 42; }\nint main(void) { return 0; }\n',
    )
    fs.mkdirSync(path.dirname(path.join(host, output)), { recursive: true })
    execFileSync('gcc', ['x.c', '-o', path.join(host, output), `-DPREFIX="${host}"`, ...flags], { cwd: work })
  }

  test.each(['conda', 'tar.bz2'] as const)(
    'two directories give the same %s, byte by byte',
    async (format) => {
      const fill = (plan: ScriptResult) => {
        const { host } = plan.directories
        writeTree(host, {
          'share/config': `prefix=${host}\nlib=${host}/lib\n`,
          'share/binary': Buffer.from(`\0\x01${host}/share\0tail`),
          'share/big': Buffer.concat([Buffer.alloc(600_000, 1), Buffer.from(host), Buffer.alloc(10, 0)]),
        })
        compile(plan, 'bin/tool', [`-Wl,-rpath,${host}/lib`])
      }
      const one = await build({ format, buildId: '1' }, fill)
      const two = await build({ format, buildId: '22' }, fill, path.join(tempDirectory(), 'another/place'))
      expect(two.sha256).toBe(one.sha256)
      const modes = (one.json('info/paths.json') as { paths: { _path: string; file_mode?: string }[] }).paths
      expect(modes.map((entry) => [entry._path, entry.file_mode])).toEqual([
        ['bin/tool', undefined],
        ['share/big', 'binary'],
        ['share/binary', 'binary'],
        ['share/config', 'text'],
      ])
      expect(one.bytes('share/binary').length).toBe(2 + 255 + '/share\0tail'.length)
    },
  )

  test('byte code does not depend on the directory or the time, and needs no help of the script', async () => {
    const python = execFileSync('/usr/bin/python3', ['-c', 'import sys; print(sys.executable)'])
      .toString()
      .trim()
    const fill = (plan: ScriptResult) => {
      writeTree(plan.directories.host, {
        'lib/python3.11/site-packages/m/__init__.py': `import sys\nwhere = "${plan.directories.host}"\n`,
        'lib/python3.11/site-packages/m/broken.py': 'print "python 2"\n',
        'lib/python3.11/site-packages/m/timed.py': 'x = 1\n',
      })
      fs.mkdirSync(path.join(plan.directories.host, 'bin'), { recursive: true })
      fs.symlinkSync(python, path.join(plan.directories.host, 'bin/python'))
      const timed = path.join(plan.directories.host, 'lib/python3.11/site-packages/m/timed.py')
      execFileSync(python, ['-m', 'py_compile', timed])
    }
    const one = await build({ baseline: ['bin/python'], buildId: '1' }, fill)
    const two = await build(
      { baseline: ['bin/python'], buildId: '22' },
      fill,
      path.join(tempDirectory(), 'b'),
    )
    expect(two.sha256).toBe(one.sha256)
    const byteCode = one.list.filter((file) => file.endsWith('.pyc'))
    expect(byteCode.map((file) => path.basename(file).replace(/\.cpython-\d+/, ''))).toEqual([
      '__init__.pyc',
      'timed.pyc',
    ])
    for (const file of byteCode) {
      expect(one.bytes(file).readUInt32LE(4)).toBe(3)
      expect(one.bytes(file).toString('latin1')).toContain(placeholder(one.plan))
    }
    expect(one.events).toContainEqual(expect.objectContaining({ code: 'package/not-compiled' }))
  })
})
