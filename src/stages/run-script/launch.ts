/** The one place where the process of a build or test script is started; a sandbox or a tracer wraps it here. */
import { createLineStream, type Masker } from '../../events/index.js'
import type { Command, ProcessResult, StageContext } from '../../system/index.js'

/** Changes the command line of every script, for example into `bwrap ... -- bash conda_build.sh`. */
export type WrapCommand = (command: Command) => Command

export interface LaunchOptions {
  readonly wrap?: WrapCommand | undefined
  readonly timeoutMs?: number | undefined
  readonly masker: Masker
  /** Masked lines in order of arrival. */
  readonly onLine: (stream: 'stdout' | 'stderr', line: string) => void
}

/** Runs the command to its end. Each stream is masked on its own, before it is cut into lines. */
export async function launch(
  command: Command,
  options: LaunchOptions,
  context: Pick<StageContext, 'system' | 'signal'>,
): Promise<ProcessResult> {
  const streams = {
    stdout: createLineStream(options.masker, (line) => options.onLine('stdout', line)),
    stderr: createLineStream(options.masker, (line) => options.onLine('stderr', line)),
  }
  const wrapped = options.wrap ? options.wrap(command) : command
  const result = await context.system.process.run(wrapped, {
    signal: context.signal,
    timeoutMs: options.timeoutMs,
    // The work directory is this run's alone.
    marker: command.env.SRC_DIR && `SRC_DIR=${command.env.SRC_DIR}`,
    onOutput: (stream, chunk) => streams[stream].push(chunk),
  })
  streams.stdout.end()
  streams.stderr.end()
  return result
}
