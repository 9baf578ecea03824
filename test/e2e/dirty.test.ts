/** `--dirty` where it is hard: two at once, moved directories, broken-off runs, damaged prefixes, edits by hand. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import {
  build,
  edit,
  expectLikeClean,
  flagsOf,
  makeDependency,
  makeProject,
  type Project,
  recipe,
  write,
} from '../support/dirty-project.js'
import { krait, startKrait } from '../support/krait.js'

function keptDirectories(project: Project, output = 'out'): readonly string[] {
  const bld = path.join(project.root, output, 'bld')
  return fs
    .readdirSync(bld)
    .filter((name) => !name.endsWith('.lock'))
    .map((name) => path.join(bld, name))
}

function keptDirectory(project: Project): string {
  const [directory = ''] = keptDirectories(project)
  return directory
}

function hostPrefix(project: Project): string {
  const directory = keptDirectory(project)
  return path.join(directory, fs.readdirSync(directory).find((name) => name.startsWith('host_env')) ?? '')
}

async function waitFor(isThere: () => boolean): Promise<void> {
  while (!isThere()) await new Promise((resolve) => setTimeout(resolve, 20))
}

test('the first run is a clean build in a directory that stays', async () => {
  const project = await makeProject()
  const first = await build(project)
  expect(first.judged).toMatchObject({ all: 'discard: nothing was built here before' })
  expect(path.basename(keptDirectory(project))).toMatch(/^demo-[0-9a-f]{7}$/)
  await expectLikeClean(project)
})

test('a second build in the same directory is refused while the first one runs', async () => {
  const project = await makeProject(recipe.replace('- test !', '- sleep 600\n      - test !'))
  const child = startKrait([...flagsOf(project, 'out'), '--dirty'], { env: project.env })
  await waitFor(
    () => fs.existsSync(path.join(project.root, 'out/bld')) && keptDirectories(project).length > 0,
  )
  const second = await krait([...flagsOf(project, 'out'), '--dirty'], { env: project.env })
  expect(second.stderr).toContain(`build directory is in use by pid ${child.pid}`)
  expect(second.code).toBe(2)
  const ended = new Promise((resolve) => child.once('close', resolve))
  child.kill('SIGINT')
  await ended
})

test('a moved output directory is not gone on with: prefixes hold their path', async () => {
  const project = await makeProject()
  await build(project)
  fs.renameSync(path.join(project.root, 'out'), path.join(project.root, 'moved'))
  const { stderr, code } = await krait([...flagsOf(project, 'moved'), '--dirty'], { env: project.env })
  expect(stderr).toMatch(/discard all: directory \S+\/out\/bld\/\S+ -> \S+\/moved\/bld\//)
  expect(code).toBe(0)
})

test('another name is another directory, and --dirty-reset removes only the own one', async () => {
  const project = await makeProject()
  await build(project)
  const [kept] = keptDirectories(project)
  edit(project.recipe, 'name: demo', 'name: other')
  const call = [...flagsOf(project, 'out'), '--dirty']
  expect((await krait(call, { env: project.env })).code).toBe(0)
  expect(keptDirectories(project)).toHaveLength(2)
  const reset = await krait([...flagsOf(project, 'out'), '--dirty-reset'], { env: project.env })
  expect(reset.stdout).toMatch(/^removed .*\/other-[0-9a-f]{7}\n$/)
  expect(keptDirectories(project)).toEqual([kept])
  const again = await krait([...flagsOf(project, 'out'), '--dirty-reset'], { env: project.env })
  expect([again.code, again.stdout]).toEqual([0, 'nothing was kept\n'])
})

test('after an installation that was killed the environment is made anew', async () => {
  const project = await makeProject()
  await build(project)
  const started = path.join(project.root, 'started')
  const script = `touch ${started}; test -e ${path.join(project.root, 'go')} || sleep 600`
  await makeDependency(project.root, '2', [
    `mkdir -p $PREFIX/bin`,
    `echo '${script}' > $PREFIX/bin/.dep-post-link.sh`,
  ])
  const child = startKrait([...flagsOf(project, 'out'), '--dirty'], { env: project.env })
  await waitFor(() => fs.existsSync(started))
  const ended = new Promise((resolve) => child.once('close', resolve))
  child.kill('SIGKILL')
  await ended
  write(path.join(project.root, 'go'), '')
  const next = await build(project)
  expect(next.judged).toMatchObject({ 'host env': 'install: there is none to go on with' })
  expect(next.code).toBe(0)
  await expectLikeClean(project)
})

test('a source directory that holds the output directory does not copy it, nor change by it', async () => {
  const project = await makeProject(recipe.replace('path: ../src', 'path: ../src/'))
  const inside: Project = { ...project, root: project.root }
  fs.mkdirSync(path.join(project.root, 'src/out'))
  const flags = flagsOf(inside, 'src/out')
  expect((await krait([...flags, '--dirty'], { env: project.env })).code).toBe(0)
  const again = await krait([...flags, '--dirty'], { env: project.env })
  expect(again.stderr).toContain('reuse sources (1 unchanged)')
  expect(again.stderr).toContain('reuse script (unchanged)')
})

test('a script that spoils the host prefix and its sources finds both as they were the next time', async () => {
  const project = await makeProject(
    recipe.replace(
      '- test !',
      '- rm -r $PREFIX/etc $PREFIX/conda-meta/*.json\n      - echo stale > $PREFIX/stale-$(cat a.txt | wc -l)\n      - echo more >> a.txt\n      - rm b.txt\n      - test !',
    ),
  )
  expect((await build(project)).code).toBe(0)
  expect((await build(project)).ran).toEqual(['solve'])
  edit(project.recipe, 'echo more', 'echo even more')
  const second = await build(project)
  expect(second.code).toBe(0)
  expect(fs.readdirSync(hostPrefix(project)).filter((name) => name.startsWith('stale'))).toEqual(['stale-3'])
  await expectLikeClean(project)
})

test('a file that was written through a link of the prefix is put back in the prefix and in the cache', async () => {
  const project = await makeProject(
    recipe.replace('- test !', '- echo spoiled >> $PREFIX/etc/dep\n      - test !'),
  )
  expect((await build(project)).code).toBe(0)
  write(path.join(project.root, 'src/c.txt'), 'see\n')
  expect((await build(project)).code).toBe(0)
  await expectLikeClean(project)
})

test.each([
  { what: 'noarch', text: recipe.replace('build:\n', 'build:\n  noarch: generic\n') },
  {
    what: 'merged environments',
    text: recipe.replace('build:\n', 'build:\n  merge_build_and_host_envs: true\n'),
  },
])('$what outputs follow the same rules', async ({ text }) => {
  const project = await makeProject(text)
  expect((await build(project)).code).toBe(0)
  expect((await build(project)).ran).toEqual(['solve'])
  write(path.join(project.root, 'src/c.txt'), 'see\n')
  const third = await build(project)
  expect([third.code, third.made]).toEqual([0, ['c.txt']])
})

const outputs = `recipe: {version: "1"}
outputs:
  - package: {name: liba}
    build: {script: ["mkdir -p $PREFIX/share", "cp $RECIPE_DIR/a $PREFIX/share/a"]}
  - package: {name: libb}
    requirements: {host: [liba]}
    build: {script: ["echo b >> log", "cp $PREFIX/share/a $PREFIX/share/b"]}
  - staging: {name: common}
    build: {script: ["mkdir -p $PREFIX/share", "cp $RECIPE_DIR/a $PREFIX/share/staged"]}
  - package: {name: libc}
    inherit: common
`

test('each output has its own directory, takes its siblings from the dirty channel, and follows them', async () => {
  const project = await makeProject(outputs)
  write(path.join(project.root, 'recipe/a'), 'one\n')
  const call = [...flagsOf(project, 'out'), '--dirty']
  const first = await krait(call, { env: project.env })
  expect(first.stderr).not.toContain('error')
  expect(first.code).toBe(0)
  expect(keptDirectories(project)).toHaveLength(3)
  const second = await krait(call, { env: project.env })
  expect(second.stderr.match(/reuse script \(unchanged\)/g)).toHaveLength(2)
  expect(second.stderr).toContain('the output inherits from a staging output')
  write(path.join(project.root, 'recipe/a'), 'two\n')
  const third = await krait(call, { env: project.env })
  expect(third.stderr).toContain('update host env: liba 1 h')
  expect(third.code).toBe(0)
  expect(
    fs.readdirSync(path.join(project.root, 'out/dirty/linux-64')).filter((name) => name.endsWith('.conda')),
  ).toHaveLength(3)
})

test('edits in the work directory are kept, named, and lead to another run of the script', async () => {
  const project = await makeProject()
  await build(project)
  write(path.join(keptDirectory(project), 'work/b.txt'), 'by hand\n')
  const look = await krait([...flagsOf(project, 'out'), '--dirty-explain'], { env: project.env })
  expect(look.stdout).toContain('run script: b.txt changed in the work directory')
  expect(look.stdout).toContain('1 file modified in work\n    b.txt\n')
  const second = await build(project)
  expect(second.made).toEqual(['b.txt'])
  expect(fs.readFileSync(path.join(keptDirectory(project), 'work/b.txt'), 'utf8')).toBe('by hand\n')
  write(path.join(project.root, 'src/c.txt'), 'see\n')
  const third = await build(project)
  expect(third.made).toEqual(['c.txt'])
  expect(fs.readFileSync(path.join(keptDirectory(project), 'work/b.txt'), 'utf8')).toBe('by hand\n')
  write(path.join(project.root, 'src/b.txt'), 'bees\n')
  const fourth = await build(project)
  expect(fourth.stderr).toContain('source/overwrote-edits')
  expect(fs.readFileSync(path.join(keptDirectory(project), '.build/conflicts/b.txt'), 'utf8')).toBe(
    'by hand\n',
  )
  await expectLikeClean(project)
})

test('a run that was killed is gone on with', async () => {
  const project = await makeProject(
    recipe.replace(
      '- test !',
      '- echo more >> a.txt\n      - test -e ../../../go || sleep 600\n      - test !',
    ),
  )
  const child = startKrait([...flagsOf(project, 'out'), '--dirty'], { env: project.env })
  await waitFor(
    () => fs.existsSync(path.join(project.root, 'out/bld')) && keptDirectories(project).length > 0,
  )
  const made = path.join(keptDirectory(project), 'work/a.txt')
  await waitFor(() => fs.existsSync(made) && fs.readFileSync(made, 'utf8').endsWith('more\n'))
  const ended = new Promise((resolve) => child.once('close', resolve))
  child.kill('SIGKILL')
  await ended
  write(path.join(project.root, 'out/go'), '')
  const second = await build(project)
  expect(second.judged).toMatchObject({ script: 'run: it did not come to its end' })
  expect(second.code).toBe(0)
  expect(fs.readFileSync(made, 'utf8')).toBe('one\nzwei\nthree\nmore\n')
})

test.each([
  { flags: ['--from', 'sources'], ran: ['solve', 'sources', 'install', 'script', 'package', 'test'] },
  { flags: ['--from', 'env'], ran: ['solve', 'install', 'script', 'package', 'test'] },
  { flags: ['--from', 'script'], ran: ['solve', 'script', 'package', 'test'] },
  { flags: ['--from', 'package'], ran: ['solve', 'package', 'test'] },
  { flags: ['--from', 'test'], ran: ['solve', 'test'] },
  { flags: ['--dirty=sources'], ran: ['solve', 'install', 'script', 'package', 'test'] },
  { flags: ['--dirty=env'], ran: ['solve', 'script', 'package', 'test'] },
  { flags: ['--dirty=script'], ran: ['solve', 'package', 'test'] },
  { flags: ['--dirty=script', '--from', 'env'], ran: ['solve', 'install', 'script', 'package', 'test'] },
])('$flags runs from there on, changed or not', async ({ flags, ran }) => {
  const project = await makeProject()
  await build(project)
  const second = await build(project, flags)
  expect([second.code, second.ran]).toEqual([0, ran])
  await expectLikeClean(project)
})

test('a look changes nothing, and says nothing is there when nothing is', async () => {
  const project = await makeProject()
  const look = () => krait([...flagsOf(project, 'out'), '--dirty-explain'], { env: project.env })
  expect((await look()).stdout).toContain('discard all: nothing was built here before')
  expect(fs.existsSync(path.join(project.root, 'out'))).toBe(false)
  await build(project)
  write(path.join(project.root, 'src/c.txt'), 'see\n')
  const first = await look()
  expect(first.stdout).toContain('sync sources: c.txt changed')
  expect(fs.readFileSync(path.join(keptDirectory(project), 'work/c.txt'), 'utf8')).toBe('sea\n')
  expect((await look()).stdout).toBe(first.stdout)
})

test.each([
  { flags: ['--dirty', '--skip-existing'], text: "'--dirty' cannot be used with '--skip-existing'" },
  { flags: ['--dirty=much'], text: 'much' },
  {
    flags: ['--dirty-explain', '--dirty-reset'],
    text: "'--dirty-explain' cannot be used with '--dirty-reset'",
  },
])('$flags is refused', async ({ flags, text }) => {
  const project = await makeProject()
  const { code, stderr } = await krait([...flagsOf(project, 'out'), ...flags], { env: project.env })
  expect(stderr).toContain(text)
  expect(code).toBe(2)
})

test('notes that were forged lead nowhere: everything is made anew', async () => {
  const project = await makeProject()
  await build(project)
  const victim = write(path.join(project.root, 'out/victim'), 'precious')
  const file = path.join(keptDirectory(project), '.build/state.json')
  const { state } = JSON.parse(fs.readFileSync(file, 'utf8'))
  state.prefixes.host.marks.files['../../../victim'] = 'file 420 1'
  const digest = createHash('sha256').update(JSON.stringify(state)).digest('hex')
  fs.writeFileSync(file, JSON.stringify({ digest, state }))
  const next = await build(project)
  expect(next.judged).toMatchObject({ all: 'discard: its notes cannot be read' })
  expect([next.code, fs.existsSync(victim)]).toEqual([0, true])
})

test.each([
  { what: 'lost its end', damage: (text: string) => text.slice(0, -100) },
  {
    what: 'have another form',
    damage: (text: string) => text.replace('"baseline":{', '"baseline":5,"was":{'),
  },
  { what: 'have one other digit', damage: (text: string) => text.replace('"file ', '"file 1') },
])('notes that $what are no memory: everything is made anew', async ({ damage }) => {
  const project = await makeProject()
  await build(project)
  const file = path.join(keptDirectory(project), '.build/state.json')
  const text = fs.readFileSync(file, 'utf8')
  fs.writeFileSync(file, damage(text))
  expect(fs.readFileSync(file, 'utf8')).not.toBe(text)
  const next = await build(project)
  expect([next.code, next.judged.all]).toEqual([0, 'discard: its notes cannot be read'])
})

const fetched = `package: {name: demo, version: "1"}
source:
  - {git: ../git, rev: main, target_directory: g}
  - {url: "file://ROOT/up.tgz", target_directory: u}
build:
  script:
    - '[ -e made ] || { date +%N > made; echo "made everything"; }'
    - mkdir -p $PREFIX/share; cp g/h.txt u/f.txt $PREFIX/share/
`

function git(project: Project, ...args: string[]): void {
  const identity = ['-c', 'user.email=a@b.c', '-c', 'user.name=n', '-c', 'init.defaultBranch=main']
  execFileSync('git', [...identity, ...args], { cwd: path.join(project.root, 'git') })
}

function pack(project: Project, text: string): void {
  write(path.join(project.root, 'up/pkg/f.txt'), text)
  execFileSync('tar', ['-czf', path.join(project.root, 'up.tgz'), '-C', path.join(project.root, 'up'), 'pkg'])
}

test('a branch that moved, or another archive behind a URL, replaces the work directory', async () => {
  const project = await makeProject(fetched)
  edit(project.recipe, 'ROOT', project.root)
  write(path.join(project.root, 'git/h.txt'), 'hello\n')
  git(project, 'init', '-q')
  git(project, 'add', '.')
  git(project, 'commit', '-qm', 'first')
  pack(project, 'one\n')
  expect((await build(project)).code).toBe(0)
  const same = await build(project)
  expect([same.judged.sources, same.judged.script]).toEqual(['reuse: 2 unchanged', 'reuse: unchanged'])
  write(path.join(project.root, 'git/h.txt'), 'hello again\n')
  git(project, 'commit', '-qam', 'second')
  const moved = await build(project)
  expect([moved.code, moved.judged.sources, moved.made]).toEqual([
    0,
    'fetch: other sources were fetched',
    ['everything'],
  ])
  pack(project, 'two\n')
  const replaced = await build(project)
  expect([replaced.judged.sources, replaced.made]).toEqual([
    'fetch: other sources were fetched',
    ['everything'],
  ])
  edit(project.recipe, 'target_directory: g', 'target_directory: "./g"')
  const edited = await build(project)
  expect(edited.judged.sources).toBe('fetch: ../git changed in the recipe')
  await expectLikeClean(project)
})

test('scripts are told that the build is dirty and what of it was kept; ordinary ones are not', async () => {
  const project = await makeProject(
    recipe.replace('- test !', '- echo "made <$DIRTY><$KRAIT_DIRTY_REUSED>"\n      - test !'),
  )
  expect((await build(project)).made).toContain('<1><>')
  write(path.join(project.root, 'src/c.txt'), 'see\n')
  expect((await build(project)).made).toContain('<1><env,prefix,work>')
  await makeDependency(project.root, '2')
  expect((await build(project)).made).toContain('<1><sources,env,work>')
  expect((await build(project, [])).made).toContain('<><>')
})

test.each(['{git: ../git, rev: main}', '{path: ../git}'])(
  'commits and tags that a script makes are gone when it runs again: %s',
  async (source) => {
    const project = await makeProject(`package: {name: demo, version: "1"}
source: ${source}
build:
  script:
    - git tag -l | sed 's/^/made /'
    - git tag made-by-script
    - git -c user.email=a@b.c -c user.name=n commit -q --allow-empty -m "by the script"
    - mkdir -p $PREFIX/share; git log --oneline | wc -l > $PREFIX/share/commits
`)
    write(path.join(project.root, 'git/h.txt'), 'hello\n')
    for (const words of [
      ['init', '-q'],
      ['add', '.'],
      ['commit', '-qm', 'first'],
      ['tag', 'v1'],
    ])
      git(project, ...words)
    expect((await build(project)).made).toEqual(['v1'])
    const again = await build(project, ['--from', 'script'])
    expect([again.code, again.made]).toEqual([0, ['v1']])
    await expectLikeClean(project)
  },
)

const makefile = `OBJ := $(patsubst %.c,%.o,$(wildcard *.c))
prog: $(OBJ)
\t@gcc -o $@ $^
%.o: %.c
\t@echo "made $<"
\t@gcc -c -o $@ $<
`

test('of a C project one changed file is compiled again, and nothing else', async () => {
  const project = await makeProject(
    `package: {name: demo, version: "1"}
source: {path: ../c}
build: {script: [make -s, mkdir -p $PREFIX/bin, cp prog $PREFIX/bin/prog]}
`,
  )
  const c = path.join(project.root, 'c')
  write(path.join(c, 'Makefile'), makefile)
  write(path.join(c, 'main.c'), 'int main(void) { return 0; }\n')
  for (const index of Array(20).keys())
    write(path.join(c, `f${index}.c`), `int f${index}(void) { return 1; }\n`)
  expect((await build(project)).made).toHaveLength(21)
  write(path.join(c, 'f7.c'), 'int f7(void) { return 7; }\n')
  expect((await build(project)).made).toEqual(['f7.c'])
  await expectLikeClean(project)
})
