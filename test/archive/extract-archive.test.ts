import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { extract, type Header, pack } from 'tar-stream'
import { describe, expect, test } from 'vitest'
import { extractArchive, extractPackage } from '../../src/archive/index.js'
import { tempDirectory, testContext } from '../support/system.js'

type Entry = Partial<Header> & { readonly name: string; readonly text?: string }

/** A tar with exactly these entries, however bad they are. */
async function rawTar(entries: readonly Entry[]): Promise<Buffer> {
  const packer = pack()
  for (const { text, ...header } of entries) packer.entry(header, text ?? '')
  packer.finalize()
  const chunks: Uint8Array[] = []
  for await (const chunk of packer) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks)
}

function tree(root: string): string[] {
  return fs
    .readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .sort()
}

describe('formats', () => {
  const commands = [
    { suffix: 'tar', command: 'tar -cf A top' },
    { suffix: 'tar.gz', command: 'tar -czf A top' },
    { suffix: 'tar.bz2', command: 'tar -cjf A top' },
    { suffix: 'tar.xz', command: 'tar -cJf A top' },
    { suffix: 'tar.lzma', command: 'tar --lzma -cf A top' },
    { suffix: 'tar.zst', command: 'tar --zstd -cf A top' },
    { suffix: 'pax.tar.gz', command: 'tar --format=pax -czf A top' },
    { suffix: 'v7.tar', command: 'tar --format=v7 -cf A top' },
    { suffix: 'zip', command: 'zip -qry A top' },
    { suffix: 'tar.lz', command: 'tar --lzip -cf A top' },
    { suffix: 'tar.Z', command: 'tar -cf - top | compress -c > A' },
    { suffix: '7z', command: 'bsdtar --format=7zip -cf A top' },
  ]

  test.each(commands)('a $suffix is extracted with modes, links and times', async ({ suffix, command }) => {
    const directory = tempDirectory()
    const top = path.join(directory, 'top')
    fs.mkdirSync(path.join(top, 'sub', 'empty'), { recursive: true })
    fs.writeFileSync(path.join(top, 'sub/run.sh'), 'echo hi\n', { mode: 0o755 })
    fs.writeFileSync(path.join(top, 'data'), Buffer.alloc(3_000_000, 'x1y2'))
    fs.symlinkSync('sub/run.sh', path.join(top, 'link'))
    fs.utimesSync(path.join(top, 'data'), 1_500_000_000, 1_500_000_000)
    // The name says nothing: the content decides.
    const archive = path.join(directory, `wrong-name-${suffix}.bin`)
    execFileSync('sh', ['-c', command.replace('A', archive)], {
      cwd: directory,
      env: { ...process.env, TZ: 'UTC' },
    })
    const created = fs.existsSync(archive) ? archive : `${archive}.zip`
    const { context } = testContext()
    const target = path.join(directory, 'out')
    const result = await extractArchive(created, target, context)
    expect(result.files).toBe(3)
    expect(tree(target)).toEqual(['top/data', 'top/link', 'top/sub/run.sh'])
    expect(fs.readFileSync(path.join(target, 'top/data')).equals(Buffer.alloc(3_000_000, 'x1y2'))).toBe(true)
    expect(fs.statSync(path.join(target, 'top/sub/run.sh')).mode & 0o777).toBe(0o755)
    expect(fs.readlinkSync(path.join(target, 'top/link'))).toBe('sub/run.sh')
    expect(fs.existsSync(path.join(target, 'top/sub/empty'))).toBe(true)
    expect(fs.statSync(path.join(target, 'top/data')).mtimeMs).toBe(1_500_000_000_000)
  })

  test.each([
    { suffix: 'tar.bz2', command: 'bzip2' },
    { suffix: 'tar.xz', command: 'xz' },
    { suffix: 'tar.gz', command: 'gzip' },
    { suffix: 'tar.zst', command: 'zstd -q' },
  ])('a $suffix of several streams is read to its end', async ({ suffix, command }) => {
    const directory = tempDirectory()
    const tar = await rawTar([
      { name: 'a', text: 'first' },
      { name: 'b', text: 'second' },
    ])
    const half = tar.length >> 1
    const compress = (bytes: Buffer) => execFileSync('sh', ['-c', `${command} -c`], { input: bytes })
    const archive = path.join(directory, `x.${suffix}`)
    fs.writeFileSync(archive, Buffer.concat([compress(tar.subarray(0, half)), compress(tar.subarray(half))]))
    for (const options of [{}, { env: { PATH: '' } }]) {
      const { context } = testContext(options)
      const target = path.join(directory, `out-${'env' in options}`)
      await extractArchive(archive, target, context)
      expect(tree(target)).toEqual(['a', 'b'])
    }
  })

  test('a web page under the name of an archive is called what it is', async () => {
    const directory = tempDirectory()
    const archive = path.join(directory, 'x.tar.gz')
    fs.writeFileSync(archive, '<!DOCTYPE html><html>not found</html>')
    const { context } = testContext()
    await expect(extractArchive(archive, path.join(directory, 'out'), context)).rejects.toMatchObject({
      code: 'archive/unknown-format',
      message: expect.stringContaining('<!DOCTYPE html>'),
    })
  })

  test('a 7z without a program that can read it names what to install', async () => {
    const directory = tempDirectory()
    const archive = path.join(directory, 'x.7z')
    fs.writeFileSync(archive, Buffer.from('377abcaf271c0004', 'hex'))
    const { context } = testContext({ env: { PATH: '' } })
    await expect(extractArchive(archive, path.join(directory, 'out'), context)).rejects.toMatchObject({
      code: 'archive/unpacker-missing',
      message: expect.stringContaining('no 7z or 7zz or 7za or bsdtar executable found'),
    })
  })
})

