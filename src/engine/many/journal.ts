/** What runs have finished, one line each, so that `--resume` builds only the rest after a run that was killed. */
import { createHash } from 'node:crypto'
import path from 'node:path'
import type { System } from '../../system/index.js'
import { logDirectory } from '../log-directory.js'

/** A package that was tested and is in the channel. */
export interface JournalEntry {
  /** Relative to the channel: `noarch/zlib-1.3-h0_0.conda`. */
  readonly file: string
  /** Of the output (`outputIdentities`). */
  readonly identity: string
  readonly sha256: string
  readonly size: number
}

const version = 1

/** `<output>/logs/journal.jsonl`; lines are only ever added. */
export function journalFile(outputDirectory: string): string {
  return path.join(logDirectory(outputDirectory), 'journal.jsonl')
}

export interface Journal {
  /** Adds a line; to be called when the package is in the channel, so that one of a killed run is built again. */
  add(entry: JournalEntry): Promise<void>
}

/** The journal of an output directory, ready for more lines. */
export async function openJournal(
  outputDirectory: string,
  { fs, clock }: Pick<System, 'fs' | 'clock'>,
): Promise<Journal> {
  const journal = journalFile(outputDirectory)
  const size = (await fs.stat(journal))?.sizeBytes ?? 0
  // A killed run may have left half a line, which the next one must not continue.
  const last = size === 0 ? '\n' : Buffer.from(await fs.readRange(journal, size - 1, 1)).toString('latin1')
  if (last !== '\n') await fs.appendFile(journal, '\n')
  return {
    add: ({ file, identity, sha256, size }) =>
      fs.appendFile(
        journal,
        `${JSON.stringify({ version, at: clock.now(), file, identity, sha256, size })}\n`,
      ),
  }
}

/** The newest entry of each package, by its file. What is no entry, such as half a line, says nothing. */
export async function readJournal(
  outputDirectory: string,
  { fs }: Pick<System, 'fs'>,
): Promise<ReadonlyMap<string, JournalEntry>> {
  const file = journalFile(outputDirectory)
  if ((await fs.stat(file)) === undefined) return new Map()
  const entries = (await fs.readText(file)).split('\n').flatMap(parseEntry)
  return new Map(entries.map((entry) => [entry.file, entry]))
}

function parseEntry(line: string): readonly JournalEntry[] {
  try {
    const entry = JSON.parse(line)
    const { file, identity, sha256, size } = entry
    const isEntry = [file, identity, sha256].every((text) => typeof text === 'string')
    return entry.version === version && isEntry && typeof size === 'number'
      ? [{ file, identity, sha256, size }]
      : []
  } catch {
    return []
  }
}

/** Whether the package of an entry is in the channel, byte for byte. */
export async function isInChannel(
  channel: string,
  { file, sha256, size }: JournalEntry,
  { fs }: Pick<System, 'fs'>,
): Promise<boolean> {
  const target = path.join(channel, file)
  const info = await fs.stat(target)
  if (info?.type !== 'file' || info.sizeBytes !== size) return false
  const hash = createHash('sha256')
  for await (const chunk of fs.createReadStream(target)) hash.update(chunk as Buffer)
  return hash.digest('hex') === sha256
}
