/** Child processes: their own process group, exact environment, no orphan left behind. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { accessSync, closeSync, constants, openSync, statSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Writable } from 'node:stream'
import { fileOperationFailed, type NodeError, noSpace, programFailed, programNotFound } from './errors.js'
import { endLeftBehind } from './left-behind.js'
import type { CapturedOutput, Command, ProcessResult, ProcessRunner, RunOptions } from './types.js'

export const nodeProcessRunner: ProcessRunner = {
  run,
  interact,
  capture,
  captureSync,
  pipe,
  pipeToFile,
  inThread: async (work) => (await import('./thread.js')).inThread(work),
  throughThread: async function* (work, input) {
    yield* (await import('./thread.js')).throughThread(work, input)
  },
  find,
}

/** A daemon that keeps our pipes open after the script ended gets this long to let go. */
const pipeGraceMs = 2000
/** Between asking a process group to end and killing it. */
const killGraceMs = 10_000

async function run(command: Command, options: RunOptions = {}): Promise<ProcessResult> {
  const started = performance.now()
  const child = spawnGroup(command)
  const { onOutput } = options
  child.stdout?.on('data', (chunk: Buffer) => onOutput?.('stdout', chunk))
  child.stderr?.on('data', (chunk: Buffer) => onOutput?.('stderr', chunk))
  child.stdin?.on('error', () => {})
  child.stdin?.end(command.input)
  const watch = watchForStop(child, options)
  try {
    const { code, signal } = await ended(child, command.program)
    // Whatever the program left running in its group would outlive the build.
    killGroup(child, 'SIGKILL')
    if (options.marker !== undefined) endLeftBehind(options.marker)
    return {
      code: code ?? undefined,
      signal: signal ?? undefined,
      timedOut: watch.timedOut(),
      aborted: options.signal?.aborted ?? false,
      ms: performance.now() - started,
    }
  } finally {
    watch.dispose()
  }
}

async function interact(command: Command, onOutput?: (chunk: Uint8Array) => void): Promise<number> {
  const child = spawn(command.program, command.args, {
    cwd: command.cwd,
    env: command.env,
    stdio: ['inherit', onOutput === undefined ? 'inherit' : 'pipe', 'inherit'],
  })
  child.stdout?.on('data', (chunk: Buffer) => onOutput?.(chunk))
  const { code, signal } = await ended(child, command.program)
  return code ?? 128 + (signal === null ? 0 : os.constants.signals[signal])
}

function spawnGroup(command: Command): ChildProcess {
  return spawn(command.program, command.args, {
    cwd: command.cwd,
    env: command.env,
    // Node's pipes are sockets, and a bash whose stdin is a socket reads ~/.bashrc, as if started by rshd.
    stdio: [command.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  })
}

interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** Resolves when the program has ended and its pipes are closed, or were cut off after the grace period. */
function ended(child: ChildProcess, program: string): Promise<Exit> {
  return new Promise((resolve, reject) => {
    child.once('error', (error: NodeError) =>
      reject(error.code === 'ENOENT' ? programNotFound(program, error) : error),
    )
    child.once('exit', (code, signal) => {
      const cutOff = setTimeout(() => {
        child.stdout?.destroy()
        child.stderr?.destroy()
        resolve({ code, signal })
      }, pipeGraceMs)
      child.once('close', () => {
        clearTimeout(cutOff)
        resolve({ code, signal })
      })
    })
  })
}

/** Ends the process group on abort or timeout: politely first. */
function watchForStop(child: ChildProcess, options: RunOptions) {
  let timedOut = false
  let killTimer: NodeJS.Timeout | undefined
  const stop = () => {
    killGroup(child, 'SIGTERM')
    killTimer = setTimeout(() => killGroup(child, 'SIGKILL'), killGraceMs)
  }
  const timeout =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true
          stop()
        }, options.timeoutMs)
  if (options.signal?.aborted) stop()
  else options.signal?.addEventListener('abort', stop, { once: true })
  return {
    timedOut: () => timedOut,
    dispose: () => {
      clearTimeout(timeout)
      clearTimeout(killTimer)
      options.signal?.removeEventListener('abort', stop)
    },
  }
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal)
  } catch {
    // The group is gone already.
  }
}

async function capture(
  command: Command,
  options: Pick<RunOptions, 'signal' | 'timeoutMs'> = {},
): Promise<CapturedOutput> {
  const { execa } = await import('execa')
  const result = await execa(command.program, command.args, {
    cwd: command.cwd,
    env: command.env,
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    maxBuffer: 64 * 1024 * 1024,
    ...(command.input === undefined ? { stdin: 'ignore' } : { input: command.input }),
    ...(options.signal && { cancelSignal: options.signal }),
    ...(options.timeoutMs !== undefined && { timeout: options.timeoutMs }),
  })
  if (result.code === 'ENOENT') throw programNotFound(command.program, result)
  return { code: result.exitCode, stdout: result.stdout, stderr: result.stderr }
}

function captureSync(command: Command, options: Pick<RunOptions, 'timeoutMs'> = {}): CapturedOutput {
  const result = spawnSync(command.program, command.args, {
    cwd: command.cwd,
    env: command.env,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    windowsHide: true,
    ...(command.input === undefined ? { stdio: ['ignore', 'pipe', 'pipe'] } : { input: command.input }),
    ...(options.timeoutMs !== undefined && { timeout: options.timeoutMs }),
  })
  const failure = result.error as NodeError | undefined
  if (failure?.code === 'ENOENT') throw programNotFound(command.program, failure)
  return { code: result.status ?? undefined, stdout: result.stdout ?? '', stderr: result.stderr ?? '' }
}

function pipe(command: Command): ReturnType<ProcessRunner['pipe']> {
  const { program, args, cwd, env } = command
  const child = spawn(program, args, { cwd, env, stdio: 'pipe' })
  return { stdin: child.stdin, stdout: child.stdout, done: filterEnded(child, command) }
}

function pipeToFile(command: Command, file: string): ReturnType<ProcessRunner['pipeToFile']> {
  const { program, args, cwd, env } = command
  const output = openToAppend(file)
  try {
    const child = spawn(program, args, { cwd, env, stdio: ['pipe', output, 'pipe'] })
    const done = filterEnded(child, command, file)
    return { stdin: child.stdin as Writable, done, stop: () => void child.kill('SIGKILL') }
  } finally {
    closeSync(output)
  }
}

function openToAppend(file: string): number {
  try {
    return openSync(file, 'a')
  } catch (error) {
    throw fileOperationFailed('write', file, error as NodeError)
  }
}

/** @param output the file that the filter writes to, when it writes to one itself */
function filterEnded(child: ChildProcess, { program }: Command, output?: string): Promise<void> {
  let stderr = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString('utf8')).slice(-4096)
  })
  // A filter that dies closes its input; the exit status says why, the EPIPE does not.
  child.stdin?.on('error', () => {})
  const done = new Promise<void>((resolve, reject) => {
    child.once('error', (error) => reject(programNotFound(program, error)))
    child.once('close', (code) => {
      if (code === 0) resolve()
      else if (output !== undefined && stderr.includes('No space left on device'))
        reject(noSpace('write', output, new Error(stderr.trim())))
      else reject(programFailed(program, code ?? undefined, stderr))
    })
  })
  // The caller may only start to wait after the input has ended.
  done.catch(() => {})
  return done
}

async function find(program: string, directories: readonly string[]): Promise<string | undefined> {
  for (const directory of directories) {
    const candidate = path.resolve(directory, program)
    if (isExecutable(candidate)) return candidate
  }
  return undefined
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