describe('hostile tar archives', () => {
  const secret = 'untouched'
  const cases: { title: string; code: string; entries: Entry[] }[] = [
    { title: 'a name with ..', code: 'archive/unsafe-entry', entries: [{ name: '../victim', text: 'x' }] },
    {
      title: 'a .. in the middle',
      code: 'archive/unsafe-entry',
      entries: [{ name: 'a/../../victim', text: 'x' }],
    },
    {
      title: 'an absolute name',
      code: 'archive/unsafe-entry',
      entries: [{ name: '/tmp/krait-evil', text: 'x' }],
    },
    {
      title: 'a file written through a link',
      code: 'archive/unsafe-entry',
      entries: [
        { name: 'in', type: 'symlink', linkname: 'there' },
        { name: 'in/victim', text: 'x' },
      ],
    },
    {
      title: 'a hard link to a file outside',
      code: 'archive/unsafe-entry',
      entries: [{ name: 'a', type: 'link', linkname: '../victim' }],
    },
    {
      title: 'a hard link to a link',
      code: 'archive/unsafe-entry',
      entries: [
        { name: 's', type: 'symlink', linkname: 'x' },
        { name: 'a', type: 'link', linkname: 's' },
      ],
    },
    { title: 'a device', code: 'archive/unsupported-entry', entries: [{ name: 'd', type: 'block-device' }] },
    { title: 'a fifo', code: 'archive/unsupported-entry', entries: [{ name: 'd', type: 'fifo' }] },
    {
      title: 'a file below a file',
      code: 'archive/unsafe-entry',
      entries: [
        { name: 'a', text: 'x' },
        { name: 'a/b', text: 'y' },
      ],
    },
    {
      title: 'a file in place of a directory',
      code: 'archive/unsafe-entry',
      entries: [
        { name: 'a/b', text: 'x' },
        { name: 'a', text: 'y' },
      ],
    },
    {
      title: 'the destination itself as a link',
      code: 'archive/unsafe-entry',
      entries: [{ name: '.', type: 'symlink', linkname: 'x' }],
    },
  ]

  test.each(cases)('$title is refused and nothing outside is touched', async ({ entries, code }) => {
    const directory = tempDirectory()
    fs.writeFileSync(path.join(directory, 'victim'), secret)
    const archive = path.join(directory, 'x.tar.gz')
    fs.writeFileSync(archive, gzipSync(await rawTar(entries)))
    const { context } = testContext()
    await expect(extractArchive(archive, path.join(directory, 'out'), context)).rejects.toMatchObject({
      code,
    })
    expect(fs.readFileSync(path.join(directory, 'victim'), 'utf8')).toBe(secret)
    expect(fs.existsSync('/tmp/krait-evil')).toBe(false)
  })

  test.each(['/etc/passwd', '../../victim', 'a/../../victim'])(
    'a source with a link to %s is refused',
    async (linkname) => {
      const directory = tempDirectory()
      const archive = path.join(directory, 'x.tar')
      fs.writeFileSync(archive, await rawTar([{ name: 'l', type: 'symlink', linkname }]))
      const { context } = testContext()
      await expect(extractArchive(archive, path.join(directory, 'out'), context)).rejects.toMatchObject({
        code: 'archive/unsafe-entry',
      })
    },
  )

  test('a package may hold a link that leaves it; it is kept, named in a warning and never written through', async () => {
    const directory = tempDirectory()
    const outside = path.join(directory, 'outside')
    fs.mkdirSync(outside)
    const archive = path.join(directory, 'x.tar.bz2')
    const good = await rawTar([{ name: 'share/l', type: 'symlink', linkname: outside }])
    fs.writeFileSync(archive, execFileSync('bzip2', ['-c'], { input: good }))
    const { context, events } = testContext()
    await extractPackage(archive, path.join(directory, 'out'), context)
    expect(fs.readlinkSync(path.join(directory, 'out/share/l'))).toBe(outside)
    expect(events).toMatchObject([{ type: 'warning', code: 'archive/link-outside' }])

    const bad = await rawTar([
      { name: 'share/l', type: 'symlink', linkname: outside },
      { name: 'share/l/victim', text: 'x' },
    ])
    fs.writeFileSync(archive, execFileSync('bzip2', ['-c'], { input: bad }))
    await expect(extractPackage(archive, path.join(directory, 'out2'), context)).rejects.toMatchObject({
      code: 'archive/unsafe-entry',
    })
    expect(fs.readdirSync(outside)).toEqual([])
  })

  test('a file that replaces a link does not reach through it', async () => {
    const directory = tempDirectory()
    const archive = path.join(directory, 'x.tar')
    const entries: Entry[] = [
      { name: 'real', text: 'original' },
      { name: 'l', type: 'symlink', linkname: 'real' },
      { name: 'l', text: 'replacement' },
    ]
    fs.writeFileSync(archive, await rawTar(entries))
    const { context } = testContext()
    await extractArchive(archive, path.join(directory, 'out'), context)
    expect(fs.readFileSync(path.join(directory, 'out/real'), 'utf8')).toBe('original')
    expect(fs.readFileSync(path.join(directory, 'out/l'), 'utf8')).toBe('replacement')
  })

  test('setuid bits and unreadable modes do not survive', async () => {
    const directory = tempDirectory()
    const archive = path.join(directory, 'x.tar')
    fs.writeFileSync(
      archive,
      await rawTar([
        { name: 'a', mode: 0o4755, text: 'x' },
        { name: 'b', mode: 0o010, text: 'x' },
      ]),
    )
    const { context } = testContext()
    await extractArchive(archive, path.join(directory, 'out'), context)
    expect(fs.statSync(path.join(directory, 'out/a')).mode & 0o7777).toBe(0o755)
    expect(fs.statSync(path.join(directory, 'out/b')).mode & 0o7777).toBe(0o610)
  })

  test.each([
    { what: 'entries', limits: { entries: 2, bytes: 1e9 } },
    { what: 'bytes', limits: { entries: 100, bytes: 5000 } },
  ])('an archive with too many $what is a bomb', async ({ limits }) => {
    const directory = tempDirectory()
    const archive = path.join(directory, 'x.tar.gz')
    const entries = ['a', 'b', 'c'].map((name) => ({ name, text: '0'.repeat(2000) }))
    fs.writeFileSync(archive, gzipSync(await rawTar(entries)))
    const { context } = testContext()
    const target = path.join(directory, 'out')
    await expect(extractArchive(archive, target, { ...context, limits })).rejects.toMatchObject({
      code: 'archive/too-large',
    })
  })

  test('hard links inside the archive share their content', async () => {
    const directory = tempDirectory()
    const archive = path.join(directory, 'x.tar')
    fs.writeFileSync(
      archive,
      await rawTar([
        { name: 'd/a', text: 'same' },
        { name: 'b', type: 'link', linkname: './d/a' },
      ]),
    )
    const { context } = testContext()
    await extractArchive(archive, path.join(directory, 'out'), context)
    expect(fs.readFileSync(path.join(directory, 'out/b'), 'utf8')).toBe('same')
  })

  test('whatever names and links an archive has, nothing appears outside of the destination', async () => {
    const directory = tempDirectory()
    const part = fc.constantFrom('..', '.', '', 'a', 'b', 'l', '/', 'c:\\x')
    const name = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))
    const entry = fc.record({
      name,
      linkname: name,
      type: fc.constantFrom('file', 'symlink', 'link', 'directory'),
    })
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 5 }), async (entries) => {
        run += 1
        const box = path.join(directory, `box${run}`)
        fs.mkdirSync(box)
        const archive = path.join(directory, `x${run}.tar`)
        const made = entries
          .filter(({ name }) => name !== '')
          .map((item) => ({ ...item, text: item.type === 'file' ? 'x' : '' }))
        fs.writeFileSync(archive, await rawTar(made as Entry[]))
        const { context } = testContext()
        await extractArchive(archive, path.join(box, 'out'), context).catch((error: { code?: string }) =>
          expect(error.code).toMatch(/^archive\//),
        )
        expect(fs.readdirSync(box).filter((item) => item !== 'out')).toEqual([])
      }),
      { numRuns: 150 },
    )
  })
})

