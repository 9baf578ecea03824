/** Reads the bytes of archives once, hashing them on the way. */
import { createHash } from 'node:crypto'
import { download, type StageContext } from '../../system/index.js'
import type { ChannelRecord } from '../solve-environments/index.js'
import { downloadFailed } from './errors.js'

export interface ArchiveHash {
  readonly sha256: string
  /** Only when the record has no sha256 to compare with. */
  readonly md5: string | undefined
  readonly sizeBytes: number
}

/** Hashes an archive of a local channel. */
export async function hashArchive(
  archive: string,
  record: ChannelRecord,
  { system }: StageContext,
): Promise<ArchiveHash> {
  const hasher = createHasher(record)
  for await (const chunk of system.fs.createReadStream(archive)) hasher.update(chunk as Buffer)
  return hasher.result()
}

/**
 * Downloads the archive of a record and hashes it; a part from an earlier run is continued.
 * @throws BuildError `install/download-failed`
 */
export async function downloadArchive(
  record: ChannelRecord,
  destination: string,
  { system, signal, emit }: StageContext,
): Promise<ArchiveHash> {
  let hasher = createHasher(record)
  let report = createReport(record, { system, emit })
  const consume = {
    reset: () => {
      hasher = createHasher(record)
      report = createReport(record, { system, emit })
    },
    update: (chunk: Uint8Array) => {
      hasher.update(chunk)
      report(chunk.length)
    },
  }
  const response = await download({ url: record.url, file: destination, signal, consume }, system)
  if (response.status !== 200) {
    response.body.resume()
    throw downloadFailed(record.url, response.status)
  }
  return hasher.result()
}

function createHasher({ sha256 }: ChannelRecord) {
  const main = createHash('sha256')
  const old = sha256 === undefined ? createHash('md5') : undefined
  let sizeBytes = 0
  return {
    update: (chunk: Uint8Array): void => {
      main.update(chunk)
      old?.update(chunk)
      sizeBytes += chunk.length
    },
    result: (): ArchiveHash => ({ sha256: main.digest('hex'), md5: old?.digest('hex'), sizeBytes }),
  }
}

const reportIntervalMs = 100

function createReport(
  { fn: subject, size: total }: ChannelRecord,
  { emit, system }: Pick<StageContext, 'emit' | 'system'>,
): (bytes: number) => void {
  let done = 0
  let lastMs = system.clock.monotonic()
  return (bytes) => {
    done += bytes
    const nowMs = system.clock.monotonic()
    if (nowMs - lastMs < reportIntervalMs) return
    lastMs = nowMs
    const known = total !== undefined && { total }
    emit({ type: 'progress', stage: 'install', action: 'download', subject, done, ...known, unit: 'bytes' })
  }
}
