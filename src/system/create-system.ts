/** Assembles the real System; `main.ts` and tests are its only callers. */
import { systemClock } from './clock.js'
import { callerEnvironment } from './environment.js'
import { nodeFileSystem } from './file-system.js'
import { detectHost } from './host.js'
import { createNetwork } from './network.js'
import { nodeProcessRunner } from './process.js'
import { processTerminal } from './terminal.js'
import type { System } from './types.js'

/** The real thing; `overrides` replaces whole members, for example the clock in tests. */
export function createSystem(overrides: Partial<System> = {}): System {
  const env = overrides.env ?? callerEnvironment(process.env)
  const system = {
    fs: nodeFileSystem,
    process: nodeProcessRunner,
    clock: systemClock,
    env,
    host: detectHost(),
    terminal: processTerminal,
    ...overrides,
  }
  return { http: createNetwork(system, plainPolicy, noHooks), ...system }
}

/** Until somebody says more (see `withNetwork`). */
const plainPolicy = { offline: false, mirrors: {}, authFile: undefined }
const noHooks = { addSecret: () => {}, warn: () => {} }
