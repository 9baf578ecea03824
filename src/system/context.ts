/** What every stage with effects is handed. */
import type { Emit } from '../events/index.js'
import type { System } from './types.js'

/** Exactly these three; caches, clients and settings live behind `system` or in a stage's own options. */
export interface StageContext {
  readonly system: System
  readonly emit: Emit
  /** Aborted on Ctrl-C; long work checks it. */
  readonly signal: AbortSignal
}
