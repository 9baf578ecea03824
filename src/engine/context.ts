/** What the engine and the stages it runs are handed. */
import type { Masker } from '../events/index.js'
import type { InterpreterRegistry } from '../stages/run-script/index.js'
import type { StageContext } from '../system/index.js'

/** `system`, `emit` and `signal` for every stage; the registry and the masker for those that run scripts. */
export interface BuildContext extends StageContext {
  readonly interpreters: InterpreterRegistry
  readonly masker: Masker
}
