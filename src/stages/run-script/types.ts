/** A script that ran. */
import type { SourcedPlan } from '../fetch-sources/index.js'

/** Output of run-script. */
export interface ScriptResult extends SourcedPlan {
  readonly script: {
    /** Undefined when the output has no script. */
    readonly interpreter: string | undefined
    readonly lines: number
    readonly ms: number
    /** Hash over the resolved text and the interpreter, for the build record. */
    readonly sha256: string
    readonly logPath: string
  }
}
