#!/usr/bin/env node
/** The `krait` command: the real streams, signals and exit code around `runCli`. */
import type { ExitCode } from './errors/index.js'
import { version } from './settings/index.js'
import type { NodeError } from './system/index.js'

process.stdout.on('error', (error: NodeError) => void endWithoutResult(error))

/** Asked for most often by scripts and prompts, so it loads nothing else. */
if (process.argv.length === 3 && /^(--version|-V)$/.test(process.argv[2] ?? '')) {
  process.stdout.write(`${process.env.KRAIT_PROGRAM_NAME || 'krait'} ${version}\n`)
} else {
  process.exitCode = await main()
}

async function main(): Promise<ExitCode> {
  const [{ runCli }, { createSystem }] = await Promise.all([
    import('./cli/index.js'),
    import('./system/index.js'),
  ])
  const abort = new AbortController()
  // The first Ctrl-C ends the work in order, the second one ends the process.
  const stop = () => (abort.signal.aborted ? process.exit(130) : abort.abort())
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  // Nobody reads the progress any more: the work ends in order, with the processes that it started.
  process.stderr.on('error', () => abort.abort())
  return runCli({
    argv: process.argv.slice(2),
    system: createSystem(),
    stdin: process.stdin,
    stdout: outputStream(process.stdout),
    stderr: outputStream(process.stderr),
    signal: abort.signal,
  })
}

function outputStream(stream: NodeJS.WriteStream) {
  return {
    write: (text: string) => void stream.write(text),
    drained: () =>
      stream.writableNeedDrain ? new Promise<void>((resolve) => stream.once('drain', resolve)) : undefined,
    isTerminal: stream.isTTY === true,
    columns: () => stream.columns,
  }
}

/** A reader that closes its end early (`| head`) is no error; a result that a full disk cuts off is one. */
async function endWithoutResult(error: NodeError): Promise<void> {
  if (error.code === 'EPIPE') process.exit(0)
  const [{ fileOperationFailed }, { exitCodeOf }] = await Promise.all([
    import('./system/index.js'),
    import('./errors/index.js'),
  ])
  const { code, message, hint } = fileOperationFailed('write', 'standard output', error)
  process.stderr.write(`error[${code}]: ${message}\n${hint === undefined ? '' : `  help: ${hint}\n`}`)
  process.exit(exitCodeOf(code))
}
