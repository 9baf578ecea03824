import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { RenderedSource } from '../../../src/recipe/index.js'
import { fetchSources } from '../../../src/stages/fetch-sources/index.js'
import { tempDirectory, testContext } from '../../support/system.js'
import { buildPlan, writeTree } from '../write-package/build-plan.js'

/** Fetches into a fresh work directory; `again` does it once more with the same cache in another one. */
async function fetch(
  sources: readonly RenderedSource[],
  prepare: (root: string) => void = () => {},
  root = tempDirectory(),
) {
  const plan = buildPlan(root, { recipe: { source: sources } })
  prepare(root)
  const { context, events } = testContext()
  const cacheDirectory = path.join(root, 'cache')
  const result = await fetchSources(plan, { cacheDirectory }, context)
  const { work } = plan.directories
  const files = fs
    .readdirSync(work, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(work, path.join(entry.parentPath, entry.name)))
    .filter((file) => !file.startsWith('.git/') && !file.includes('/.git/'))
    .sort()
  const read = (file: string) => fs.readFileSync(path.join(work, file), 'utf8')
  const info = () => JSON.parse(read('.source_info.json')) as Record<string, unknown>
  return { result, events, files, read, info, root, work, cacheDirectory }
}

const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex')

function tarball(files: Readonly<Record<string, string>>): Buffer {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'krait-tar-'))
  try {
    writeTree(directory, files)
    return execFileSync('tar', ['-cz', ...fs.readdirSync(directory).sort()], { cwd: directory })
  } finally {
    fs.rmSync(directory, { recursive: true })
  }
}