describe('hostile archives of every format', () => {
  const compressions: Readonly<Record<string, string>> = {
    'tar.gz': 'gzip -c',
    'tar.bz2': 'bzip2 -c',
    'tar.xz': 'xz -c',
    'tar.lzma': 'xz --format=lzma -c',
    'tar.zst': 'zstd -qc',
    'tar.lz': 'lzip -c',
    'tar.Z': 'compress -c',
    tar: 'cat',
    '7z': 'bsdtar --format=7zip -cf A @-',
    zip: 'bsdtar --format=zip -cf A @-',
  }
  /** Programs that only write files are given its name in place of `A`. */
  const pack = (tar: Buffer, suffix: string, archive: string) => {
    const command = compressions[suffix] ?? ''
    const line = command.includes(' A ') ? command.replace(' A ', ` ${archive} `) : `${command} > ${archive}`
    execFileSync('sh', ['-c', line], { input: tar })
  }
  const variants: Readonly<Record<string, readonly Entry[]>> = {
    'a name with ..': [
      { name: 'top/ok', text: 'x' },
      { name: '../victim', text: 'bad' },
    ],
    'a file through a link': [
      { name: 'top', type: 'symlink', linkname: '../..' },
      { name: 'top/victim', text: 'bad' },
    ],
    'an absolute name': [{ name: '/tmp/krait-evil', text: 'bad' }],
    'a link out': [{ name: 'top/link', type: 'symlink', linkname: '../../victim' }],
    'an absolute link': [{ name: 'top/link', type: 'symlink', linkname: '/etc/passwd' }],
    'a hard link out': [{ name: 'top/link', type: 'link', linkname: '../../victim' }],
    'a device': [{ name: 'top/device', type: 'character-device', devmajor: 1, devminor: 3 }],
    'a fifo': [{ name: 'top/fifo', type: 'fifo' }],
  }
  /** What a container has no way to say: bsdtar leaves it out. */
  const unsayable: Readonly<Record<string, readonly string[]>> = {
    zip: ['a hard link out', 'a device', 'a fifo'],
    '7z': ['a hard link out'],
  }
  const cases = Object.keys(compressions).flatMap((suffix) =>
    Object.keys(variants)
      .filter((variant) => !unsayable[suffix]?.includes(variant))
      .map((variant) => ({ suffix, variant })),
  )

  test.each(cases)(
    '$variant in a $suffix is refused, and nothing is outside',
    async ({ suffix, variant }) => {
      const directory = tempDirectory()
      const archive = path.join(directory, `x.${suffix}`)
      const input = await rawTar(variants[variant] ?? [])
      pack(input, suffix, archive)
      const { context } = testContext()
      const target = path.join(directory, 'deep/out')
      await expect(extractArchive(archive, target, context)).rejects.toMatchObject({
        code: /device|fifo/.test(variant) ? 'archive/unsupported-entry' : 'archive/unsafe-entry',
      })
      expect(tree(directory).filter((name) => name.includes('victim'))).toEqual([])
      expect(fs.existsSync('/tmp/krait-evil')).toBe(false)
    },
  )

  test.each(Object.keys(compressions))('a %s that unpacks to too much is a bomb', async (suffix) => {
    const directory = tempDirectory()
    const archive = path.join(directory, `x.${suffix}`)
    pack(await rawTar([{ name: 'top/a', text: '0'.repeat(3_000_000) }]), suffix, archive)
    const { context } = testContext()
    for (const limits of [
      { entries: 100, bytes: 1_000_000 },
      { entries: 0, bytes: 1e9 },
    ]) {
      const run = extractArchive(archive, path.join(directory, `out${limits.entries}`), {
        ...context,
        limits,
      })
      await expect(run).rejects.toMatchObject({ code: 'archive/too-large' })
    }
  })

  test.each(Object.keys(compressions))('a damaged %s is called that', async (suffix) => {
    const directory = tempDirectory()
    const archive = path.join(directory, `x.${suffix}`)
    const input = await rawTar([{ name: 'top/a', text: Buffer.alloc(300_000, 'abcdefg').toString() }])
    pack(input, suffix, archive)
    const bytes = fs.readFileSync(archive)
    fs.writeFileSync(archive, bytes.subarray(0, bytes.length * 0.7))
    const { context } = testContext()
    const run = extractArchive(archive, path.join(directory, 'out'), context)
    await expect(run).rejects.toMatchObject({ code: 'archive/corrupt' })
  })

  test('a 7z that only 7z can read is looked through before it is extracted', async () => {
    const programs = tempDirectory()
    fs.symlinkSync(
      execFileSync('sh', ['-c', 'command -v 7z'], { encoding: 'utf8' }).trim(),
      path.join(programs, '7z'),
    )
    const { context } = testContext({ env: { PATH: `${programs}:/nonexistent` } })
    for (const [variant, entries] of Object.entries(variants)) {
      if (unsayable['7z']?.includes(variant)) continue
      const directory = tempDirectory()
      const archive = path.join(directory, 'x.7z')
      const input = await rawTar(entries)
      pack(input, '7z', archive)
      const run = extractArchive(archive, path.join(directory, 'deep/out'), context)
      await expect(run, variant).rejects.toMatchObject({
        code: expect.stringMatching(/^archive\/(?:unsafe-entry|unsupported-entry|corrupt)$/),
      })
      expect(tree(directory).filter((name) => name.includes('victim'))).toEqual([])
    }
    const directory = tempDirectory()
    const archive = path.join(directory, 'x.7z')
    const input = await rawTar([{ name: 'top/a', text: 'fine' }])
    pack(input, '7z', archive)
    await extractArchive(archive, path.join(directory, 'out'), context)
    expect(fs.readFileSync(path.join(directory, 'out/top/a'), 'utf8')).toBe('fine')
    for (const limits of [
      { entries: 100, bytes: 3 },
      { entries: 0, bytes: 1e9 },
    ]) {
      const target = path.join(directory, `bomb${limits.entries}`)
      await expect(extractArchive(archive, target, { ...context, limits })).rejects.toMatchObject({
        code: 'archive/too-large',
      })
      expect(fs.existsSync(path.join(target, 'top'))).toBe(false)
    }
  })
})

