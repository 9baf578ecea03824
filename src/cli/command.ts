/** What a command has to provide; `commands/index.ts` lists them all. */
import type { ExitCode } from '../errors/index.js'
import type { OutputStream } from '../report/index.js'
import type { ResolvedSettings, SettingKey } from '../settings/index.js'
import type { System } from '../system/index.js'

/** One use of a command, for its help text; a test runs every one of them. */
export interface Example {
  readonly command: string
  readonly doc: string
}

/** The row of a command: enough for help and parsing without loading its code. */
export interface CommandRow {
  readonly name: string
  /** One sentence, no full stop. */
  readonly summary: string
  /** Positional arguments as help shows them, for example `[recipe...]`. */
  readonly argument?: string
  readonly settings: readonly SettingKey[]
  readonly examples: readonly Example[]
  readonly hidden?: boolean
  readonly load: () => Promise<CommandModule>
}

export interface CommandModule {
  readonly run: (invocation: Invocation) => Promise<ExitCode>
}

/** Everything a command is given; it returns its exit code and never ends the process itself. */
export interface Invocation {
  readonly system: System
  readonly programName: string
  readonly settings: ResolvedSettings
  readonly positionals: readonly string[]
  readonly stdin: AsyncIterable<Uint8Array>
  /** Results only. */
  readonly stdout: OutputStream
  /** Everything else. */
  readonly stderr: OutputStream
  /** Aborted on the first Ctrl-C. */
  readonly signal: AbortSignal
}