async function serve(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handler).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise((resolve) => server.once('listening', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('without sources there is an empty work directory, and nothing is said', async () => {
  const { files, events } = await fetch([])
  expect(files).toEqual([])
  expect(events).toEqual([])
})

describe('url sources', () => {
  const archive = tarball({ 'pkg-1.0/a': 'A', 'pkg-1.0/sub/b': 'B' })

  test('an archive is checked, extracted without its top directory, and comes from the cache the second time', async () => {
    let requests = 0
    const base = await serve((_, response) => {
      requests += 1
      response.end(archive)
    })
    const url = `${base}/pkg-1.0.tar.gz`
    const root = tempDirectory()
    const first = await fetch([{ url, sha256: sha256(archive) }], undefined, root)
    expect(first.files).toEqual(['.source_info.json', 'a', 'sub/b'])
    expect(first.info()).toMatchObject({ sources: [{ url, sha256: sha256(archive) }] })
    expect(first.info().extracted_paths).toEqual({ '0': expect.stringContaining(first.cacheDirectory) })
    expect(first.result.sources).toMatchObject([{ files: 2, sha256: sha256(archive) }])
    fs.rmSync(first.work, { recursive: true })
    const again = await fetch([{ url, sha256: sha256(archive) }], undefined, root)
    expect(again.files).toEqual(first.files)
    expect(requests).toBe(1)
    expect(again.events).toContainEqual(expect.objectContaining({ type: 'source-fetched', from: 'cache' }))
  })

  test('a wrong checksum is refused with both values, and the next mirror is tried', async () => {
    const base = await serve((request, response) =>
      response.end(request.url === '/good.tar.gz' ? archive : 'evil'),
    )
    const wanted = sha256(archive)
    const bad = fetch([{ url: `${base}/bad.tar.gz`, sha256: wanted }])
    await expect(bad).rejects.toThrow(
      `sha256 checksum validation failed for "bad.tar.gz"\n  expected: ${wanted}\n  actual:   ${sha256('evil')}`,
    )
    const good = await fetch([{ url: [`${base}/bad.tar.gz`, `${base}/good.tar.gz`], sha256: wanted }])
    expect(good.files).toContain('a')
    expect(good.events).toContainEqual(
      expect.objectContaining({
        type: 'warning',
        message: expect.stringContaining('Failed to fetch from URL: '),
      }),
    )
  })

  test('md5 is checked as well', async () => {
    const base = await serve((_, response) => response.end(archive))
    const run = fetch([{ url: `${base}/x.tar.gz`, md5: '0'.repeat(32) }])
    await expect(run).rejects.toThrow('md5 checksum validation failed')
  })

  test('a missing page is named with its status', async () => {
    const base = await serve((_, response) => response.writeHead(404).end())
    await expect(fetch([{ url: `${base}/x.tar.gz` }])).rejects.toThrow(
      `Failed to download from URL: HTTP status client error (404 Not Found) for url (${base}/x.tar.gz)`,
    )
  })

  test('a connection that breaks again and again leaves nothing that counts as fetched', async () => {
    const base = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '1000000' })
      response.write('only a part')
      setTimeout(() => response.destroy(), 50)
    })
    const root = tempDirectory()
    await expect(fetch([{ url: `${base}/x.tar.gz` }], undefined, root)).rejects.toMatchObject({
      code: 'source/download-failed',
    })
    expect(fs.existsSync(path.join(root, 'cache/sources/sha256'))).toBe(false)
  })

  test('without a checksum the server is asked each time whether the file is still the same', async () => {
    let content = 'one'
    const statuses: number[] = []
    const base = await serve((request, response) => {
      const etag = `"${content}"`
      const status = request.headers['if-none-match'] === etag ? 304 : 200
      statuses.push(status)
      response.writeHead(status, { etag }).end(status === 200 ? content : undefined)
    })
    const root = tempDirectory()
    for (const expected of ['one', 'one', 'two']) {
      if (expected === 'two') content = 'two'
      const { read, work } = await fetch([{ url: `${base}/file.txt` }], undefined, root)
      expect(read('file.txt')).toBe(expected)
      fs.rmSync(work, { recursive: true })
    }
    expect(statuses).toEqual([200, 304, 200])
  })

  test('the server may name the file, but not where it goes', async () => {
    const base = await serve((_, response) => {
      response.writeHead(200, { 'content-disposition': 'attachment; filename="../../named.txt"' }).end('x')
    })
    const { files } = await fetch([{ url: `${base}/download?id=3` }])
    expect(files).toEqual(['.source_info.json', 'named.txt'])
  })

  test('with file_name an archive stays an archive, also in a directory of its own', async () => {
    const base = await serve((_, response) => response.end(archive))
    const { files } = await fetch([
      { url: `${base}/x.tar.gz`, file_name: 'sub/y.tar.gz', target_directory: 'deep' },
    ])
    expect(files).toEqual(['.source_info.json', 'deep/sub/y.tar.gz'])
  })

  test('a fifo is refused instead of waiting for somebody who writes to it, unless the filter leaves it out', async () => {
    const prepare = (root: string) => {
      writeTree(path.join(root, 'recipe/src'), { a: 'a' })
      execFileSync('mkfifo', [path.join(root, 'recipe/src/pipe')])
    }
    await expect(fetch([{ path: 'src' }], prepare)).rejects.toMatchObject({
      code: 'source/special-file',
      message: expect.stringContaining('src/pipe'),
    })
    const { files } = await fetch([{ path: 'src', filter: { include: [], exclude: ['pipe'] } }], prepare)
    expect(files).toContain('a')
  })

  test('passwords in addresses reach neither the record nor the work directory', async () => {
    const base = await serve((_, response) => response.end('x'))
    const url = `${base.replace('http://', 'http://me:hunter2@')}/f.txt`
    const { result, read, events } = await fetch([{ url }])
    expect(JSON.stringify([result.sources, events])).not.toContain('hunter2')
    expect(read('.source_info.json')).not.toContain('hunter2')
  })

  test('file:// works, and says so when there is nothing', async () => {
    const root = tempDirectory()
    fs.writeFileSync(path.join(root, 'x.tar.gz'), archive)
    const { files } = await fetch([{ url: pathToFileURL(path.join(root, 'x.tar.gz')).href }], undefined, root)
    expect(files).toContain('sub/b')
    await expect(fetch([{ url: 'file:///nowhere/x.tar.gz' }])).rejects.toThrow(
      'File not found: /nowhere/x.tar.gz',
    )
  })

  test('a web page under the name of an archive is not extracted', async () => {
    const base = await serve((_, response) => response.end('<!DOCTYPE html>'))
    await expect(fetch([{ url: `${base}/x.tar.gz` }])).rejects.toThrow('it begins with `<!DOCTYPE html>`')
  })

  test('an attestation is never silently accepted', async () => {
    await expect(fetch([{ url: 'http://127.0.0.1:9/x', attestation: {} }])).rejects.toThrow(
      'attestation verification is not supported',
    )
  })

  test('an attestation that people skip is told', async () => {
    const archive = fs.readFileSync(import.meta.filename)
    const base = await serve((_, response) => response.end(archive))
    const root = tempDirectory()
    const plan = buildPlan(root, { recipe: { source: [{ url: `${base}/x.txt`, attestation: {} }] } })
    const { context, events } = testContext()
    const options = { cacheDirectory: path.join(root, 'cache'), skipAttestation: true }
    await fetchSources(plan, options, context)
    expect(events).toContainEqual(expect.objectContaining({ code: 'source/attestation-skipped' }))
    expect(fs.readFileSync(path.join(plan.directories.work, 'x.txt'))).toEqual(archive)
  })
})