describe('hostile zip archives', () => {
  const python = [
    'import sys, zipfile',
    'z = zipfile.ZipFile(sys.argv[1], "w")',
    'i = zipfile.ZipInfo(sys.argv[2]); i.create_system = 3; i.external_attr = int(sys.argv[4], 8) << 16',
    'z.writestr(i, sys.argv[3])',
  ].join('\n')

  test.each([
    { name: '../victim', mode: '100644', text: 'x' },
    { name: '/tmp/krait-evil', mode: '100644', text: 'x' },
    { name: 'l', mode: '120777', text: '/etc/passwd' },
    { name: 'l', mode: '120777', text: '../victim' },
    { name: 'a/../../victim', mode: '100644', text: 'x' },
    { name: 'device', mode: '020644', text: '' },
    { name: 'fifo', mode: '010644', text: '' },
  ])('$name ($mode) with `$text` is refused', async ({ name, mode, text }) => {
    const directory = tempDirectory()
    const archive = path.join(directory, 'x.zip')
    execFileSync('python3', ['-c', python, archive, name, text, mode])
    const { context } = testContext()
    await expect(extractArchive(archive, path.join(directory, 'out'), context)).rejects.toMatchObject({
      code: expect.stringMatching(/^archive\/uns(?:afe|upported)-entry$/),
    })
    expect(fs.existsSync(path.join(directory, 'victim'))).toBe(false)
  })
})

