import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { scanEntries } from '../../src/archive/index.js'
import { createSecretScan } from '../../src/events/index.js'
import { tempDirectory, testContext } from '../support/system.js'

const token = 'tok-hunter2/secret value'
const scan = createSecretScan([{ name: 'TOKEN', value: token, kind: 'declared' }])

async function search(file: Buffer, name = 'share/file') {
  const { context } = testContext()
  return scanEntries([{ kind: 'bytes', path: name, content: file }], scan, context)
}

/** Packs a directory with a file that holds the token, the way the command does it. */
function packed(command: string): Buffer {
  const directory = tempDirectory()
  mkdirSync(path.join(directory, 'in'))
  writeFileSync(path.join(directory, 'in/conf.txt'), `# settings\npassword=${token}\n`)
  execFileSync('sh', ['-c', command], { cwd: directory, stdio: 'ignore' })
  return readFileSync(path.join(directory, 'out'))
}

describe('a secret is found in a file', () => {
  test.each([
    { encoding: 'plain text', text: token },
    { encoding: 'base64', text: Buffer.from(token).toString('base64') },
    { encoding: 'base64', text: Buffer.from(`user:${token}`).toString('base64url') },
    { encoding: 'hex', text: Buffer.from(token).toString('hex') },
    { encoding: 'percent-encoding', text: encodeURIComponent(token) },
    { encoding: 'JSON', text: token.replace('/', '\\/') },
  ])('as $encoding, with its offset', async ({ encoding, text }) => {
    const { findings } = await search(Buffer.from(`\0\xff${'x'.repeat(1000)}${text}`, 'latin1'))
    expect(findings).toMatchObject([{ path: 'share/file', name: 'TOKEN', encoding, part: 'content' }])
    expect(findings[0]?.offset).toBeGreaterThanOrEqual(1002)
    expect(findings[0]?.offset).toBeLessThan(1012)
    expect(JSON.stringify(findings)).not.toContain('hunter2')
  })

  test('that is streamed, across the border of two pieces', async () => {
    const file = path.join(tempDirectory(), 'large')
    writeFileSync(file, Buffer.concat([Buffer.alloc(65_536 * 16 - 5, 'y'), Buffer.from(token)]))
    const { context } = testContext()
    const entry = { kind: 'file' as const, path: 'large', source: file, sizeBytes: 0, executable: false }
    expect(await scanEntries([entry], scan, context)).toMatchObject({
      findings: [{ offset: 65_536 * 16 - 5 }],
    })
  })
})

test('names and targets of links are searched', async () => {
  const { context } = testContext()
  const named = createSecretScan([{ name: 'TOKEN', value: 'hunter2', kind: 'declared' }])
  const entries = [
    { kind: 'bytes' as const, path: 'share/hunter2.txt', content: Buffer.from('') },
    { kind: 'symlink' as const, path: 'share/link', target: '../x/hunter2' },
    { kind: 'directory' as const, path: 'info/recipe/hunter2-d' },
  ]
  const { findings } = await scanEntries(entries, named, context)
  expect(findings.map(({ path: file, part }) => [file, part])).toEqual([
    ['share/hunter2.txt', 'name'],
    ['share/link', 'link target'],
    ['info/recipe/hunter2-d', 'name'],
  ])
})

describe('archives inside of a package are opened', () => {
  test.each([
    { command: 'tar -cf out in', inner: 'share/file > in/conf.txt' },
    { command: 'tar -czf out in', inner: 'share/file > in/conf.txt' },
    { command: 'tar -cjf out in', inner: 'share/file > in/conf.txt' },
    { command: 'tar -cJf out in', inner: 'share/file > in/conf.txt' },
    { command: 'tar --zstd -cf out in', inner: 'share/file > in/conf.txt' },
    { command: 'gzip -c in/conf.txt > out', inner: 'share/file' },
    { command: 'bzip2 -c in/conf.txt > out', inner: 'share/file' },
    { command: 'zip -qr out.zip in && mv out.zip out', inner: 'share/file > in/conf.txt' },
    {
      command: 'gzip in/conf.txt && zip -qr a.zip in && tar -czf out a.zip',
      inner: 'share/file > a.zip > in/conf.txt.gz',
    },
  ])('$command', async ({ command, inner }) => {
    const { findings, unsearched } = await search(packed(command))
    const offset = '# settings\npassword='.length
    expect(findings).toContainEqual(expect.objectContaining({ path: inner, encoding: 'plain text', offset }))
    expect(unsearched).toEqual([])
  })

  test('so are links in them', async () => {
    const directory = tempDirectory()
    symlinkSync(`../${token}`, path.join(directory, 'link'))
    execFileSync('tar', ['-cf', 'out.tar', 'link'], { cwd: directory })
    const { findings } = await search(readFileSync(path.join(directory, 'out.tar')))
    expect(findings).toContainEqual(
      expect.objectContaining({ path: 'share/file > link', part: 'link target' }),
    )
  })
})

describe('what cannot be opened', () => {
  test('is named, and its bytes are searched all the same', async () => {
    const damaged = Buffer.concat([gzipSync('x'.repeat(5000)).subarray(0, 30), Buffer.from(`!!${token}`)])
    expect(await search(damaged)).toMatchObject({ findings: [{ offset: 32 }], unsearched: ['share/file'] })
  })

  test('includes archives in too many archives', async () => {
    let deep = Buffer.from(token)
    for (let layer = 0; layer < 8; layer++) deep = gzipSync(deep)
    expect(await search(deep)).toEqual({ findings: [], unsearched: ['share/file'] })
  })

  test('is not what only begins like an archive', async () => {
    const { findings } = await search(Buffer.from(`PK\x03\x04 ${token}`))
    expect(findings).toHaveLength(1)
  })
})
