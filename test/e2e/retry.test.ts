/** `krait retry`: a build that failed is gone on with after something was mended by hand in its directory. */
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { edit, makeProject, type Project, write } from '../support/dirty-project.js'
import { type KraitResult, krait, startKrait } from '../support/krait.js'
import { unpack } from '../support/unpack.js'

/** Fails in the script without `fixed.txt`, in packaging without a license, in its tests without a file beside the project. */
const recipe = `package: {name: demo, version: "1"}
source: [{path: ../src}]
requirements:
  host: [dep]
build:
  number: 0
  script:
    env: {MODE: plain}
    secrets: [MY_TOKEN]
    content:
      - mkdir -p $PREFIX/share $PREFIX/bin
      - echo "the token is $MY_TOKEN, dirty is <\${DIRTY:-}>"
      - cp fixed.txt $PREFIX/share/fixed.txt
      - printf '#!/bin/sh\\necho %s\\n' "$PREFIX" > $PREFIX/bin/demo; chmod +x $PREFIX/bin/demo; ln -s demo $PREFIX/bin/again
about: {license: MIT, license_file: LICENSE}
tests:
  - script: [test -f ROOT/allowed, test -x $PREFIX/bin/demo]
`

async function makeFailing(text = recipe): Promise<Project> {
  const project = await makeProject()
  write(project.recipe, text.replace('ROOT', project.root))
  return project
}

const mend = {
  script: ({ root }: Project) => write(path.join(root, 'src/fixed.txt'), 'fixed\n'),
  package: ({ root }: Project) => write(path.join(root, 'src/LICENSE'), 'MIT\n'),
  test: ({ root }: Project) => write(path.join(root, 'allowed'), ''),
}

function flags({ root }: Project): readonly string[] {
  return ['--output-dir', path.join(root, 'out')]
}

function build(project: Project, ...more: readonly string[]): Promise<KraitResult> {
  const channel = path.join(project.root, 'channel')
  return krait(['build', project.recipe, ...flags(project), '-c', channel, ...more], { env: project.env })
}

function retry(project: Project, ...more: readonly string[]): Promise<KraitResult> {
  return krait(['retry', ...more, ...flags(project)], { env: project.env })
}

function directoryOf({ root }: Project): string {
  const bld = path.join(root, 'out/bld')
  const [name = ''] = fs.readdirSync(bld).filter((entry) => !entry.endsWith('.lock'))
  return path.join(bld, name)
}

function hostOf(project: Project): string {
  const directory = directoryOf(project)
  return path.join(directory, fs.readdirSync(directory).find((name) => name.startsWith('host_env')) ?? '')
}

function packageOf({ root }: Project): string {
  const directory = path.join(root, 'out/dirty/linux-64')
  const [file = ''] = fs.readdirSync(directory).filter((name) => name.endsWith('.conda'))
  return path.join(directory, file)
}

function contentOf(project: Project) {
  const directory = unpack(packageOf(project))
  const read = (name: string) => fs.readFileSync(path.join(directory, name), 'utf8')
  return {
    directory,
    files: read('info/files').trim().split('\n'),
    dirty: (JSON.parse(read('info/about.json')) as { extra: { dirty: boolean } }).extra.dirty,
    read,
  }
}

/** The command that a failure names, as its words. */
function namedCommand({ stderr }: KraitResult): string[] {
  const [, line = ''] = /after you mended something by hand:\n {2}krait (.*)/.exec(stderr) ?? []
  return line.split(' ')
}

const files = ['bin/again', 'bin/demo', 'share/fixed.txt']

test('a script that failed runs again over what was mended in the work directory, by the command the card names', async () => {
  const project = await makeFailing()
  mend.package(project)
  mend.test(project)
  const failed = await build(project)
  expect(failed.code).toBe(6)
  expect(namedCommand(failed).slice(0, 4)).toEqual([
    'retry',
    expect.stringMatching(/^demo-1-/),
    '--from',
    'script',
  ])
  write(path.join(directoryOf(project), 'work/fixed.txt'), 'by hand\n')
  const { code, stderr } = await krait(namedCommand(failed), { env: project.env })
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('dirty is <1>') })
  const { files: listed, dirty, read } = contentOf(project)
  expect({ listed, dirty }).toEqual({ listed: files, dirty: true })
  expect(read('share/fixed.txt')).toBe('by hand\n')
  expect(fs.existsSync(path.join(project.root, 'out/linux-64'))).toBe(false)
})