describe('names and headers that tar writes in several ways', () => {
  const long = `${'d'.repeat(90)}/${'e'.repeat(140)}/${'ü'.repeat(60)}`

  test.each(['gnu', 'pax', 'oldgnu'])(
    'long names and long targets of links are kept (%s)',
    async (format) => {
      const directory = tempDirectory()
      const file = path.join(directory, 'in', long)
      fs.mkdirSync(path.dirname(file), { recursive: true })
      fs.writeFileSync(file, 'content')
      fs.symlinkSync(long, path.join(directory, 'in/link'))
      fs.linkSync(file, path.join(directory, 'in/zhard'))
      const archive = path.join(directory, 'x.tar')
      const names = fs.readdirSync(path.join(directory, 'in')).sort()
      execFileSync('tar', [`--format=${format}`, '-cf', archive, ...names], {
        cwd: path.join(directory, 'in'),
      })
      const target = path.join(directory, 'out')
      await extractArchive(archive, target, testContext().context)
      expect(tree(target)).toEqual([long, 'link', 'zhard'].sort())
      expect(fs.readFileSync(path.join(target, 'link'), 'utf8')).toBe('content')
      expect(fs.readFileSync(path.join(target, 'zhard'), 'utf8')).toBe('content')
    },
  )

  test('pax headers give path, size and time; global and unknown ones are passed over', async () => {
    const directory = tempDirectory()
    const archive = path.join(directory, 'x.tar')
    const script = [
      'import sys, tarfile, io',
      't = tarfile.open(sys.argv[1], "w", format=tarfile.PAX_FORMAT, pax_headers={"comment": "0123abc", "VENDOR.x": "1"})',
      'i = tarfile.TarInfo("plain"); i.size = 3',
      'i.pax_headers = {"path": "top/from-pax", "mtime": "1500000000.25", "SCHILY.xattr.user.x": "y"}',
      't.addfile(i, io.BytesIO(b"abc")); t.close()',
    ]
    execFileSync('python3', ['-c', script.join('\n'), archive])
    const target = path.join(directory, 'out')
    await extractArchive(archive, target, testContext().context)
    expect(tree(target)).toEqual(['top/from-pax'])
    expect(fs.statSync(path.join(target, 'top/from-pax')).mtimeMs).toBe(1_500_000_000_250)
  })

  test.each([
    'gnu',
    'posix --sparse-version=0.0',
    'posix --sparse-version=0.1',
    'posix --sparse-version=1.0',
  ])('a sparse file is refused by its name (%s)', async (format) => {
    const directory = tempDirectory()
    const file = path.join(directory, 'holes.img')
    fs.writeFileSync(file, 'end')
    fs.truncateSync(file, 5_000_000)
    fs.appendFileSync(file, 'end')
    const archive = path.join(directory, 'x.tar')
    const args = ['--sparse', ...`--format=${format}`.split(' '), '-cf', archive, 'holes.img']
    execFileSync('tar', args, { cwd: directory })
    const run = extractArchive(archive, path.join(directory, 'out'), testContext().context)
    await expect(run).rejects.toMatchObject({
      code: 'archive/unsupported-entry',
      message: expect.stringMatching(/`.*holes\.img`, which is .*a sparse file/),
    })
  })

  test('a name that claims to be gigabytes long is refused before it is read', async () => {
    const directory = tempDirectory()
    const header = Buffer.alloc(512)
    header.write('././@LongLink')
    header.write('0000644\0', 100)
    header.write('77777777777\0', 124)
    header.fill(' ', 148, 156)
    header.write('L', 156)
    header.write('ustar  \0', 257)
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    const archive = path.join(directory, 'x.tar.gz')
    fs.writeFileSync(archive, gzipSync(Buffer.concat([header, Buffer.alloc(50_000_000, 'n')])))
    const run = extractArchive(archive, path.join(directory, 'out'), testContext().context)
    await expect(run).rejects.toMatchObject({ code: 'archive/corrupt' })
  })
})

test('the parser that tests rely on reads what they write', async () => {
  const parser = extract()
  parser.end(await rawTar([{ name: '../x', text: 'y' }]))
  const names: string[] = []
  for await (const entry of parser) {
    names.push(entry.header.name)
    entry.resume()
  }
  expect(names).toEqual(['../x'])
})
