/** Keeps every event of a build as one JSON object a line. */

import path from 'node:path'
import type { Writable } from 'node:stream'
import type { BuildEvent, Emit } from '../events/index.js'
import type { System } from '../system/index.js'
import { createTextBatch } from '../text/index.js'

export interface EventLog {
  readonly emit: Emit
  /** Resolves when everything is on disk; never rejects: a log that can't be written must not fail a build. */
  close(): Promise<void>
}

/**
 * Writes `<directory>/<output>.events.jsonl` for each output that is built; what happens before the first one is in the
 * first log. The directory must exist when the first output starts.
 */
export function createEventLog(directory: string, system: System): EventLog {
  const early: string[] = []
  const closing: Promise<void>[] = []
  let current: Writable | undefined
  const batch = createTextBatch((text) => {
    if (current !== undefined && !current.destroyed) current.write(text)
  })
  const open = (output: string) => {
    batch.flush()
    current?.end()
    current = system.fs.createWriteStream(path.join(directory, `${output}.events.jsonl`))
    closing.push(ended(current))
    for (const line of early.splice(0)) current.write(line)
  }
  return {
    emit: (event: BuildEvent) => {
      if (event.type === 'progress') return
      if (event.type === 'output-started') open(event.output)
      const line = `${JSON.stringify({ at: system.clock.now(), ...event })}\n`
      if (current === undefined) early.push(line)
      else batch.add(line)
    },
    close: async () => {
      batch.flush()
      current?.end()
      await Promise.all(closing)
    },
  }
}

function ended(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    stream.once('error', () => resolve())
    stream.once('finish', () => resolve())
  })
}