test('packaging that failed is done again over what was mended in the prefix: new files are packaged, those of dependencies not', async () => {
  const project = await makeFailing()
  mend.script(project)
  mend.test(project)
  const failed = await build(project)
  expect(failed).toMatchObject({ code: 7, stderr: expect.stringContaining('package/license-missing') })
  expect(namedCommand(failed)).toContain('package')
  write(path.join(directoryOf(project), 'work/LICENSE'), 'MIT\n')
  write(path.join(hostOf(project), 'share/more.txt'), 'more\n')
  const { code, stderr } = await retry(project, '--from', 'package')
  expect({ code, ran: stderr.includes('the token is') }).toEqual({ code: 0, ran: false })
  const { files: listed, dirty, read } = contentOf(project)
  expect({ listed: listed.toSorted(), dirty }).toEqual({
    listed: [...files, 'share/more.txt'].toSorted(),
    dirty: true,
  })
  expect(read('info/licenses/LICENSE')).toBe('MIT\n')
})

test('a package that failed its tests is tested again as it was, and only marked', async () => {
  const project = await makeFailing()
  mend.script(project)
  mend.package(project)
  const failed = await build(project, '--keep-build')
  expect(failed.code).toBe(8)
  expect(namedCommand(failed)).toContain('test')
  // What is in the prefix now is not what was packaged.
  write(path.join(hostOf(project), 'share/later.txt'), 'later\n')
  const again = await retry(project)
  expect(again.code).toBe(8)
  mend.test(project)
  const { code } = await krait(namedCommand(again), { env: project.env })
  expect(code).toBe(0)
  const { files: listed, dirty, directory } = contentOf(project)
  expect({ listed, dirty }).toEqual({ listed: files, dirty: true })
  expect(fs.readlinkSync(path.join(directory, 'bin/again'))).toBe('demo')
  const [broken = ''] = fs.readdirSync(path.join(project.root, 'out/broken'))
  const original = unpack(path.join(project.root, 'out/broken', broken))
  const [before, after] = [original, directory].map((root) =>
    execFileSync('sh', ['-c', 'find . -type f ! -name about.json -exec sha256sum {} + | sort -k2'], {
      cwd: root,
    }).toString(),
  )
  expect(after).toBe(before)
})

test('a package that is gone is written again, also after a retry that missed it', async () => {
  const project = await makeFailing()
  mend.script(project)
  mend.package(project)
  await build(project, '--keep-build')
  fs.rmSync(path.join(project.root, 'out/broken'), { recursive: true })
  for (const more of [['--from', 'test'], []]) {
    const { code, stderr } = await retry(project, ...more)
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('usage/retry-package-gone') })
  }
  mend.test(project)
  expect((await retry(project, '--from', 'package')).code).toBe(0)
  expect(contentOf(project).files).toEqual(files)
})

test('a retry that is interrupted ends its script, and can be repeated with more time than the build had', async () => {
  const project = await makeFailing(recipe.replace('- mkdir', '- test -f quick || sleep 600\n      - mkdir'))
  for (const step of Object.values(mend)) step(project)
  expect((await build(project, '--build-timeout', '1s')).code).toBe(6)
  const progress = path.join(directoryOf(project), '.build/progress.json')
  const before = fs.readFileSync(progress, 'utf8')
  const child = startKrait(['retry', ...flags(project), '--build-timeout', '10m'], { env: project.env })
  const ended = new Promise((resolve) => child.once('close', resolve))
  await expect.poll(() => fs.readFileSync(progress, 'utf8') !== before, { timeout: 60_000 }).toBe(true)
  child.kill('SIGINT')
  expect(await ended).toBe(130)
  write(path.join(directoryOf(project), 'work/quick'), '')
  expect((await retry(project)).code).toBe(0)
  expect(contentOf(project).files).toEqual(files)
})

test('a package of a retry is not published', async () => {
  const project = await makeFailing()
  mend.script(project)
  mend.test(project)
  await build(project)
  write(path.join(directoryOf(project), 'work/LICENSE'), 'MIT\n')
  await retry(project)
  const { code, stderr } = await krait([
    'publish',
    packageOf(project),
    '--to',
    path.join(project.root, 'pub'),
  ])
  expect({ code, stderr }).toEqual({ code: 7, stderr: expect.stringContaining('index/dirty-package') })
})

test('no value of a secret is in what a retry shows, nor in what builds and retries leave on the disk', async () => {
  const project = await makeFailing()
  mend.package(project)
  mend.test(project)
  await build(project)
  const notes = ['retry.json', 'progress.json'].map((name) => path.join(directoryOf(project), '.build', name))
  for (const file of notes) expect(fs.statSync(file).mode & 0o777).toBe(0o600)
  write(path.join(directoryOf(project), 'work/fixed.txt'), 'by hand\n')
  const { code, stdout, stderr } = await retry(project)
  expect(code).toBe(0)
  expect(stderr).toContain('the token is ********')
  expect(stdout + stderr).not.toContain('tok-en-one')
  const found = execFileSync('sh', ['-c', 'grep -rl tok-en-one . || true'], {
    cwd: path.join(project.root, 'out'),
  })
  expect(found.toString()).toBe('')
})

