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
 * first log, and what belongs to no output in that of the output that started last. The directory must exist when the
 * first output starts.
 */
export function createEventLog(directory: string, system: System): EventLog {
  const early: string[] = []
  const logs = new Map<string, OutputLog>()
  const closing: Promise<void>[] = []
  let latest: OutputLog | undefined
  const open = (output: string) => {
    const log = createOutputLog(path.join(directory, `${output}.events.jsonl`), system)
    logs.get(output)?.close()
    closing.push(log.closed)
    logs.set(output, log)
    // A channel full of outputs must not keep as many files open.
    if (latest?.hasEnded) latest.close()
    latest = log
    for (const line of early.splice(0)) log.add(line)
  }
  const end = (output: string | undefined) => {
    const log = output === undefined ? undefined : logs.get(output)
    if (output === undefined || log === undefined) return
    log.hasEnded = true
    logs.delete(output)
    if (log !== latest) log.close()
  }
  return {
    emit: (event: BuildEvent) => {
      if (event.type === 'progress') return
      if (event.type === 'output-started') open(event.output)
      const output = 'output' in event ? event.output : undefined
      const line = `${JSON.stringify({ at: system.clock.now(), ...event })}\n`
      const log = logs.get(output ?? '') ?? latest
      if (log === undefined) early.push(line)
      else log.add(line)
      if (event.type === 'output-finished' || event.type === 'build-failed') end(output)
    },
    close: async () => {
      for (const log of logs.values()) log.close()
      latest?.close()
      await Promise.all(closing)
    },
  }
}

interface OutputLog {
  /** Nothing more is expected of its output. */
  hasEnded: boolean
  readonly closed: Promise<void>
  add(line: string): void
  close(): void
}

function createOutputLog(file: string, system: System): OutputLog {
  const stream = system.fs.createWriteStream(file)
  const batch = createTextBatch((text) => {
    if (!stream.destroyed && !stream.writableEnded) stream.write(text)
  })
  return {
    hasEnded: false,
    closed: ended(stream),
    add: batch.add,
    close: () => {
      batch.flush()
      if (!stream.writableEnded) stream.end()
    },
  }
}

function ended(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    stream.once('error', () => resolve())
    stream.once('finish', () => resolve())
  })
}
