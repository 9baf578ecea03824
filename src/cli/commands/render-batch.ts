/** `krait render-batch`: many calls in one process, one JSON object a line in and out, for the conformance run. */
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import type { ExitCode } from '../../errors/index.js'
import type { OutputStream } from '../../report/index.js'
import type { System } from '../../system/index.js'
import type { Invocation } from '../command.js'
import { runCli } from '../run-cli.js'

interface Call {
  readonly id: number | string
  readonly args: readonly string[]
  /** Variables on top of this process's own. */
  readonly env?: Readonly<Record<string, string>>
}

/** Answers every line with `{id, code, stdout, stderr}`. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  for await (const line of createInterface({ input: Readable.from(invocation.stdin) })) {
    if (line.trim() === '') continue
    const answer = await answerCall(JSON.parse(line) as Call, invocation)
    invocation.stdout.write(`${JSON.stringify(answer)}\n`)
  }
  return 0
}

async function answerCall(call: Call, { system, signal }: Invocation) {
  const stdout = createBuffer()
  const stderr = createBuffer()
  const request = {
    argv: call.args,
    stdin: Readable.from([]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    signal,
  }
  const code = await runCli({ ...request, system: withEnv(system, call.env ?? {}) })
  return { id: call.id, code, stdout: stdout.text(), stderr: stderr.text() }
}

function createBuffer(): { readonly stream: OutputStream; readonly text: () => string } {
  const parts: string[] = []
  const stream = {
    write: (text: string) => void parts.push(text),
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
