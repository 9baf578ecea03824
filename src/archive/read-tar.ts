/** Reads tar archives of any flavour, entry by entry. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Header } from 'tar-stream'
import { isBuildError } from '../errors/index.js'
import { unsupportedEntry } from './errors.js'
import type { ByteStream } from './filter.js'

/** One entry as it stands in the archive; nothing about it can be trusted. */
export interface TarEntry {
  readonly name: string
  readonly type: 'file' | 'directory' | 'symlink' | 'hardlink'
  readonly mode: number
  readonly mtimeMs: number
  readonly sizeBytes: number
  readonly linkTarget: string
  /** Must be read, or skipped, before the next entry comes. */
  readonly content: AsyncIterable<Uint8Array>
}

/**
 * Entries in the order of the archive; stopping early ends the stream behind it.
 * @throws BuildError `archive/unsupported-entry` for devices, fifos and sparse files
 */
export async function* readTar(input: ByteStream, archive: string): AsyncGenerator<TarEntry> {
  const { default: tarStream } = await import('tar-stream')
  // The option is missing from the package's types; without it archives from before `ustar` are refused.
  const options: object = { allowUnknownFormat: true }
  const parser = tarStream.extract(options)
  const stopping = new AbortController()
  let failure: unknown
  const feeding = pipeline(Readable.from(input, { objectMode: false }), parser, {
    signal: stopping.signal,
  }).catch((error: unknown) => {
    failure = error
  })
  let complete = false
  try {
    for await (const stream of parser) {
      const { header } = stream
      yield toEntry(header, stream as unknown as AsyncIterable<Uint8Array>, archive)
      stream.resume()
    }
    complete = true
  } catch (error) {
    // The parser only sees that its input ended; why it ended is known to the feeding side.
    if (isBuildError(error)) throw error
    await feeding
    throw failure ?? error
  } finally {
    if (!complete) stopping.abort()
    await feeding
  }
  if (failure !== undefined) throw failure
}

const types: Readonly<Record<string, TarEntry['type']>> = {
  file: 'file',
  'contiguous-file': 'file',
  directory: 'directory',
  symlink: 'symlink',
  link: 'hardlink',
}

const kinds: Readonly<Record<string, string>> = {
  'character-device': 'a device',
  'block-device': 'a device',
  fifo: 'a fifo',
}

function toEntry(header: Header, content: AsyncIterable<Uint8Array>, archive: string): TarEntry {
  const type = types[header.type]
  if (type === undefined)
    throw unsupportedEntry(
      archive,
      header.name,
      kinds[header.type] ?? 'of an unknown type, such as a sparse file of GNU tar',
    )
  const { pax } = header as { pax?: Readonly<Record<string, string>> | null }
  if (pax && Object.keys(pax).some((key) => key.startsWith('GNU.sparse.')))
    throw unsupportedEntry(archive, header.name, 'a sparse file')
  const time = Number(pax?.mtime ?? Number.NaN)
  return {
    name: header.name,
    type,
    mode: header.mode,
    mtimeMs: Number.isFinite(time) ? time * 1000 : header.mtime.getTime(),
    sizeBytes: header.size,
    // The parser gives null, whatever its types say, when there is no link.
    linkTarget: String(header.linkname ?? ''),
    content,
  }
}
