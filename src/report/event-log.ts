/** Keeps every event of a run as one JSON object a line. */
import type { BuildEvent, Emit } from '../events/index.js'
import type { System } from '../system/index.js'

export interface EventLog {
  readonly emit: Emit
  /** Resolves when everything is on disk; never rejects: a log that can't be written must not fail a build. */
  close(): Promise<void>
}

/** Opens `file` for appending; the directory must exist. */
export function createEventLog(file: string, system: System): EventLog {
  const stream = system.fs.createWriteStream(file, { flags: 'a' })
  const closed = new Promise<void>((resolve) => {
    stream.once('error', () => resolve())
    stream.once('finish', () => resolve())
  })
  return {
    emit: (event: BuildEvent) => {
      if (event.type === 'progress' || stream.destroyed) return
      stream.write(`${JSON.stringify({ at: system.clock.now(), ...event })}\n`)
    },
    close: async () => {
      stream.end()
      await closed
    },
  }
}
