/** `krait render-batch`: many calls, one JSON object a line in and out, on all processors; for bulk rendering. */
import { createInterface, type Interface } from 'node:readline'
import { Readable, type Writable } from 'node:stream'
import type { ExitCode } from '../../errors/index.js'
import type { OutputStream } from '../../report/index.js'
import type { System } from '../../system/index.js'
import type { Invocation } from '../command.js'
import type { KnownConfigs } from '../read-configs.js'
import { runCli } from '../run-cli.js'

interface Call {
  readonly id: number | string
  readonly args: readonly string[]
  /** Variables on top of this process's own. */
  readonly env?: Readonly<Record<string, string>>
}

/** Set in the processes that do the work. */
const workerVariable = 'KRAIT_BATCH_WORKER'
/** Calls that a worker has in hand at once, so that reading files and rendering overlap. */
const callsAtOnce = 6
/**
 * A worker lives for seconds: simple machine code at once and the optimising compiler only for what is really hot
 * costs a third less than Node's settings for servers. Young garbage has room enough that little of it is ever copied,
 * and collecting it takes no processor away from the other workers.
 */
const workerFlags = [
  '--sparkplug',
  '--interrupt-budget=1000000',
  '--min-semi-space-size=16',
  '--max-semi-space-size=16',
  '--single-threaded-gc',
]

/** Answers every line with `{id, code, stdout, stderr}`, in the order in which the calls end; a line that is no call gets code 2. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const lines = createInterface({ input: Readable.from(invocation.stdin) })
  const isWorker = invocation.system.env.get(workerVariable) !== undefined
  if (isWorker || invocation.system.host.cpuCount === 1) await answerLines(lines, invocation)
  else await distribute(lines, invocation)
  return 0
}

/** Calls for one recipe go to one worker, which then loads it only once. */
async function distribute(lines: Interface, { system, stdout }: Invocation): Promise<void> {
  const { host, process, env } = system
  const workers = Array.from({ length: host.cpuCount }, () => {
    const worker = process.pipe({
      program: host.nodeExecutable,
      args: [...workerFlags, host.script, 'render-batch'],
      cwd: host.currentDirectory,
      env: { ...env.all(), [workerVariable]: '1' },
    })
    return { ...worker, passed: passLines(worker.stdout, stdout) }
  })
  for await (const line of lines) {
    const worker = workers[workerOf(line) % workers.length]
    if (worker && line.trim() !== '') await write(worker.stdin, `${line}\n`)
  }
  for (const worker of workers) worker.stdin.end()
  await Promise.all(workers.flatMap(({ done, passed }) => [done, passed]))
}

/** Whole lines only, because the answers of several workers meet in one stream. */
async function passLines(stream: Readable, stdout: OutputStream): Promise<void> {
  let rest = ''
  stream.setEncoding('utf8')
  for await (const text of stream as AsyncIterable<string>) {
    const end = text.lastIndexOf('\n') + 1
    if (end > 0) stdout.write(rest + text.slice(0, end))
    rest = end > 0 ? text.slice(end) : rest + text
    await stdout.drained()
  }
}

function workerOf(line: string): number {
  const recipe = parseCall(line)?.args.find((arg) => /recipe/.test(arg) && /[/\\]/.test(arg)) ?? ''
  return [...recipe].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 65_521, 7)
}

/** Undefined when the line is something else. */
function parseCall(line: string): Call | undefined {
  try {
    const call = JSON.parse(line) as Partial<Call> | null
    const isCall = Array.isArray(call?.args) && call.args.every((arg) => typeof arg === 'string')
    return isCall ? (call as Call) : undefined
  } catch {
    return undefined
  }
}

async function write(stream: Writable, text: string): Promise<void> {
  if (stream.write(text)) return
  await new Promise<void>((resolve) => stream.once('drain', resolve))
}

async function answerLines(lines: Interface, invocation: Invocation): Promise<void> {
  const running = new Set<Promise<void>>()
  const knownConfigs: KnownConfigs = new Map()
  for await (const line of lines) {
    if (line.trim() === '') continue
    const answered = answerLine(line, invocation, knownConfigs).then((answer) => {
      running.delete(answered)
      invocation.stdout.write(`${JSON.stringify(answer)}\n`)
    })
    running.add(answered)
    if (running.size >= callsAtOnce) await Promise.race(running)
    // Reading and rendering never wait for anything real, so without this the answers would pile up to the end.
    await invocation.stdout.drained()
  }
  await Promise.all(running)
}

async function answerLine(line: string, { system, signal }: Invocation, knownConfigs: KnownConfigs) {
  const call = parseCall(line)
  if (call === undefined) {
    const stderr = `error: \`${line}\` is no call such as {"id": 1, "args": ["render", "recipe"]}\n`
    return { id: null, code: 2, stdout: '', stderr }
  }
  const stdout = createBuffer()
  const stderr = createBuffer()
  const request = {
    argv: call.args,
    stdin: Readable.from([]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    signal,
    knownConfigs,
  }
  const code = await runCli({ ...request, system: withEnv(system, call.env ?? {}) })
  return { id: call.id, code, stdout: stdout.text(), stderr: stderr.text() }
}

function createBuffer(): { readonly stream: OutputStream; readonly text: () => string } {
  const parts: string[] = []
  const stream = {
    write: (text: string) => void parts.push(text),
    drained: () => undefined,
    isTerminal: false,
    columns: () => undefined,
  }
  return { stream, text: () => parts.join('') }
}

function withEnv(system: System, extra: Readonly<Record<string, string>>): System {
  const all = { ...system.env.all(), ...extra }
  return {
    ...system,
    env: { get: (name) => (Object.hasOwn(all, name) ? all[name] : undefined), all: () => all },
  }
}
