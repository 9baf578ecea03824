/** `krait bump-recipe` without `--version`: new versions are looked up where the sources of the recipe come from. */
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { commitAll, git, publish, serveGit } from '../support/git-server.js'
import { krait } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'

type Answer = string | object | ((response: ServerResponse, base: string) => void)

interface Site {
  readonly base: string
  readonly asked: string[]
  /** A configuration in which this site stands for all those hosts. */
  readonly config: string
}

/** Answers paths that begin with the name of a host as that host. */
async function serveHosts(answers: Readonly<Record<string, Answer>>): Promise<Site> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const url = request.url ?? ''
    asked.push(url)
    const answer = answers[url]
    if (answer === undefined) response.writeHead(404).end()
    else if (typeof answer === 'function') answer(response, base)
    else response.end(typeof answer === 'string' ? answer : JSON.stringify(answer))
  }).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise((resolve) => server.once('listening', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const hosts = ['api.github.com', 'github.com', 'pypi.org', 'crates.io', 'static.crates.io', 'example.org']
  const mirrors = hosts.map((host) => `"https://${host}" = ["${base}/${host}"]`)
  const config = path.join(tempDirectory(), 'config.toml')
  fs.writeFileSync(config, `[mirrors]\n${mirrors.join('\n')}\n`)
  return { base, asked, config }
}

function recipeOf(source: string, version = '1.2.3'): string {
  const file = path.join(tempDirectory(), 'recipe.yaml')
  const text = [
    `context: {version: "${version}"} # of upstream`,
    'package: {name: demo, version: "${{ version }}"}',
    `source: {${source}}`,
    'build: {number: 4, script: [true]}',
    '',
  ]
  fs.writeFileSync(file, text.join('\n'))
  return file
}

const bump = (recipe: string, site: Pick<Site, 'config'> | undefined, ...flags: string[]) => {
  const config = site === undefined ? [] : ['--config-file', site.config]
  const output = ['--output-dir', path.join(path.dirname(recipe), 'out')]
  const cwd = path.dirname(recipe)
  return krait(['bump-recipe', '-r', recipe, ...config, ...output, ...flags], { cwd })
}

const zeros = '0'.repeat(64)
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const release = (tag: string, more: object = {}) => ({
  tag_name: tag,
  draft: false,
  prerelease: false,
  ...more,
})
const githubUrl = 'url: "https://github.com/o/r/archive/refs/tags/v${{ version }}.tar.gz"'

describe('on GitHub', () => {
  const releases = [
    release('v2.0.0rc1', { prerelease: true }),
    release('v1.9.0', { draft: true }),
    release('v1.4.0'),
    release('other-7.0'),
    release('v1.10.0'),
    release('v9-9'),
    { tag_name: 7 },
    null,
  ]

  test('the newest release is taken, with the checksum of its archive and a build number of 0', async () => {
    const site = await serveHosts({
      '/api.github.com/repos/o/r/releases?per_page=100': releases,
      '/github.com/o/r/archive/refs/tags/v1.10.0.tar.gz': 'new content',
    })
    const recipe = recipeOf(`${githubUrl}, sha256: ${zeros}`)
    const { code, stdout, stderr } = await bump(recipe, site)
    expect(code, stderr).toBe(0)
    expect(stdout).toMatch(/changed .* from 1\.2\.3 to 1\.10\.0 \(github\.com\/o\/r\)\n$/)
    const text = fs.readFileSync(recipe, 'utf8')
    expect(text).toContain('context: {version: "1.10.0"} # of upstream')
    expect(text).toContain(`sha256: ${sha256('new content')}}`)
    expect(text).toContain('build: {number: 0,')
  })

  test.each([
    { flags: [], to: '1.10.0' },
    { flags: ['--include-prerelease'], to: '2.0.0rc1' },
  ])('with $flags a check says $to, as JSON too, and changes nothing', async ({ flags, to }) => {
    const site = await serveHosts({ '/api.github.com/repos/o/r/releases?per_page=100': releases })
    const recipe = recipeOf(`${githubUrl}, sha256: ${zeros}`)
    const before = fs.readFileSync(recipe, 'utf8')
    const said = await bump(recipe, site, '--check-only', ...flags)
    expect(said.code, said.stderr).toBe(0)
    expect(said.stdout).toBe(`new version: ${to} (github.com/o/r); recipe.yaml has 1.2.3\n`)
    const json = await bump(recipe, site, '--check-only', '--json', ...flags)
    expect(JSON.parse(json.stdout)).toEqual({
      recipe: 'recipe.yaml',
      from: '1.2.3',
      to,
      listedBy: 'github.com/o/r',
      changes: [],
    })
    expect(fs.readFileSync(recipe, 'utf8')).toBe(before)
    expect(site.asked.filter((url) => url.startsWith('/github.com'))).toEqual([])
  })

  test('tags are read, page by page, when there are no releases', async () => {
    const tags = '/api.github.com/repos/o/r/tags?per_page=100'
    const site = await serveHosts({
      '/api.github.com/repos/o/r/releases?per_page=100': [],
      [tags]: (response: ServerResponse) => {
        const next = 'https://api.github.com/repos/o/r/tags?per_page=100&page=2'
        response.writeHead(200, { link: `<${next}>; rel="next", <x>; rel="last"` })
        response.end(JSON.stringify([{ name: 'v1.2.4' }]))
      },
      [`${tags}&page=2`]: [{ name: 'v1.3.0' }, { name: 'v1.3.1.dev0' }],
    })
    const { stdout } = await bump(recipeOf(githubUrl), site, '--check-only')
    expect(stdout).toContain('new version: 1.3.0 ')
  })

  test('a next page elsewhere is not asked for', async () => {
    const site = await serveHosts({
      '/api.github.com/repos/o/r/releases?per_page=100': (response, base) => {
        response.writeHead(200, { link: `<${base}/stolen>; rel="next"` }).end('[{"tag_name": "v1.2.3"}]')
      },
    })
    const { stdout } = await bump(recipeOf(githubUrl), site)
    expect(stdout).toMatch(/^no new version: .* has 1\.2\.3, the newest \(github\.com\/o\/r\)\n$/)
    expect(site.asked).not.toContain('/stolen')
  })

  test.each([
    'https://github.com/o/r/releases/download/v${{ version }}/r-${{ version }}.tgz',
    'https://github.com/o/r/archive/v${{ version }}.zip',
    'https://api.github.com/repos/o/r/tarball/v${{ version }}',
    'https://raw.githubusercontent.com/o/r/v${{ version }}/x.c',
    'https://codeload.github.com/o/r/tar.gz/refs/tags/v${{ version }}',
  ])('%s is an address of it', async (url) => {
    const site = await serveHosts({ '/api.github.com/repos/o/r/releases?per_page=100': releases })
    const { stdout } = await bump(recipeOf(`url: "${url}"`), site, '--check-only')
    expect(stdout).toContain('new version: 1.10.0 (github.com/o/r)')
  })

  test('numbers of tags may be separated otherwise', async () => {
    const site = await serveHosts({
      '/api.github.com/repos/o/r/releases?per_page=100': [release('R_1_3_0'), release('R_1_3_1_rc1')],
    })
    const tag = "R_${{ version | replace('.', '_') }}"
    const url = `url: "https://github.com/o/r/archive/${tag}.tar.gz"`
    const { stdout, stderr } = await bump(recipeOf(url), site, '--check-only')
    expect(stdout, stderr).toContain('new version: 1.3.0 ')
  })
})

test.each([
  'https://pypi.org/packages/source/d/demo/demo-${{ version }}.tar.gz',
  'https://files.pythonhosted.org/packages/ab/cd/0123/demo-${{ version }}-py3-none-any.whl',
])('on PyPI what was yanked or has no files does not count: %s', async (url) => {
  const site = await serveHosts({
    '/pypi.org/pypi/demo/json': {
      releases: {
        '1.2.3': [{ yanked: false }],
        '1.4': [{ yanked: false }, { yanked: true }],
        '1.5': [{ yanked: true }],
        '1.6': [],
        '2.0b1': [{ yanked: false }],
        'no version': [{ yanked: false }],
      },
    },
  })
  const { stdout, stderr } = await bump(recipeOf(`url: "${url}"`), site, '--check-only')
  expect(stdout, stderr).toContain('new version: 1.4 (pypi.org/project/demo)')
})

test.each([
  'https://crates.io/api/v1/crates/demo/${{ version }}/download',
  'https://static.crates.io/crates/demo/demo-${{ version }}.crate',
])('on crates.io what was yanked does not count: %s', async (url) => {
  const site = await serveHosts({
    '/crates.io/api/v1/crates/demo': {
      versions: [
        { num: '3.0.0', yanked: true },
        { num: '2.0.0-alpha.1', yanked: false },
        { num: '1.9.0', yanked: false },
      ],
    },
  })
  const { stdout, stderr } = await bump(recipeOf(`url: "${url}"`), site, '--check-only')
  expect(stdout, stderr).toContain('new version: 1.9.0 (crates.io/crates/demo)')
})

test('the tags of a repository are listed, and the commit of the newest is written', async () => {
  const served = tempDirectory()
  const work = path.join(served, 'demo')
  fs.mkdirSync(work)
  const commits = ['v1.2.3', 'v1.3.0', 'v1.4.0rc1', 'nightly'].map((tag) => {
    fs.writeFileSync(path.join(work, 'a'), tag)
    const commit = commitAll(work, tag)
    git(work, 'tag', '-a', '-m', tag, tag)
    return commit
  })
  publish(work)
  const server = await serveGit(served)
  const source = `git: "${server.url}/demo.git", tag: "v\${{ version }}", expected_commit: ${commits[0]}`
  const recipe = recipeOf(source)
  const { code, stdout, stderr } = await bump(recipe, undefined)
  expect(code, stderr).toBe(0)
  expect(stdout).toContain(`from 1.2.3 to 1.3.0 (the tags of ${server.url}/demo.git)`)
  expect(fs.readFileSync(recipe, 'utf8')).toContain(`expected_commit: ${commits[1]}`)
  const again = await bump(recipe, undefined)
  expect(again.stdout).toContain('no new version')
  const offline = await bump(recipe, undefined, '--offline')
  expect(offline.stderr).toContain('offline')
  expect(offline.code).toBe(5)
})

test('the index of a web server is read; links that lead elsewhere are not', async () => {
  const page = `<a href="../">up</a> <A class=x HREF='demo-1.2.3.tar.gz'>x</A>
    <a href=demo-1.3.0.tar.gz>x</a> <a href="/example.org/pub/demo-1.3.1.tar.gz?a=1&amp;b">y</a>
    <a href="http://elsewhere.test/pub/demo-9.tar.gz">z</a> <a href="demo-9.tar.gz/more">z</a>
    <a href="demo-9.0.tar.gz.sig">s</a> <a href="demo-docs-9.0.tar.gz">d</a> <a href="http://[">bad</a>`
  const site = await serveHosts({ '/example.org/pub/': page })
  const recipe = recipeOf('url: "https://example.org/pub/demo-${{ version }}.tar.gz"')
  const { stdout, stderr } = await bump(recipe, site, '--check-only')
  expect(stdout, stderr).toContain('new version: 1.3.1 (https://example.org/pub/)')
})

test('directories may have the names of versions, on a disk too', async () => {
  const site = await serveHosts({ '/example.org/pub/': '<a href="1.2.3/">a</a><a href="1.10.0/">b</a>' })
  const url = (base: string) => recipeOf(`url: "${base}/\${{ version }}/demo-\${{ version }}.tar.gz"`)
  const web = await bump(url('https://example.org/pub'), site, '--check-only')
  expect(web.stdout, web.stderr).toContain('new version: 1.10.0 ')
  const top = tempDirectory()
  for (const version of ['1.2.3', '1.11']) fs.mkdirSync(path.join(top, version))
  const disk = await bump(url(pathToFileURL(top).href), undefined, '--check-only')
  expect(disk.stdout, disk.stderr).toContain('new version: 1.11 (file://')
})

describe('what goes wrong is named, and the recipe stays as it was:', () => {
  const gone = { '/example.org/pub/': '<a href="other">x</a>' }
  test.each<[string, string, Record<string, Answer>, string, number]>([
    ['no source', 'path: .', {}, 'says where new versions are listed', 2],
    ['no version in the address', 'url: "https://example.org/x.tar.gz"', {}, 'says where new versions', 2],
    ['a repository without tags', 'git: "https://example.org/x.git", branch: main', {}, 'says where', 2],
    ['an answer that is no page', 'url: "https://example.org/d/x-1.2.3.tgz"', {}, 'status 404', 5],
    ['nothing alike', 'url: "https://example.org/pub/x-1.2.3.tgz"', gone, 'lists no version', 5],
    [
      'an answer that is no JSON',
      githubUrl,
      { '/api.github.com/repos/o/r/releases?per_page=100': '<html>' },
      'the answer is no JSON',
      5,
    ],
    [
      'a new version whose archive is missing',
      `${githubUrl}, sha256: ${zeros}`,
      { '/api.github.com/repos/o/r/releases?per_page=100': [release('v2.0')] },
      '404',
      5,
    ],
  ])('%s', async (_title, source, answers, says, exit) => {
    const site = await serveHosts(answers)
    const recipe = recipeOf(source)
    const before = fs.readFileSync(recipe, 'utf8')
    const { code, stderr } = await bump(recipe, site)
    expect(stderr).toContain(says)
    expect(code).toBe(exit)
    expect(fs.readFileSync(recipe, 'utf8')).toBe(before)
  })
})