describe('path sources', () => {
  test('a directory is copied with links, modes and hidden files, without what is ignored', async () => {
    const { files, work, result } = await fetch([{ path: '../src' }], (root) => {
      writeTree(path.join(root, 'src'), {
        'a.c': 'int a;',
        'run.sh': { text: 'x', mode: 0o755 },
        '.hidden': 'h',
        '.gitignore': '*.o\n/only-here\n',
        'b.o': 'o',
        'only-here/x': 'x',
        'sub/.condapackageignore': 'big\n',
        'sub/big/x': 'x',
        'sub/kept': 'x',
      })
      fs.symlinkSync('a.c', path.join(root, 'src/link.c'))
      fs.mkdirSync(path.join(root, 'src/empty'))
      fs.utimesSync(path.join(root, 'src/a.c'), 1_500_000_000, 1_500_000_000)
    })
    const copied = ['.gitignore', '.hidden', 'a.c', 'link.c', 'run.sh', 'sub/.condapackageignore', 'sub/kept']
    expect(files.filter((file) => file !== '.source_info.json')).toEqual(copied)
    expect(fs.statSync(path.join(work, 'run.sh')).mode & 0o100).toBe(0o100)
    expect(fs.readlinkSync(path.join(work, 'link.c'))).toBe('a.c')
    expect(fs.existsSync(path.join(work, 'empty'))).toBe(true)
    expect(fs.statSync(path.join(work, 'a.c')).mtimeMs).toBe(1_500_000_000_000)
    expect(result.sources[0]?.files).toBe(copied.length)
  })

  test('a checksum of a directory is said to be unused', async () => {
    const source = { path: '../src', md5: '0'.repeat(32) }
    const { events, files } = await fetch([source], (root) => writeTree(path.join(root, 'src'), { a: 'a' }))
    expect(files).toContain('a')
    expect(events).toContainEqual(expect.objectContaining({ code: 'source/checksum-unused' }))
  })

  test('use_gitignore: false copies everything but what .condapackageignore names', async () => {
    const { files } = await fetch([{ path: '../src', use_gitignore: false }], (root) =>
      writeTree(path.join(root, 'src'), {
        '.gitignore': '*.o',
        'b.o': '',
        '.condapackageignore': 'c',
        c: '',
      }),
    )
    expect(files).toContain('b.o')
    expect(files).not.toContain('c')
  })

  test('rules of the checkout that the tree lies in count, too', async () => {
    const { files } = await fetch([{ path: '../repo/src' }], (root) =>
      writeTree(path.join(root, 'repo'), {
        '.git/HEAD': 'x',
        '.gitignore': '/src/skip\n*.tmp\n',
        'src/skip': '',
        'src/a.tmp': '',
        'src/a': '',
      }),
    )
    expect(files).toEqual(['.source_info.json', 'a'])
  })

  test('the output directory is never copied into itself', async () => {
    const { files } = await fetch([{ path: '..' }], (root) => writeTree(root, { 'a.c': '' }))
    expect(files.some((file) => file.startsWith('output'))).toBe(false)
    expect(files).toContain('a.c')
  })

  test.each([
    { filter: ['sub/*'], expected: ['sub/b'] },
    { filter: { include: [], exclude: ['sub'] }, expected: ['a'] },
  ])('the filter $filter', async ({ filter, expected }) => {
    const { files } = await fetch([{ path: '../src', filter }], (root) =>
      writeTree(path.join(root, 'src'), { a: '', 'sub/b': '' }),
    )
    expect(files).toEqual(['.source_info.json', ...expected])
  })

  test('a file is copied under its own or another name, with its checksum verified', async () => {
    const sources = [
      { path: 'f.txt', sha256: sha256('text') },
      { path: 'f.txt', file_name: 'g.txt' },
    ]
    const { files } = await fetch(sources, (root) =>
      writeTree(path.join(root, 'recipe'), { 'f.txt': 'text' }),
    )
    expect(files).toEqual(['.source_info.json', 'f.txt', 'g.txt'])
    const wrong = fetch([{ path: 'f.txt', sha256: sha256('other') }], (root) =>
      writeTree(path.join(root, 'recipe'), { 'f.txt': 'text' }),
    )
    await expect(wrong).rejects.toThrow('sha256 checksum validation failed')
  })

  test('a changed local archive is read again', async () => {
    const root = tempDirectory()
    for (const content of ['one', 'two']) {
      const { read, work } = await fetch(
        [{ path: 'x.tar.gz' }],
        () => fs.writeFileSync(path.join(root, 'recipe/x.tar.gz'), tarball({ 'top/f': content })),
        root,
      )
      expect(read('f')).toBe(content)
      fs.rmSync(work, { recursive: true })
    }
  })

  test('two sources with the same file are refused by name', async () => {
    const run = fetch([{ path: 'x' }, { path: 'y' }], (root) =>
      writeTree(path.join(root, 'recipe'), { 'x/f': '1', 'y/f': '2' }),
    )
    await expect(run).rejects.toThrow('File already exists: "f" comes from source `x` and from source `y`')
  })

  test.each([
    { first: { 'x/d': '1' }, second: { 'y/d/f': '2' }, what: 'a directory where another one has a file' },
    { first: { 'x/d/f': '1' }, second: { 'y/d': '2' }, what: 'a file where another one has a directory' },
  ])('a source with $what is refused', async ({ first, second }) => {
    const run = fetch([{ path: 'x' }, { path: 'y' }], (root) =>
      writeTree(path.join(root, 'recipe'), { ...first, ...second } as Readonly<Record<string, string>>),
    )
    await expect(run).rejects.toThrow('File already exists: "d" comes from source `x` and from source `y`')
  })

  test.each([
    { name: 'files of a directory', second: { path: 'y' } },
    { name: 'a directory that is named', second: { path: 'y/d', target_directory: 'd' } },
    { name: 'a file that is named', second: { path: 'y/d/f', target_directory: 'd/sub' } },
  ])(
    'through a link that one source brings, $name of another one leave the work directory by no way',
    async ({ second }) => {
      const root = tempDirectory()
      const outside = path.join(root, 'outside')
      fs.mkdirSync(outside)
      writeTree(path.join(root, 'recipe'), { 'x/f': '1', 'y/d/f': '2' })
      fs.symlinkSync(outside, path.join(root, 'recipe/x/d'))
      await expect(fetch([{ path: 'x' }, second], undefined, root)).rejects.toMatchObject({
        code: 'source/conflict',
      })
      expect(fs.readdirSync(outside)).toEqual([])
    },
  )

  test('a link that stays in the work directory may be the target of another source', async () => {
    const { read } = await fetch([{ path: 'x' }, { path: 'y', target_directory: 'd' }], (root) => {
      writeTree(path.join(root, 'recipe'), { 'x/real/a': '1', 'y/f': '2' })
      fs.symlinkSync('real', path.join(root, 'recipe/x/d'))
    })
    expect(read('real/f')).toBe('2')
  })

  test.each([
    { source: { path: '../nope' }, code: 'source/path-missing' },
    { source: { path: '.', target_directory: '../out' }, code: 'source/leaves-work-directory' },
    { source: { path: 'recipe.yaml', file_name: '/abs' }, code: 'source/leaves-work-directory' },
    { source: { path: '.', filter: ['[a'] }, code: 'source/filter' },
  ])('$source is refused with $code', async ({ source, code }) => {
    await expect(fetch([source])).rejects.toMatchObject({ code })
  })

  test('patches are applied where the source went', async () => {
    const patch = '--- a/f\n+++ b/f\n@@ -1 +1 @@\n-old\n+new\n'
    const { read } = await fetch([{ path: 'src', target_directory: 'deep', patches: ['p.patch'] }], (root) =>
      writeTree(path.join(root, 'recipe'), { 'src/f': 'old\n', 'p.patch': patch }),
    )
    expect(read('deep/f')).toBe('new\n')
  })
})

