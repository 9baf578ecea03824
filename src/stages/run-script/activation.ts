/** What activating a prefix means, as data and as bash (spec: build.md 5). */
import path from 'node:path'
import type { StageContext, System } from '../../system/index.js'
import { malformedEnvVars, oddEnvVar } from './errors.js'
import { quote, quoteExpanding } from './shell-quote.js'

/** Everything a prefix contributes to the environment. */
export interface Activation {
  readonly prefix: string
  /** Directories for PATH, absolute, first wins. */
  readonly programDirectories: readonly string[]
  /** From etc/conda/env_vars.d and conda-meta/state; `$NAME` in values is expanded. */
  readonly variables: readonly (readonly [name: string, value: string])[]
  /** Scripts of etc/conda/activate.d, absolute, in the order they are sourced. */
  readonly scripts: readonly string[]
}

/**
 * Reads what a prefix wants to be done when it is activated.
 * @param platform family of the prefix, and what scripts of the shell that activates are called
 */
export async function readActivation(
  prefix: string,
  platform: { readonly family: string; readonly scriptExtension: '.sh' | '.bat' },
  context: Pick<StageContext, 'system' | 'emit'>,
): Promise<Activation> {
  const { family, scriptExtension } = platform
  return {
    prefix,
    programDirectories: programDirectories(prefix, family),
    variables: await readVariables(prefix, context),
    scripts: await listScripts(path.join(prefix, 'etc/conda/activate.d'), scriptExtension, context.system),
  }
}

/** Directories of a prefix that hold programs, in PATH order. */
export function programDirectories(prefix: string, family: string): readonly string[] {
  if (family !== 'win') return [path.join(prefix, 'bin')]
  const relative = ['.', 'Library/mingw-w64/bin', 'Library/usr/bin', 'Library/bin', 'Scripts', 'bin']
  return relative.map((directory) => path.join(prefix, directory))
}

/** The bash lines of one activation. `level` is what CONDA_SHLVL becomes. */
export function renderActivation(activation: Activation, level: number): string {
  const directories = activation.programDirectories.map((directory) => escapeForPath(directory)).join(':')
  const lines = [
    `export PATH="${directories}:\${PATH}"`,
    `export CONDA_SHLVL=${level}`,
    `export CONDA_PREFIX=${quote(activation.prefix)}`,
    ...activation.variables.map(([name, value]) => `export ${name}=${quoteExpanding(value)}`),
    ...activation.scripts.map((script) => `. ${quote(script)}`),
  ]
  return `${lines.join('\n')}\n`
}

function escapeForPath(directory: string): string {
  return directory.replaceAll(/[\\"$`]/g, '\\$&')
}

async function listScripts(directory: string, extension: string, system: System): Promise<string[]> {
  const scripts: string[] = []
  // `list` sorts by code unit, so that `10-x.sh` comes before `9-y.sh`, as packages expect.
  for (const name of await system.fs.list(directory)) {
    const file = path.join(directory, name)
    if (name.endsWith(extension) && (await system.fs.stat(file))?.type === 'file') scripts.push(file)
  }
  return scripts
}

async function readVariables(
  prefix: string,
  context: Pick<StageContext, 'system' | 'emit'>,
): Promise<[string, string][]> {
  const { fs } = context.system
  const directory = path.join(prefix, 'etc/conda/env_vars.d')
  const variables = new Map<string, string>()
  for (const name of await fs.list(directory)) {
    const file = path.join(directory, name)
    if ((await fs.stat(file))?.type !== 'file') continue
    for (const [key, value] of stringMembers(parseObject(await fs.readText(file), file), file, context)) {
      variables.set(key, value)
    }
  }
  const state = path.join(prefix, 'conda-meta/state')
  if (await fs.stat(state)) {
    const members = parseObject(await fs.readText(state), state).env_vars
    if (!isObject(members)) throw malformedEnvVars(state, 'it has no object under `env_vars`')
    for (const [key, value] of stringMembers(members, state, context)) variables.set(key.toUpperCase(), value)
  }
  return [...variables]
}

function parseObject(text: string, file: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw malformedEnvVars(file, (error as Error).message)
  }
  if (!isObject(value)) throw malformedEnvVars(file, 'it is not a plain JSON object')
  return value
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function stringMembers(
  object: Record<string, unknown>,
  file: string,
  context: Pick<StageContext, 'emit'>,
): [string, string][] {
  const members: [string, string][] = []
  for (const [name, value] of Object.entries(object)) {
    if (typeof value !== 'string' || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      context.emit({ type: 'warning', ...oddEnvVar(name, file) })
      continue
    }
    members.push([name, value])
  }
  return members
}
