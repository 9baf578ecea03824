/** Reads the event log of a build while it may still be written, or after its writer was killed. */
import type { BuildEvent } from '../../events/index.js'
import type { System } from '../../system/index.js'

/** A line of an event log: an event with the time it was told at. */
export type LoggedEvent = {
  /** When it was told: milliseconds since 1970. */
  readonly at: number
} & BuildEvent

/** What was read so far. */
export interface LogPosition {
  /** Bytes up to the end of the last whole line. */
  readonly offset: number
}

/** Bytes that are read at once. */
const blockBytes = 1 << 20

/**
 * All whole lines from `position` on; the rest of a line is left for the next call. Lines that are no events are left
 * out: a killed writer may have left half of one.
 */
export async function readEvents(
  file: string,
  position: LogPosition,
  { fs }: Pick<System, 'fs'>,
  onEvent: (event: LoggedEvent) => void,
): Promise<LogPosition> {
  let { offset } = position
  let block = await fs.readRange(file, offset, blockBytes)
  while (block.length > 0) {
    const end = block.lastIndexOf(newline) + 1
    // One line can be longer than a block.
    if (end === 0 && block.length % blockBytes !== 0) break
    if (end === 0) {
      const longer = await fs.readRange(file, offset, block.length + blockBytes)
      if (longer.length === block.length) break
      block = longer
      continue
    }
    const text = Buffer.from(block.subarray(0, end)).toString('utf8')
    for (const line of text.split('\n')) {
      const event = parseEvent(line)
      if (event) onEvent(event)
    }
    offset += end
    block = await fs.readRange(file, offset, blockBytes)
  }
  return { offset }
}

const newline = 0x0a

function parseEvent(line: string): LoggedEvent | undefined {
  if (line === '') return undefined
  try {
    const value: unknown = JSON.parse(line)
    return isEvent(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isEvent(value: unknown): value is LoggedEvent {
  if (typeof value !== 'object' || value === null) return false
  const { at, type } = value as { at?: unknown; type?: unknown }
  return typeof at === 'number' && Number.isFinite(at) && typeof type === 'string'
}