describe('git sources', () => {
  const git = (cwd: string, ...args: string[]) =>
    execFileSync(
      'git',
      ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'protocol.file.allow=always', ...args],
      { cwd },
    )
      .toString()
      .trim()

  /** A repository at `<root>/repo` with a tag `v1`, a branch `dev` and one later commit. */
  function repository(root: string): string {
    const repo = path.join(root, 'repo')
    writeTree(repo, { f: 'one' })
    git(repo, 'init', '-q', '-b', 'main')
    git(repo, 'add', '.')
    git(repo, 'commit', '-qm', 'one')
    git(repo, 'tag', '-a', 'v1', '-m', 'v1')
    git(repo, 'branch', 'dev')
    commit(repo, 'two')
    return repo
  }

  function commit(repo: string, content: string): string {
    writeTree(repo, { f: content })
    git(repo, 'commit', '-qam', content)
    return git(repo, 'rev-parse', 'HEAD')
  }

  test.each([
    { rev: undefined, expected: 'two' },
    { rev: 'HEAD', expected: 'two' },
    { rev: 'refs/tags/v1', expected: 'one' },
    { rev: 'v1', expected: 'one' },
    { rev: 'refs/heads/dev', expected: 'one' },
    { rev: 'main', expected: 'two' },
  ])('rev $rev checks out $expected', async ({ rev, expected }) => {
    const { read, result, root } = await fetch([{ git: '../repo', ...(rev && { rev }) }], repository)
    expect(read('f')).toBe(expected)
    const commitId = git(path.join(root, 'repo'), 'rev-parse', expected === 'one' ? 'v1^{commit}' : 'main')
    expect(result.sources[0]?.source.rev).toBe(commitId)
  })

  test('a branch that moved is followed', async () => {
    const root = tempDirectory()
    const first = await fetch([{ git: '../repo', rev: 'refs/heads/main' }], repository, root)
    expect(first.read('f')).toBe('two')
    fs.rmSync(first.work, { recursive: true })
    commit(path.join(root, 'repo'), 'three')
    const again = await fetch([{ git: '../repo', rev: 'refs/heads/main' }], undefined, root)
    expect(again.read('f')).toBe('three')
    expect(git(again.work, 'log', '--oneline').split('\n')).toHaveLength(3)
  })

  test('a damaged cache is made again, with a warning', async () => {
    const root = tempDirectory()
    const first = await fetch([{ git: '../repo' }], repository, root)
    const cache = path.join(root, 'output/src_cache/git/db')
    fs.rmSync(path.join(cache, fs.readdirSync(cache)[0] ?? '', '.git/HEAD'))
    fs.rmSync(first.work, { recursive: true })
    const again = await fetch([{ git: '../repo' }], undefined, root)
    expect(again.read('f')).toBe('two')
    expect(again.events).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('Detected corrupted git cache at') }),
    )
  })

  test('outputs that are built at the same time share one clone, also after a killed call left a part of it', async () => {
    const root = tempDirectory()
    repository(root)
    const { context } = testContext()
    const fetchInto = (name: string) => {
      const plan = buildPlan(root, { recipe: { source: [{ git: '../repo' }] } })
      const work = path.join(plan.directories.build, name)
      const place = { ...plan, directories: { ...plan.directories, work } }
      return fetchSources(place, { cacheDirectory: path.join(root, 'cache') }, context).then(() => work)
    }
    const first = await fetchInto('first')
    const db = path.join(root, 'output/src_cache/git/db')
    const [key = ''] = fs.readdirSync(db)
    fs.rmSync(path.join(db, key), { recursive: true })
    writeTree(path.join(db, `${key}.tmp`), { '.git/config': 'half' })
    const works = await Promise.all(['a', 'b', 'c', 'd'].map(fetchInto))
    for (const work of [first, ...works]) expect(fs.readFileSync(path.join(work, 'f'), 'utf8')).toBe('two')
    expect(fs.readdirSync(db)).toEqual([key])
  })

  test('submodules come along unless they are not wanted', async () => {
    const prepare = (root: string) => {
      const repo = repository(root)
      const sub = path.join(root, 'sub')
      writeTree(sub, { s: 'sub' })
      git(sub, 'init', '-q')
      git(sub, 'add', '.')
      git(sub, 'commit', '-qm', 's')
      git(repo, 'submodule', '--quiet', 'add', '../sub', 'vendor')
      git(repo, 'commit', '-qm', 'submodule')
    }
    const wanted = await fetch([{ git: '../repo' }], prepare)
    expect(wanted.files).toContain('vendor/s')
    const unwanted = await fetch([{ git: '../repo', submodules: false }], prepare)
    expect(unwanted.files).not.toContain('vendor/s')
  })

  test('expected_commit is compared with what came', async () => {
    const expected = '0'.repeat(40)
    const run = fetch([{ git: '../repo', rev: 'v1', expected_commit: expected }], repository)
    await expect(run).rejects.toThrow(`Git commit mismatch: expected commit '${expected}' but got '`)
  })

  test.each([
    {
      source: { git: '../repo', rev: 'nope' },
      message: 'could not find a branch, tag, or commit named `nope`',
    },
    {
      source: { git: '../repo', rev: '--upload-pack=x' },
      message: 'could not find a branch, tag, or commit named',
    },
    { source: { git: '../nowhere' }, message: 'Git error: Git fetch failed: ' },
    { source: { git: '--upload-pack=touch x' }, message: 'begins with a dash' },
    { source: { git: 'ext::sh -c "touch pwned"' }, message: 'Git error: Git fetch failed: ' },
  ])('$source is refused', async ({ source, message }) => {
    await expect(fetch([source], repository)).rejects.toThrow(message)
  })
})
