/** Runs commands in an interpreter, in directories whose names are hard to quote. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createMasker } from '../../src/events/index.js'
import {
  type EnvFacts,
  executeScript,
  type Interpreter,
  type ScriptSection,
} from '../../src/stages/run-script/index.js'
import { envFacts, platform } from '../support/env-facts.js'
import { interpreterEnv } from '../support/interpreters.js'
import { tempDirectory, testContext } from '../support/system.js'

export interface CommandsRun {
  readonly body?: ScriptSection['body']
  readonly env?: Readonly<Record<string, string>>
  readonly directory?: string
  readonly facts?: Partial<EnvFacts>
}

export interface Outcome {
  /** Exit status, 0 for success; whatever else was thrown. */
  readonly status: unknown
  /** What the script wrote, without the trace of shells. */
  readonly lines: readonly string[]
  readonly details: { readonly location?: string; readonly command?: string }
}

/** The body of a list of commands that stand in a recipe from line 10 on. */
export function inlineBody(commands: readonly string[]): ScriptSection['body'] {
  const place = (index: number) => ({ file: 'recipe.yaml', line: 10 + index })
  return { kind: 'inline', commands: commands.map((text, index) => ({ text, origin: place(index) })) }
}

/** Runs to the end. cmd runs as on Windows, by wine. */
export async function runCommands(
  interpreter: Interpreter,
  commands: readonly string[],
  run: CommandsRun = {},
): Promise<Outcome> {
  const build = run.directory ?? path.join(tempDirectory(), "it's a $dir é")
  const work = path.join(build, 'work')
  for (const name of ['work', 'p', 'b/bin']) mkdirSync(path.join(build, name), { recursive: true })
  writeStandIns(path.join(build, 'b/bin'))
  const { context, events } = testContext({ env: interpreterEnv })
  const isCmd = interpreter.names[0] === 'cmd'
  const section = { interpreter, body: run.body ?? inlineBody(commands), env: {} }
  const facts = envFacts({
    prefix: path.join(build, 'p'),
    buildPrefix: path.join(build, 'b'),
    work,
    buildDirectory: build,
    caller: interpreterEnv,
    ...(isCmd && windowsFacts()),
    ...run.facts,
  })
  const script = { sections: [section], env: run.env ?? {}, secrets: [] }
  const result = executeScript({ output: 'demo', script, facts }, { ...context, masker: createMasker() })
  const error = await result.then(
    () => undefined,
    (caught: { details?: Record<string, unknown> }) => caught,
  )
  const written = events.flatMap((event) => (event.type === 'script-line' ? [event.text] : []))
  return {
    status: error === undefined ? 0 : (error.details?.status ?? error),
    lines: written.filter((line) => !/^\++ |^$|^[A-Z]:\\.*>/.test(line) && !/^%SRC_DIR%>/.test(line)),
    details: error?.details ?? {},
  }
}

/** A build on win-64 for win-64. */
export function windowsFacts(): Partial<EnvFacts> {
  const windows = platform('win-64')
  return {
    platforms: { build: windows, host: windows, targetSubdir: 'win-64' },
    targetPlatform: windows,
  }
}

/** For programs no package of the machine brings: brush reads what bash reads. */
function writeStandIns(directory: string): void {
  const file = path.join(directory, 'brush')
  writeFileSync(file, '#!/bin/sh\nexec bash "$@"\n')
  chmodSync(file, 0o755)
}
