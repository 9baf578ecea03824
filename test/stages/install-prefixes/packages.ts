/** Real package archives and channels for tests: small, made in the test, never downloaded. */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { type ArchiveEntry, writePackageArchive } from '../../../src/archive/index.js'
import type { PackageRecord } from '../../../src/conda/index.js'
import type { ChannelRecord } from '../../../src/stages/solve-environments/index.js'
import type { StageContext } from '../../../src/system/index.js'

/** One file of a package; a text alone is a plain file. */
export interface PackageFile {
  readonly text?: string | Uint8Array
  readonly link?: string
  readonly executable?: boolean
  readonly placeholder?: string
  readonly mode?: 'text' | 'binary'
  readonly noLink?: boolean
}

export interface PackageSpec {
  readonly name: string
  readonly version?: string
  readonly build?: string
  readonly subdir?: string
  readonly format?: 'conda' | 'tar.bz2'
  readonly files?: Readonly<Record<string, string | PackageFile>>
  /** More fields of index.json. */
  readonly index?: Readonly<Record<string, unknown>>
  readonly entryPoints?: readonly string[]
  readonly runExports?: Readonly<Record<string, readonly string[]>>
  /** Replaces or adds files below info/; undefined removes one. */
  readonly info?: Readonly<Record<string, string | undefined>>
}

/** Writes an archive to `<channel>/<subdir>/` and gives its record. */
export async function writePackage(
  channel: string,
  spec: PackageSpec,
  context: StageContext,
): Promise<ChannelRecord> {
  const { name, version = '1.0', build = '0', subdir = 'linux-64', format = 'conda', files = {} } = spec
  const id = `${name}-${version}-${build}`
  const fn = `${id}.${format}`
  const index = { build_number: 0, depends: [], timestamp: 1_700_000_000_000, ...spec.index }
  const indexJson = { ...index, name, version, build, subdir }
  const info: Record<string, string | undefined> = {
    'index.json': JSON.stringify(indexJson),
    'paths.json': JSON.stringify({ paths: Object.entries(files).map(toPath), paths_version: 1 }),
    'link.json':
      spec.entryPoints && JSON.stringify({ noarch: { type: 'python', entry_points: spec.entryPoints } }),
    'run_exports.json': spec.runExports && JSON.stringify(spec.runExports),
    ...spec.info,
  }
  const written = await writePackageArchive(
    {
      destination: path.join(channel, subdir, fn),
      id,
      format,
      level: 1,
      threads: 1,
      timestampSeconds: 1_700_000_000,
      content: Object.entries(files).map(toEntry),
      info: Object.entries(info).flatMap(([file, text]) =>
        text === undefined ? [] : [toEntry([`info/${file}`, text])],
      ),
    },
    context,
  )
  const { sha256, md5, sizeBytes: size } = written
  const channelUrl = `${pathToFileURL(channel).href}/`
  const record = { ...indexJson, sha256, md5, size } as PackageRecord
  return { ...record, fn, url: `${channelUrl}${subdir}/${fn}`, channel: channelUrl }
}

function asFile(file: string | PackageFile): PackageFile {
  return typeof file === 'string' ? { text: file } : file
}

function toEntry([file, content]: readonly [string, string | PackageFile]): ArchiveEntry {
  const { text = '', link, executable = false } = asFile(content)
  if (link !== undefined) return { kind: 'symlink', path: file, target: link }
  return { kind: 'bytes', path: file, content: Buffer.from(text), executable }
}

function toPath([file, content]: readonly [string, string | PackageFile]): Record<string, unknown> {
  const { text = '', link, placeholder, mode = 'text', noLink } = asFile(content)
  const bytes = Buffer.from(link ?? text)
  return {
    _path: file,
    path_type: link === undefined ? 'hardlink' : 'softlink',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    size_in_bytes: bytes.length,
    ...(noLink && { no_link: true }),
    ...(placeholder !== undefined && { prefix_placeholder: placeholder, file_mode: mode }),
  }
}

/** Writes the index of a channel from records of `writePackage`. */
export function writeIndex(channel: string, records: readonly ChannelRecord[]): void {
  for (const subdir of new Set(['noarch', ...records.map((record) => record.subdir)])) {
    const sections: Record<string, Record<string, unknown>> = { packages: {}, 'packages.conda': {} }
    for (const { fn, url: _url, channel: _channel, ...rest } of records.filter(
      (record) => record.subdir === subdir,
    )) {
      const section = sections[fn.endsWith('.conda') ? 'packages.conda' : 'packages']
      if (section) section[fn] = rest
    }
    mkdirSync(path.join(channel, subdir), { recursive: true })
    writeFileSync(
      path.join(channel, subdir, 'repodata.json'),
      JSON.stringify({ info: { subdir }, ...sections }),
    )
  }
}
