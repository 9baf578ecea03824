/** `krait debug`: a kept build is run again, looked into, and turned into patches that build to the same tree. */
import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { cleanEnv, krait, mainFile } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'

const masked = '********'

function write(file: string, text: string): string {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, text)
  return file
}

const failing = `package: {name: demo, version: "1"}
build:
  script:
    secrets: [MY_KEY]
    content:
      - 'echo "key $MY_KEY of $PKG_NAME in $(basename $PWD)"'
      - exit 4
`

/** A build that failed and was kept, and the flags that find it. */
async function keepFailure() {
  const root = tempDirectory()
  write(path.join(root, 'recipe/recipe.yaml'), failing)
  const output = path.join(root, 'out')
  const build = await krait(['build', path.join(root, 'recipe'), '--output-dir', output], {
    env: { MY_KEY: 'first-secret' },
  })
  expect(build.code).toBe(6)
  return { root, output, build, flags: ['--output-dir', output] }
}

test('run ends with the status of the script, echoes what it writes, and masks the secrets of today', async () => {
  const { build, flags, output } = await keepFailure()
  const work = (await krait(['debug', 'workdir', ...flags])).stdout.trim()
  expect(build.stderr).toContain(`krait debug run --trace --work-dir ${work}`)
  const again = await krait(['debug', 'run', ...flags], { env: { MY_KEY: 'other-secret' } })
  expect(again.code).toBe(4)
  expect(again.stdout).toBe(`key ${masked} of demo in work\n`)
  expect(again.stderr).not.toContain('secret')
  expect(fs.readdirSync(path.join(output, 'bld'))).toHaveLength(1)
  const traced = await krait(['debug', 'run', '--trace', '--work-dir', work], { env: { MY_KEY: 'x-secret' } })
  expect(traced.stderr).toContain('+ source ')
})

test.each(['run', 'shell'])('%s refuses --json, because it has no result', async (action) => {
  const { flags } = await keepFailure()
  const { code, stdout, stderr } = await krait(['debug', action, '--json', ...flags], {
    input: 'echo ran',
    env: { MY_KEY: 'a-secret' },
  })
  expect(stderr).toContain(`\`krait debug ${action}\` has no result to print as JSON`)
  expect([code, stdout]).toEqual([2, ''])
})

test('nothing runs without a declared secret when nobody can be asked', async () => {
  const { flags } = await keepFailure()
  for (const action of ['run', 'shell']) {
    const { code, stdout, stderr } = await krait(['debug', action, ...flags], { input: 'echo ran\n' })
    expect(stderr).toContain('the script needs `MY_KEY`, which is not set')
    expect(stdout).toBe('')
    expect(code).toBe(6)
  }
})

/** Types answers at a terminal, each when what is shown says that it is waited for. */
async function atTerminal(args: readonly string[], answers: readonly (readonly [RegExp, string])[]) {
  const line = [process.execPath, mainFile, ...args].map((word) => `'${word}'`).join(' ')
  const child = spawn('script', ['-qefc', line, '/dev/null'], { env: { ...cleanEnv(), TERM: 'dumb' } })
  onTestFinished(() => void child.kill('SIGKILL'))
  let shown = ''
  let from = 0
  const waiting = [...answers]
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk.toString('utf8')
    const [next] = waiting
    if (next === undefined || !next[0].test(shown.slice(from))) return
    from = shown.length
    waiting.shift()
    child.stdin.write(next[1])
  })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, shown }
}

