/** `krait fetch`, `--offline` and `krait source cache`: what was fetched once is enough for a build. */
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { commitAll, git, publish, serveGit } from '../support/git-server.js'
import { krait } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'
import { unpack } from '../support/unpack.js'

function write(file: string, text: string): string {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, text)
  return file
}

async function serveFile(content: Buffer) {
  const counts = { requests: 0 }
  const server = createServer((_, response) => {
    counts.requests += 1
    response.end(content)
  }).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise((resolve) => server.once('listening', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, counts, server }
}

/** A repository with a submodule, a tag and a branch, on a server; and an archive on another one. */
async function sources() {
  const root = tempDirectory()
  write(path.join(root, 'repos/sub/inner.txt'), 'inner\n')
  commitAll(path.join(root, 'repos/sub'), 'sub')
  publish(path.join(root, 'repos/sub'))
  write(path.join(root, 'repos/main/file.txt'), 'first\n')
  const first = commitAll(path.join(root, 'repos/main'), 'first')
  git(path.join(root, 'repos/main'), 'tag', 'v1')
  git(path.join(root, 'repos/main'), 'submodule', '--quiet', 'add', '../sub.git', 'vendor')
  git(path.join(root, 'repos/main'), 'commit', '-qm', 'with a submodule')
  publish(path.join(root, 'repos/main'))
  write(path.join(root, 'up/pkg/a.txt'), 'archived\n')
  const archive = execFileSync('tar', ['-cz', '-C', path.join(root, 'up'), 'pkg'])
  const server = await serveGit(path.join(root, 'repos'))
  const files = await serveFile(archive)
  const recipe = write(
    path.join(root, 'recipe/recipe.yaml'),
    `package: {name: demo, version: "1"}
source:
  - git: ${server.url}/main.git
    branch: main
    target_directory: g
  - git: ${server.url}/main.git
    tag: v1
    target_directory: old
  - url: ${files.url}/pkg.tar.gz
    target_directory: u
build:
  script: cp g/file.txt g/vendor/inner.txt u/a.txt $PREFIX/
`,
  )
  const env = { KRAIT_CACHE_DIR: path.join(root, 'cache') }
  return { root, recipe, env, server, files, first, output: path.join(root, 'out') }
}

test('fetch brings all sources, and then a build needs no network', async () => {
  const { recipe, env, server, files, first, output } = await sources()
  const flags = ['--output-dir', output]
  const fetched = await krait(['fetch', recipe, '--json', ...flags], { env })
  expect(fetched.code).toBe(0)
  expect(JSON.parse(fetched.stdout)).toEqual([
    expect.objectContaining({ kind: 'git', commit: expect.stringMatching(/^[0-9a-f]{40}$/) }),
    expect.objectContaining({ kind: 'git', commit: first }),
    expect.objectContaining({
      kind: 'url',
      from: 'network',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    }),
  ])
  const before = [server.requests(), files.counts.requests]
  const built = await krait(['build', recipe, '--offline', ...flags], { env })
  expect(built.stderr).toContain('is what it was when it was fetched last')
  expect(built.code).toBe(0)
  expect([server.requests(), files.counts.requests]).toEqual(before)
  const [name = ''] = fs.readdirSync(path.join(output, 'linux-64')).filter((file) => file.endsWith('.conda'))
  const content = unpack(path.join(output, 'linux-64', name))
  expect(fs.readFileSync(path.join(content, 'inner.txt'), 'utf8')).toBe('inner\n')
})

test.each([
  { rev: 'branch: main', missing: '`refs/heads/main` of `http://127' },
  { rev: 'tag: v1', missing: '`refs/tags/v1` of `http://127' },
])('offline nothing is cloned: $rev is named', async ({ rev, missing }) => {
  const { root, env, server, output } = await sources()
  const recipe = write(
    path.join(root, 'other/recipe.yaml'),
    `package: {name: o, version: "1"}\nsource: {git: "${server.url}/main.git", ${rev}}\n`,
  )
  const { code, stderr } = await krait(['build', recipe, '--offline', '--output-dir', output], { env })
  expect(stderr).toContain('network access is disabled by offline mode')
  expect(stderr).toContain(missing)
  expect(stderr).toContain('krait fetch')
  expect(code).toBe(5)
  expect(server.requests()).toBe(0)
})

test('offline a commit that the clone does not have is named; submodules that were not fetched are too', async () => {
  const { root, env, server, output } = await sources()
  const build = async (rev: string, ...flags: string[]) => {
    const recipe = write(
      path.join(root, 'other/recipe.yaml'),
      `package: {name: o, version: "1"}\nsource: {git: "${server.url}/main.git", ${rev}}\n`,
    )
    return krait(['build', recipe, '--output-dir', output, ...flags], { env })
  }
  expect((await build('tag: v1')).code).toBe(0)
  write(path.join(root, 'repos/main/later.txt'), 'x\n')
  const later = commitAll(path.join(root, 'repos/main'), 'later')
  const unknown = await build(`rev: ${later}`, '--offline')
  expect(unknown.stderr).toContain(`\`${later}\` of`)
  expect(unknown.code).toBe(5)
  const bare = await build('branch: main', '--offline')
  expect(bare.stderr).toContain('the submodules of refs/heads/main')
  expect(bare.code).toBe(5)
  expect((await build('tag: v1', '--offline')).code).toBe(0)
})

test('large files are fetched when the recipe asks for them, and are pointers otherwise', async () => {
  const root = tempDirectory()
  const repo = path.join(root, 'repo')
  write(path.join(repo, '.gitattributes'), '*.bin filter=lfs diff=lfs merge=lfs -text\n')
  git(repo, 'init', '-q')
  git(repo, 'lfs', 'install', '--local')
  write(path.join(repo, 'big.bin'), 'large content\n')
  commitAll(repo, 'one')
  const build = async (lfs: boolean, ...flags: string[]) => {
    const recipe = write(
      path.join(root, 'r/recipe.yaml'),
      `package: {name: o, version: "1"}
source: {git: "file://${repo}", lfs: ${lfs}}
build: {script: [cp big.bin $PREFIX/]}
`,
    )
    const output = path.join(root, `out-${lfs}`)
    const { code, stderr } = await krait(['build', recipe, '--output-dir', output, ...flags])
    expect(code, stderr).toBe(0)
    const [name = ''] = fs
      .readdirSync(path.join(output, 'linux-64'))
      .filter((file) => file.endsWith('.conda'))
    return fs.readFileSync(path.join(unpack(path.join(output, 'linux-64', name)), 'big.bin'), 'utf8')
  }
  expect(await build(true)).toBe('large content\n')
  expect(await build(false)).toContain('git-lfs.github.com/spec/v1')
  fs.rmSync(path.join(repo, '.git/lfs'), { recursive: true })
  expect(await build(true, '--offline')).toBe('large content\n')
})

test('a source that cannot be had, and a patch that is not there, fail the fetch', async () => {
  const root = tempDirectory()
  const recipe = (source: string) =>
    write(path.join(root, 'r/recipe.yaml'), `package: {name: o, version: "1"}\nsource: ${source}\n`)
  const missing = await krait(['fetch', recipe('{path: ../nowhere}')])
  expect(missing.stderr).toContain('source path `../nowhere`')
  expect(missing.code).toBe(5)
  const patch = await krait(['fetch', recipe('{path: ., patches: [no.patch]}')])
  expect(patch.stderr).toContain('Patch file not found: no.patch')
  const none = await krait([
    'fetch',
    write(path.join(root, 'n/recipe.yaml'), 'package: {name: o, version: "1"}\n'),
  ])
  expect(none.stdout).toBe('No sources to fetch\n')
})

test('the source cache is listed, would be cleaned, is cleaned', async () => {
  const { recipe, env, server, output } = await sources()
  const flags = ['--output-dir', output]
  const empty = await krait(['source', 'cache', 'list', ...flags], { env })
  expect(empty.stdout).toBe('the source cache is empty\n')
  await krait(['fetch', recipe, ...flags], { env })
  const list = await krait(['source', 'cache', 'list', '--json', ...flags], { env })
  expect(JSON.parse(list.stdout)).toMatchObject({
    entries: [
      { kind: 'url', name: 'pkg.tar.gz', sizeBytes: expect.any(Number) },
      { kind: 'git', name: `${server.url}/main.git` },
    ],
  })
  const dry = await krait(['source', 'cache', 'clean', '--dry-run', ...flags], { env })
  expect(dry.stdout).toMatch(/^would remove url pkg\.tar\.gz /m)
  expect((await krait(['source', 'cache', 'list', '--json', ...flags], { env })).stdout).toBe(list.stdout)
  const clean = await krait(['source', 'cache', 'clean', ...flags], { env })
  expect(clean.stdout).toMatch(/^removed git http/m)
  expect((await krait(['source', 'cache', 'list', ...flags], { env })).stdout).toBe(
    'the source cache is empty\n',
  )
  expect((await krait(['source', 'cache', 'empty'])).code).toBe(2)
})
