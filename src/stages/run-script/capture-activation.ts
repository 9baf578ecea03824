/** Runs the activation of prefixes once and says what each part of it changed (spec: build.md 5.5). */
import { createHash } from 'node:crypto'
import path from 'node:path'
import type { FileSystem, StageContext } from '../../system/index.js'
import { canonicalJson } from '../../text/index.js'
import { type Activation, renderActivation } from './activation.js'
import type { EnvVars } from './environment/env-vars.js'
import { activationFailed, programNotFoundOnPath } from './errors.js'
import { expandVariables } from './expand-variables.js'
import { quote } from './shell-quote.js'

export interface CaptureRequest {
  /** Host first, then build. */
  readonly activations: readonly Activation[]
  /** Environment before the first activation. */
  readonly env: EnvVars
  /** What CONDA_SHLVL becomes. */
  readonly level: number
}

/** The environment after one step of an activation. */
export interface ActivationStep {
  readonly prefix: string
  /** The script that was sourced; absent for what every activation does: PATH, CONDA_PREFIX, variables of packages. */
  readonly script?: string
  readonly env: EnvVars
}

type CaptureContext = Pick<StageContext, 'system' | 'signal'>

/**
 * The steps in their order. Without activation scripts no shell is started. The same activation is run once in a
 * process: what was captured is kept by the content of all scripts and variables.
 * @throws BuildError `script/activation-failed`
 */
export async function captureActivation(
  request: CaptureRequest,
  context: CaptureContext,
): Promise<readonly ActivationStep[]> {
  const scripts = request.activations.flatMap((activation) => activation.scripts)
  if (scripts.length === 0) return computeSteps(request)
  const memo = memoOf(context.system.fs)
  const key = await keyOf(request, scripts, context)
  const known = memo.get(key) ?? runActivations(request, context)
  memo.set(key, known)
  return known
}

const captured = new WeakMap<FileSystem, Map<string, Promise<readonly ActivationStep[]>>>()

function memoOf(fs: FileSystem): Map<string, Promise<readonly ActivationStep[]>> {
  const memo = captured.get(fs) ?? new Map<string, Promise<readonly ActivationStep[]>>()
  captured.set(fs, memo)
  return memo
}

async function keyOf(
  request: CaptureRequest,
  scripts: readonly string[],
  { system }: CaptureContext,
): Promise<string> {
  const texts = await Promise.all(scripts.map((script) => system.fs.readText(script)))
  return createHash('sha256')
    .update(canonicalJson({ ...request, texts, shell: 'bash' }))
    .digest('hex')
}

function computeSteps({ activations, env, level }: CaptureRequest): readonly ActivationStep[] {
  let current = env
  return activations.map(({ prefix, programDirectories, variables }) => {
    const values: Record<string, string> = {
      ...current,
      PATH: [...programDirectories, ...(current.PATH ? [current.PATH] : [])].join(path.delimiter),
      CONDA_SHLVL: String(level),
      CONDA_PREFIX: prefix,
    }
    for (const [name, value] of variables) values[name] = expandVariables(value, values)
    current = values
    return { prefix, env: current }
  })
}

/** Separates the dumps; no variable can have this name. */
const separator = '--krait-step--'

async function runActivations(
  { activations, env, level }: CaptureRequest,
  context: CaptureContext,
): Promise<readonly ActivationStep[]> {
  const steps = activations.flatMap((activation) => [
    {
      prefix: activation.prefix,
      script: undefined,
      text: renderActivation({ ...activation, scripts: [] }, level),
    },
    ...activation.scripts.map((script) => ({
      prefix: activation.prefix,
      script,
      // What it prints is not a part of the environment.
      text: `. ${quote(script)} 1>&2\n`,
    })),
  ])
  const dump = `command env -0; printf '%s\\0' ${quote(separator)}\n`
  const text = `set -e\n${steps.map((step) => step.text + dump).join('')}`
  const { code, stdout, stderr } = await runBash(text, env, context)
  const dumps = stdout.split(`${separator}\0`)
  if (code !== 0) {
    const failed = steps[dumps.length - 1]?.script ?? steps[0]?.prefix ?? ''
    const tail = stderr.trimEnd().split('\n').slice(-20)
    throw activationFailed(failed, undefined, { status: code ?? 1, tail, logPath: '' })
  }
  return steps.map(({ prefix, script }, index) => ({
    prefix,
    ...(script !== undefined && { script }),
    env: parseDump(dumps[index] ?? ''),
  }))
}

async function runBash(text: string, env: EnvVars, { system, signal }: CaptureContext) {
  const directories = (env.PATH ?? '').split(path.delimiter).filter((entry) => path.isAbsolute(entry))
  const bash = await system.process.find('bash', directories)
  if (bash === undefined) throw programNotFoundOnPath('bash', directories)
  const args = ['--noprofile', '--norc', '-c', text]
  return system.process.capture({ program: bash, args, cwd: system.host.tempDirectory, env }, { signal })
}

/** Bash sets these itself; functions it exports are no variables of anybody else. */
const ownOfBash = /^(?:PWD|OLDPWD|SHLVL|_|BASH_FUNC_.*)$/

function parseDump(text: string): EnvVars {
  const entries = text.split('\0').flatMap((line): [string, string][] => {
    const equals = line.indexOf('=')
    return equals <= 0 ? [] : [[line.slice(0, equals), line.slice(equals + 1)]]
  })
  return Object.fromEntries(entries.filter(([name]) => !ownOfBash.test(name)))
}
