/** Keeps every event of a build as one JSON object a line. */

import { once } from 'node:events'
import path from 'node:path'
import type { Writable } from 'node:stream'
import { setLogAside } from '../engine/index.js'
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
 * first output starts. Each log is a file of its own: builds of the same output at the same time do not share one, and
 * the name belongs to the one that started last.
 */
export function createEventLog(directory: string, system: System): EventLog {
  const early: string[] = []
  const logs = new Map<string, OutputLog>()
  /** When the last log of each name is complete. */
  const files = new Map<string, Promise<void>>()
  let latest: OutputLog | undefined
  const open = (output: string) => {
    logs.get(output)?.close()
    const file = path.join(directory, `${output}.events.jsonl`)
    const log = createOutputLog(file, system, files.get(file) ?? Promise.resolve())
    files.set(file, log.closed)
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
      await Promise.all(files.values())
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

/** @param free when the log before it, which has the same name, is complete */
function createOutputLog(file: string, system: System, free: Promise<void>): OutputLog {
  const end = createSignal()
  const pending: string[] = []
  let write = (text: string) => void pending.push(text)
  const batch = createTextBatch((text) => write(text))
  const closed = free
    .then(() => openFile(file, system))
    .then(async (stream) => {
      const ended = whenEnded(stream)
      write = (text) => void (stream.destroyed || stream.write(text))
      for (const text of pending.splice(0)) write(text)
      await end.happened
      stream.end()
      await ended
    })
    .catch(() => {
      write = () => {}
    })
  const close = () => {
    batch.flush()
    end.happen()
  }
  return { hasEnded: false, closed, add: batch.add, close }
}

let opened = 0

/** A new file under the name of the log; who follows the log sees the old one or the new one. */
async function openFile(file: string, { fs, host }: System): Promise<Writable> {
  opened += 1
  const own = `${file}.${host.pid}-${opened}.tmp`
  const stream = fs.createWriteStream(own, { flags: 'wx' })
  stream.on('error', () => {})
  try {
    await once(stream, 'open')
    await setLogAside(file, { fs })
    await fs.rename(own, file)
    return stream
  } catch (error) {
    stream.destroy()
    await fs.remove(own)
    throw error
  }
}

function createSignal(): { readonly happened: Promise<void>; readonly happen: () => void } {
  let happen = () => {}
  const happened = new Promise<void>((resolve) => {
    happen = resolve
  })
  return { happened, happen }
}

/** Also when it can't be written any more. */
function whenEnded(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    stream.once('error', () => resolve())
    stream.once('finish', () => resolve())
  })
}
