/** Recipes whose packages are compared with those of rattler-build: each about one thing that packaging decides. */

export interface PeerRecipe {
  /** Below `package:`/`outputs:` everything of the recipe but name and version. */
  readonly recipe: string
  /** More files beside the recipe. */
  readonly files?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
}

const head = 'package:\n  name: demo\n  version: "1.2.3"\n'
const noarch = 'build:\n  noarch: generic\n'
const script = (...lines: string[]) =>
  `  script:\n${lines.map((line) => `    - ${JSON.stringify(line)}\n`).join('')}`
const share = 'mkdir -p $PREFIX/share'
const site = 'mkdir -p $PREFIX/lib/python3.11/site-packages/demo $PREFIX/bin'
const generic = (lines: readonly string[], rest = '') => `${head}${noarch}${script(...lines)}${rest}`
const linux = (lines: readonly string[], rest = '') => `${head}build:\n${script(...lines)}${rest}`
const python = (lines: readonly string[], build = '', rest = '') =>
  `${head}build:\n  noarch: python\n${build}${script(site, ...lines)}${rest}`

export const peerRecipes: Readonly<Record<string, PeerRecipe>> = {
  'one file': { recipe: generic([share, 'echo a > $PREFIX/share/a']) },
  'no file': { recipe: generic(['true']) },
  'for one platform': { recipe: linux([share, 'echo a > $PREFIX/share/a']) },
  'executables and plain files': {
    recipe: linux([
      'mkdir -p $PREFIX/bin',
      'printf "#!/bin/sh\\necho hi\\n" > $PREFIX/bin/hi',
      'chmod 755 $PREFIX/bin/hi',
      'echo x > $PREFIX/bin/data',
      'chmod 600 $PREFIX/bin/data',
    ]),
  },
  'order of names': {
    recipe: generic([
      'mkdir -p $PREFIX/a/b $PREFIX/a.b $PREFIX/a-b',
      'touch $PREFIX/a/b/c $PREFIX/a.b/c $PREFIX/a-b/c $PREFIX/a/B $PREFIX/a/a $PREFIX/z $PREFIX/A',
    ]),
  },
  'hidden and dropped files': {
    recipe: generic([
      share,
      'touch $PREFIX/share/.hidden $PREFIX/share/x.la $PREFIX/share/x.pyo $PREFIX/share/.DS_Store $PREFIX/share/CACHEDIR.TAG',
      'mkdir -p $PREFIX/share/info $PREFIX/empty',
      'touch $PREFIX/share/info/dir',
    ]),
  },
  'relative links': {
    recipe: linux([
      share,
      'echo a > $PREFIX/share/a',
      'ln -s a $PREFIX/share/b',
      'ln -s ../share/a $PREFIX/share/c',
    ]),
  },
  'links with absolute targets': {
    recipe: linux([
      'mkdir -p $PREFIX/share $PREFIX/lib',
      'echo a > $PREFIX/share/a',
      'ln -s $PREFIX/share/a $PREFIX/lib/b',
      'ln -s $PREFIX/share $PREFIX/lib/dir',
    ]),
  },
  'a dangling link': { recipe: linux([share, 'ln -s nowhere $PREFIX/share/b']) },
  'hard links': { recipe: linux([share, 'echo a > $PREFIX/share/a', 'ln $PREFIX/share/a $PREFIX/share/b']) },
  'names with blanks and letters of other languages': {
    recipe: linux([share, 'echo a > "$PREFIX/share/with blank"', 'echo a > $PREFIX/share/größe']),
  },
  'the prefix in a text': {
    recipe: linux([share, 'echo "root=$PREFIX/share" > $PREFIX/share/a.cfg', 'echo plain > $PREFIX/share/b']),
  },
  'the prefix in a binary file': {
    recipe: linux([share, 'printf \'\\0\\1%s/share\\0\' "$PREFIX" > $PREFIX/share/a.bin']),
  },
  'the prefix as text on request': {
    recipe: linux([share, 'printf \'\\0\\1%s/share\\0\' "$PREFIX" > $PREFIX/share/a.bin'], '').replace(
      'build:\n',
      'build:\n  prefix_detection:\n    force_file_type:\n      text: [share/a.bin]\n',
    ),
  },
  'the prefix as binary on request': {
    recipe: linux([share, 'echo "$PREFIX" > $PREFIX/share/a']).replace(
      'build:\n',
      'build:\n  prefix_detection:\n    force_file_type:\n      binary: [share/a]\n',
    ),
  },
  'a prefix that is left alone': {
    recipe: linux([share, 'echo "$PREFIX" > $PREFIX/share/a', 'echo "$PREFIX" > $PREFIX/share/b']).replace(
      'build:\n',
      'build:\n  prefix_detection:\n    ignore: [share/a]\n',
    ),
  },
  'files that are chosen': {
    recipe: generic([
      'mkdir -p $PREFIX/share/x $PREFIX/lib',
      'touch $PREFIX/share/a.txt $PREFIX/share/x/b.txt $PREFIX/lib/c',
    ]).replace('build:\n', 'build:\n  files: ["*.txt"]\n'),
  },
  'files that are left out': {
    recipe: generic([
      'mkdir -p $PREFIX/share/x $PREFIX/lib',
      'touch $PREFIX/share/a.txt $PREFIX/share/x/b.txt $PREFIX/lib/c',
    ]).replace('build:\n', 'build:\n  files:\n    include: [share, lib]\n    exclude: ["**/b.txt"]\n'),
  },
  'files that are copied': {
    recipe: generic([share, 'touch $PREFIX/share/a $PREFIX/share/b']).replace(
      'build:\n',
      'build:\n  always_copy_files: [share/a]\n',
    ),
  },
  'texts that are changed': {
    recipe: generic([share, 'echo "version = 0" > $PREFIX/share/a']).replace(
      'build:\n',
      'build:\n  post_process:\n    - files: ["**/share/a"]\n      regex: "version = (\\\\d)"\n      replacement: "version = 1$1"\n',
    ),
  },
  'a python package': {
    recipe: python([
      'echo "x = 1" > $PREFIX/lib/python3.11/site-packages/demo/__init__.py',
      'echo "#!/bin/sh" > $PREFIX/bin/tool',
    ]),
  },
  'a python package with entry points': {
    recipe: python(
      [
        'echo "def main(): pass" > $PREFIX/lib/python3.11/site-packages/demo/__init__.py',
        'touch $PREFIX/bin/demo',
      ],
      '  python:\n    entry_points: ["demo = demo:main"]\n',
    ),
  },
  'a python package with compiled files': {
    recipe: python([
      'touch $PREFIX/lib/python3.11/site-packages/demo/a.py $PREFIX/lib/python3.11/site-packages/demo/a.pyc',
      'mkdir $PREFIX/lib/python3.11/site-packages/demo/__pycache__',
      'touch $PREFIX/lib/python3.11/site-packages/demo/__pycache__/a.cpython-311.pyc',
      'touch $PREFIX/lib/python3.11/site-packages/x.egg-info',
    ]),
  },
  'a python package with metadata': {
    recipe: python([
      'mkdir $PREFIX/lib/python3.11/site-packages/demo-1.2.3.dist-info',
      'echo pip > $PREFIX/lib/python3.11/site-packages/demo-1.2.3.dist-info/INSTALLER',
      'echo "Name: demo" > $PREFIX/lib/python3.11/site-packages/demo-1.2.3.dist-info/METADATA',
    ]),
  },
  'all about': {
    recipe: generic(
      [share, 'touch $PREFIX/share/a'],
      'about:\n  homepage: https://example.org/demo\n  repository: https://example.org/demo.git\n  documentation: https://example.org/docs\n  license: MIT\n  summary: A demo\n  description: |\n    Two lines\n    of text\n',
    ),
  },
  'license files': {
    recipe: generic(
      [share, 'touch $PREFIX/share/a'],
      'about:\n  license: MIT\n  license_file: [LICENSE, licenses/]\n',
    ),
    files: { LICENSE: 'free\n', 'licenses/other.txt': 'other\n' },
  },
  'extra metadata': {
    recipe: generic([share, 'touch $PREFIX/share/a'], 'extra:\n  maintainers: [me, you]\n  number: 3\n'),
  },
  dependencies: {
    recipe: generic(
      [share, 'touch $PREFIX/share/a'],
      'requirements:\n  run:\n    - b >=1.0,<2\n    - a\n    - c ==1.5 h1_0\n  run_constraints:\n    - z <3\n    - y\n',
    ),
  },
  'run exports': {
    recipe: generic([share, 'touch $PREFIX/share/a'], 'requirements:\n  run_exports:\n    - demo >=1\n'),
  },
  'run exports of all kinds': {
    recipe: generic(
      [share, 'touch $PREFIX/share/a'],
      'requirements:\n  run_exports:\n    weak:\n      - ${{ pin_subpackage("demo", upper_bound="x.x") }}\n    strong:\n      - ${{ pin_subpackage("demo", exact=True) }}\n    noarch: [n]\n    weak_constraints: ["wc <1"]\n    strong_constraints: [sc]\n',
    ),
  },
  'a build number': {
    recipe: generic([share, 'touch $PREFIX/share/a']).replace('build:\n', 'build:\n  number: 7\n'),
  },
  'a build string': {
    recipe: generic([share, 'touch $PREFIX/share/a']).replace(
      'build:\n',
      'build:\n  number: 2\n  string: custom_${{ hash }}_2\n',
    ),
  },
  variants: {
    recipe: generic([share, 'echo ${{ flavour }} > $PREFIX/share/a']).replace(
      'build:\n',
      'build:\n  variant:\n    use_keys: [flavour]\n',
    ),
    args: ['--variant', 'flavour=sweet,sour'],
  },
  'lowered priority': {
    recipe: generic([share, 'touch $PREFIX/share/a']).replace(
      'build:\n',
      'build:\n  variant:\n    down_prioritize_variant: 2\n',
    ),
  },
  'script tests': {
    recipe: generic(
      [share, 'touch $PREFIX/share/a'],
      'tests:\n  - script: test -f $PREFIX/share/a\n  - script:\n      - echo one\n      - echo two\n    requirements:\n      run: [b]\n      build: [c >=1]\n',
    ),
  },
  'tests with files': {
    recipe: generic(
      [share, 'touch $PREFIX/share/a'],
      'tests:\n  - script: cat data/t.txt\n    files:\n      recipe: [data/]\n',
    ),
    files: { 'data/t.txt': 'text\n', 'data/sub/u.txt': 'more\n' },
  },
  'tests of languages': {
    recipe: generic(
      [share, 'touch $PREFIX/share/a'],
      'tests:\n  - python:\n      imports: [demo, demo.sub]\n      pip_check: false\n  - python:\n      imports: [demo]\n      python_version: [3.10.*, 3.11.*]\n  - perl:\n      uses: [Demo]\n  - r:\n      libraries: [demo]\n  - ruby:\n      requires: [demo]\n  - downstream: other\n',
    ),
  },
  'tests of contents': {
    recipe: generic(
      [share, 'touch $PREFIX/share/a'],
      'tests:\n  - package_contents:\n      files: [share/a]\n',
    ),
  },
  'several outputs': {
    recipe:
      'recipe:\n  name: pair\n  version: "2.0"\nbuild:\n  noarch: generic\noutputs:\n  - package:\n      name: first\n    build:\n      noarch: generic\n      script: mkdir -p $PREFIX/share && echo 1 > $PREFIX/share/first\n  - package:\n      name: second\n    build:\n      noarch: generic\n      script: mkdir -p $PREFIX/share && echo 2 > $PREFIX/share/second\n    requirements:\n      run:\n        - ${{ pin_subpackage("first", exact=True) }}\n',
  },
  'an output with the files of another one': {
    recipe:
      'recipe:\n  name: pair\n  version: "2.0"\noutputs:\n  - package:\n      name: base\n    build:\n      noarch: generic\n      script: mkdir -p $PREFIX/share && echo 1 > $PREFIX/share/base\n  - package:\n      name: more\n    build:\n      noarch: generic\n      script: echo 2 > $PREFIX/share/more\n    requirements:\n      host: [base]\n',
  },
  'a script of its own': {
    recipe: `${head}${noarch}`,
    files: { 'build.sh': 'mkdir -p $PREFIX/share\necho s > $PREFIX/share/s\n' },
  },
  'a source with a license': {
    recipe: generic(
      ['mkdir -p $PREFIX/share', 'cp data.txt $PREFIX/share/'],
      'source:\n  path: src\nabout:\n  license: BSD-3-Clause\n  license_file: COPYING\n',
    ),
    files: { 'src/data.txt': 'data\n', 'src/COPYING': 'copy\n' },
  },
  'the old format': {
    recipe: generic([share, 'echo a > $PREFIX/share/a']),
    args: ['--package-format', 'tar.bz2'],
  },
  'no recipe inside': { recipe: generic([share, 'echo a > $PREFIX/share/a']), args: ['--no-include-recipe'] },
}
