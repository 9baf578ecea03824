/** The real System for tests, with single members replaced, and temporary directories that clean up after themselves. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import type { BuildEvent } from '../../src/events/index.js'
import { createSystem, type Host, type StageContext, type System } from '../../src/system/index.js'

export interface TestSystemOptions {
  /** The complete environment of the caller; PATH is kept from the real one unless given. */
  readonly env?: Readonly<Record<string, string>>
  readonly nowMs?: number
  readonly host?: Partial<Host>
}

/** Real files, processes and http; a chosen environment, clock and host. */
export function testSystem(options: TestSystemOptions = {}): System {
  const real = createSystem()
  const variables: Record<string, string> = { PATH: process.env.PATH ?? '', ...options.env }
  const { nowMs } = options
  return createSystem({
    env: { get: (name) => variables[name], all: () => variables },
    ...(nowMs !== undefined && { clock: { ...real.clock, now: () => nowMs } }),
    ...(options.host && { host: { ...real.host, ...options.host } }),
  })
}

/** A context for stage functions, and the events that were emitted through it. */
export function testContext(options: TestSystemOptions & { signal?: AbortSignal } = {}): {
  context: StageContext
  events: BuildEvent[]
} {
  const events: BuildEvent[] = []
  const signal = options.signal ?? new AbortController().signal
  return { context: { system: testSystem(options), emit: (event) => events.push(event), signal }, events }
}

/** A new empty directory, removed when the test ends. */
export function tempDirectory(): string {
  const directory = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'krait-test-')))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}