test('a recipe that holds the value of a secret is not noted, and says so', async () => {
  const project = await makeFailing(recipe.replace('{MODE: plain}', `{MODE: '\${{ env.get("MY_TOKEN") }}'}`))
  expect((await build(project)).code).toBe(6)
  const { code, stderr } = await retry(project)
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('usage/retry-withheld') })
  const found = execFileSync('sh', ['-c', 'grep -l tok-en-one */.build/* || true'], {
    cwd: path.join(project.root, 'out/bld'),
  })
  expect(found.toString()).toBe('')
})

test('a build with --dirty that failed is gone on with as well, and the next --dirty build notices', async () => {
  const project = await makeFailing()
  mend.package(project)
  mend.test(project)
  expect((await build(project, '--dirty')).code).toBe(6)
  write(path.join(directoryOf(project), 'work/fixed.txt'), 'by hand\n')
  expect((await retry(project)).code).toBe(0)
  expect(contentOf(project).files).toEqual(files)
  const next = await build(project, '--dirty')
  expect({ code: next.code, stderr: next.stderr }).toEqual({
    code: 0,
    stderr: expect.stringContaining('run script'),
  })
})

test('a build that still runs is not gone on with', async () => {
  const project = await makeFailing(recipe.replace('- mkdir', '- sleep 600\n      - mkdir'))
  const channel = path.join(project.root, 'channel')
  const child = startKrait(['build', project.recipe, ...flags(project), '-c', channel], { env: project.env })
  await expect
    .poll(
      () =>
        fs.existsSync(path.join(project.root, 'out/bld')) &&
        fs.existsSync(path.join(directoryOf(project), '.build/progress.json')),
      { timeout: 60_000 },
    )
    .toBe(true)
  const { code, stderr } = await retry(project, 'demo')
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining(`is in use by process ${child.pid}`),
  })
  const ended = new Promise((resolve) => child.once('close', resolve))
  child.kill('SIGINT')
  await ended
  expect(fs.readdirSync(path.join(project.root, 'out/bld')).filter((name) => name.endsWith('.lock'))).toEqual(
    [],
  )
})

test('what cannot be gone on with says why, and builds nothing', async () => {
  const project = await makeFailing()
  const none = await retry(project)
  expect(none.stderr).toContain('usage/nothing-to-retry')
  await build(project)
  const log = (await retry(project, 'nosuch')).stderr
  expect(log).toContain('no build in')
  expect((await retry(project, '--from', 'test')).stderr).toContain('`script` did not finish')
  expect((await retry(project, '--from', 'env')).stderr).toContain('usage/retry-step')
  expect((await retry(project, 'demo', 'other')).stderr).toContain('too many arguments')
  edit(project.recipe, 'number: 0', 'number: 1')
  const changed = await retry(project)
  expect(changed.stderr).toMatch(/recipe\.yaml` changed since `demo-1-\S+` was built/)
  expect(changed.stderr).toContain('-  number: 0')
  expect(changed.stderr).toContain('+  number: 1')
  edit(project.recipe, 'number: 1', 'number: 0')
  fs.writeFileSync(path.join(directoryOf(project), '.build/retry.json'), '{"version":1')
  expect((await retry(project)).stderr).toContain('usage/retry-notes')
  fs.rmSync(directoryOf(project), { recursive: true })
  const gone = await retry(project)
  expect(gone).toMatchObject({ code: 2, stderr: expect.stringContaining('usage/build-directory-gone') })
  expect(fs.existsSync(path.join(project.root, 'out/dirty'))).toBe(false)
})

test('a build that ended before its script began cannot be retried', async () => {
  const project = await makeFailing(recipe.replace('[dep]', '[nosuchpackage]'))
  const failed = await build(project)
  expect({ code: failed.code, named: failed.stderr.includes('krait retry') }).toEqual({
    code: 4,
    named: false,
  })
  const { code, stderr } = await retry(project)
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('it ended in `solve`') })
})

test('a moved output directory is not gone on with: prefixes hold their path', async () => {
  const project = await makeFailing()
  await build(project)
  fs.renameSync(path.join(project.root, 'out'), path.join(project.root, 'moved'))
  const { code, stderr } = await krait(['retry', '--output-dir', path.join(project.root, 'moved')], {
    env: project.env,
  })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('it was moved here from') })
})