test('on a terminal a missing secret is asked for, not shown, and masked in the shell', async () => {
  const { flags } = await keepFailure()
  const { code, shown } = await atTerminal(
    ['debug', 'shell', ...flags],
    [
      [/MY_KEY \(not shown\): $/, 'typed-secret\r'],
      [/[#$] $/, 'echo "<$MY_KEY>" $PKG_NAME; test -t 1 && echo a terminal\r'],
      [/a terminal\r\n.*[#$] $/s, 'exit 7\r'],
    ],
  )
  expect(shown).toContain(`<${masked}> demo\r\na terminal\r\n`)
  expect(shown).not.toContain('typed-secret')
  expect(code).toBe(7)
})

test('a secret that is not given at the terminal ends the command', async () => {
  const { flags } = await keepFailure()
  const { code, shown } = await atTerminal(['debug', 'run', ...flags], [[/not shown\): $/, '\r']])
  expect(shown).toContain('the script needs `MY_KEY`')
  expect(code).toBe(6)
})

test('a shell that is fed commands has the environment of the build and ends with their status', async () => {
  const { flags } = await keepFailure()
  const input = 'echo $PKG_NAME $MY_KEY $CONDA_BUILD\nbasename $PWD\nexit 3\n'
  const { code, stdout, stderr } = await krait(['debug', 'shell', ...flags], {
    env: { MY_KEY: 'some-secret' },
    input,
  })
  expect(stdout).toBe(`demo ${masked} 1\nwork\n`)
  expect(stderr).toBe('shell exited with status: exit status: 3\n')
  expect(code).toBe(3)
})

const outputs = `recipe: {version: "1"}
outputs:
  - package: {name: liba}
    build: {script: ["echo a > $PREFIX/a"]}
  - package: {name: libb}
    build: {script: ["echo b > $PREFIX/b"]}
`

test('setup prepares the output that is named, and says how to go on', async () => {
  const root = tempDirectory()
  const recipe = path.dirname(write(path.join(root, 'recipe/recipe.yaml'), outputs))
  const flags = ['--recipe', recipe, '--output-dir', path.join(root, 'out')]
  const several = await krait(['debug', 'setup', ...flags])
  expect(several.stderr).toContain(
    'Multiple outputs found in recipe (2). Please specify which output to debug using --output-name. Available outputs: liba, libb',
  )
  expect(several.code).toBe(2)
  const unknown = await krait(['debug', 'setup', ...flags, '--output-name', 'libc'])
  expect(unknown.stderr).toContain("Output with name 'libc' not found in recipe.")
  const { code, stderr } = await krait(['debug', 'setup', ...flags, '--output-name', 'libb'])
  expect(code).toBe(0)
  for (const text of [
    'Build and/or host environments created for debugging',
    'Build script created at ',
    'To run the actual build, use:',
    'krait build --recipe ',
    './conda_build.sh',
  ])
    expect(stderr).toContain(text)
  const work = (await krait(['debug', 'workdir', '--output-dir', path.join(root, 'out')])).stdout.trim()
  const [host = ''] = fs.readdirSync(path.dirname(work)).filter((name) => name.startsWith('host_env'))
  expect(fs.existsSync(path.join(work, '..', host, 'b'))).toBe(false)
  execFileSync(path.join(work, 'conda_build.sh'), { cwd: work, stdio: 'ignore' })
  expect(fs.readFileSync(path.join(work, '..', host, 'b'), 'utf8')).toBe('b\n')
})

test('host-add and build-add install more, and the shell then has what the packages set', async () => {
  const root = tempDirectory()
  const channel = path.join(root, 'channel')
  write(
    path.join(root, 'tool/recipe.yaml'),
    `package: {name: tool, version: "1"}
build:
  script:
    - mkdir -p $PREFIX/bin $PREFIX/etc/conda/activate.d
    - 'printf "#!/bin/sh\\necho tool of $1 runs\\n" > $PREFIX/bin/my-tool'
    - chmod +x $PREFIX/bin/my-tool
    - echo 'export TOOL_HOME=$CONDA_PREFIX' > $PREFIX/etc/conda/activate.d/tool.sh
`,
  )
  expect((await krait(['build', path.join(root, 'tool'), '--output-dir', channel])).code).toBe(0)
  write(
    path.join(root, 'recipe/recipe.yaml'),
    'package: {name: demo, version: "1"}\nbuild: {script: [exit 1]}\n',
  )
  const flags = ['--output-dir', path.join(root, 'out')]
  await krait(['debug', 'setup', path.join(root, 'recipe'), ...flags, '-c', channel])
  const added = await krait(['debug', 'build-add', 'tool', ...flags])
  expect(added.stderr).toContain('added tool 1 ')
  expect(added.code).toBe(0)
  const again = await krait(['debug', 'build-add', 'tool', '--json', ...flags])
  expect(JSON.parse(again.stdout)).toEqual({ added: [] })
  expect((await krait(['debug', 'host-add', 'tool', ...flags])).code).toBe(0)
  const shell = await krait(['debug', 'shell', ...flags], {
    input: 'my-tool; echo $TOOL_HOME | grep -c host_env\n',
  })
  expect(shell.stdout).toMatch(/tool of .*runs\n/)
  const missing = await krait(['debug', 'host-add', 'no-such-tool', ...flags])
  expect(missing.stderr).toContain('no-such-tool')
  expect(missing.code).toBe(4)
})

/** A recipe with one source of each kind; the url one is an archive with a top directory. */
function recipeWithSources(root: string): string {
  write(path.join(root, 'src/a.txt'), 'one\ntwo\nthree\n')
  write(path.join(root, 'src/crlf.txt'), 'one\r\ntwo\r\nthree\r\n')
  write(path.join(root, 'up/pkg-1.0/m.c'), 'int main() { return 0; }\n')
  write(path.join(root, 'up/pkg-1.0/gone'), 'gone\n')
  execFileSync('tar', ['-czf', path.join(root, 'up.tgz'), '-C', path.join(root, 'up'), 'pkg-1.0'])
  write(path.join(root, 'g/h.txt'), 'hello\n')
  const git = ['-c', 'user.email=a@b.c', '-c', 'user.name=n', '-c', 'init.defaultBranch=main']
  const run = (...args: string[]) => execFileSync('git', [...git, ...args], { cwd: path.join(root, 'g') })
  run('init', '-q')
  run('add', '.')
  run('commit', '-qm', 'first')
  return write(
    path.join(root, 'recipe/recipe.yaml'),
    `# Made by hand
package: {name: demo, version: "1"}
source:
  - path: ../src # local
    target_directory: local
  - url: file://${root}/up.tgz
    target_directory: dl # downloaded
  - {git: ../g, target_directory: git}
build:
  script: cp -r local dl git/h.txt $PREFIX/ # all of it
`,
  )
}

function treeOf(directory: string): Record<string, string> {
  const entries = fs.readdirSync(directory, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .filter((name) => /^(?:local|dl|git)\//.test(name) && !name.includes('.git/'))
  return Object.fromEntries(
    files.sort().map((name) => {
      const file = path.join(directory, name)
      return [name, `${fs.statSync(file).mode & 0o100} ${fs.readFileSync(file, 'latin1')}`]
    }),
  )
}

test('edits of url, git and path sources become patches, and a new build has the same tree', async () => {
  const root = tempDirectory()
  const recipe = recipeWithSources(root)
  const env = { KRAIT_CACHE_DIR: path.join(root, 'cache') }
  const flags = ['--output-dir', path.join(root, 'out')]
  await krait(['debug', 'setup', recipe, ...flags], { env })
  const work = (await krait(['debug', 'workdir', ...flags])).stdout.trim()
  write(path.join(work, 'local/a.txt'), 'one\nTWO\nthree\n')
  write(path.join(work, 'local/crlf.txt'), 'one\r\nTWO\r\nthree')
  fs.rmSync(path.join(work, 'dl/gone'))
  fs.chmodSync(path.join(work, 'dl/m.c'), 0o755)
  write(path.join(work, 'dl/new dir/ünï.h'), 'new\n')
  write(path.join(work, 'dl/empty.h'), '')
  write(path.join(work, 'dl/junk.o'), 'built\n')
  write(path.join(work, 'git/h.txt'), 'hello\nworld\n')
  const look = await krait(['debug', 'create-patch', '--dry-run', ...flags], { env })
  expect(look.stderr).toContain('[dry-run] Would create patch file at: ')
  expect(look.stderr).toContain('\u001b[32m+TWO')
  expect(fs.readdirSync(path.join(root, 'recipe'))).toEqual(['recipe.yaml'])
  const made = await krait(['debug', 'create-patch', '--add', '**/*.h', '--add-to-recipe'], {
    cwd: work,
    env,
  })
  expect(made.code).toBe(0)
  expect(made.stderr).toContain(`Created patch file at: ${path.join(root, 'recipe/changes.patch')}`)
  expect(made.stderr).toContain('New file (matched --add pattern): new dir/ünï.h')
  expect(fs.readFileSync(recipe, 'utf8').replaceAll(root, '')).toBe(`# Made by hand
package: {name: demo, version: "1"}
source:
  - path: ../src # local
    target_directory: local
    patches:
      - changes.patch
  - url: file:///up.tgz
    target_directory: dl # downloaded
    patches:
      - changes-2.patch
  - {git: ../g, target_directory: git, patches: [changes-3.patch]}
build:
  script: cp -r local dl git/h.txt $PREFIX/ # all of it
`)
  const { stderr } = await krait(['debug', 'create-patch', ...flags], { env })
  expect(stderr.match(/No changes detected for source/g), stderr).toHaveLength(3)
  const second = ['--output-dir', path.join(root, 'second')]
  const build = await krait(['build', recipe, '--keep-build', ...second], { env })
  expect(build.code).toBe(0)
  const built = (await krait(['debug', 'workdir', ...second])).stdout.trim()
  fs.rmSync(path.join(work, 'dl/junk.o'))
  expect(treeOf(built)).toEqual(treeOf(work))
})

test('a patch that is there stays unless --overwrite is given, and then holds all changes', async () => {
  const root = tempDirectory()
  const recipe = recipeWithSources(root)
  const env = { KRAIT_CACHE_DIR: path.join(root, 'cache') }
  const flags = ['--output-dir', path.join(root, 'out')]
  await krait(['debug', 'setup', recipe, ...flags], { env })
  const work = (await krait(['debug', 'workdir', ...flags])).stdout.trim()
  const patch = path.join(root, 'recipe/changes.patch')
  write(path.join(work, 'local/a.txt'), 'ONE\ntwo\nthree\n')
  await krait(['debug', 'create-patch', ...flags], { env })
  write(path.join(work, 'local/a.txt'), 'ONE\ntwo\nTHREE\n')
  const kept = await krait(['debug', 'create-patch', ...flags], { env })
  expect(kept.stderr).toContain(`Not writing patch file, already exists: ${patch}`)
  expect(kept.stderr).toContain('Use --overwrite to replace the existing patch file')
  expect(kept.code).toBe(0)
  expect(fs.readFileSync(patch, 'utf8')).not.toContain('+THREE')
  const more = await krait(['debug', 'create-patch', '--name', 'more', ...flags], { env })
  expect(more.stderr).toContain('Created incremental patch')
  expect(fs.readFileSync(path.join(root, 'recipe/more.patch'), 'utf8')).not.toContain('+ONE')
  await krait(['debug', 'create-patch', '--overwrite', ...flags], { env })
  const whole = fs.readFileSync(patch, 'utf8')
  expect(whole).toContain('+ONE')
})

test('binary files are named and left out; a source that changed meanwhile is an error', async () => {
  const root = tempDirectory()
  const recipe = recipeWithSources(root)
  write(path.join(root, 'src/blob'), 'a\0b')
  write(path.join(root, 'src/blob2'), 'a\0b')
  const env = { KRAIT_CACHE_DIR: path.join(root, 'cache') }
  const flags = ['--output-dir', path.join(root, 'out')]
  await krait(['debug', 'setup', recipe, ...flags], { env })
  const work = (await krait(['debug', 'workdir', ...flags])).stdout.trim()
  write(path.join(work, 'local/blob'), 'c\0d')
  fs.rmSync(path.join(work, 'local/blob2'))
  const { stderr } = await krait(['debug', 'create-patch', ...flags], { env })
  expect(stderr).toContain('Skipping binary file: blob\n')
  expect(stderr).toContain('Skipping binary file deletion: blob2\n')
  write(path.join(root, 'src/a.txt'), 'changed\n')
  const changed = await krait(['debug', 'create-patch', ...flags], { env })
  expect(changed.stderr).toContain('the source `../src` has changed since it was copied')
  expect(changed.code).toBe(5)
})

test.each([
  { args: ['debug'], says: 'an action is missing: `krait debug` knows `setup`' },
  { args: ['debug', 'sehll'], says: 'did you mean `krait debug shell`?' },
  { args: ['debug', 'run', 'it'], says: "unexpected argument 'it'" },
  { args: ['debug', 'host-add'], says: 'the packages to add are missing' },
  { args: ['debug', 'run', '--output-dir', '/nonexistent'], says: 'there is no kept build below' },
  { args: ['debug', 'run', '--work-dir', '/tmp'], says: '`/tmp` is no work directory of a build' },
])('$args is wrong usage', async ({ args, says }) => {
  const { code, stderr } = await krait(args)
  expect(stderr).toContain(says)
  expect(code).toBe(2)
})
