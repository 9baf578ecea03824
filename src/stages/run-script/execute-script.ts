/** Runs a resolved script in its environment: the common core of build scripts and test scripts. */
import path from 'node:path'
import type { Masker } from '../../events/index.js'
import type { Command, StageContext } from '../../system/index.js'
import { createTextBatch } from '../../text/index.js'
import { type Activation, readActivation } from './activation.js'
import { batchVariables, expandReferences, renderBatchBuild, renderBatchEnv } from './batch-wrapper.js'
import { buildEnvVars, type EnvVars, processEnvVars } from './environment/env-vars.js'
import type { EnvFacts } from './environment/facts.js'
import { platformTriple } from './environment/triples.js'
import { spellPath } from './environment/windows-path.js'
import { secretNotSet } from './errors.js'
import { describeFailure } from './failure.js'
import { createErrorFinder } from './first-error.js'
import { launch, type WrapCommand } from './launch.js'
import { type Placement, placeSections } from './place-sections.js'
import { readVariables, type VariableRead } from './read-variables.js'
import { collectSecrets, maskSuspectVariables } from './secrets.js'
import { type ResolvedScript, type ScriptText, sectionTexts } from './sections.js'
import { manualCommand, shellCommand } from './shell-command.js'
import { createPathShortener } from './shorten-paths.js'
import {
  type LineOrigin,
  type PlacedSection,
  renderBuildEnv,
  renderCondaBuild,
  type WrapperRequest,
} from './wrapper.js'

export interface ScriptRun {
  /** Identifier of the output, for events. */
  readonly output: string
  readonly script: ResolvedScript
  readonly facts: EnvFacts
  readonly wrap?: WrapCommand | undefined
  readonly timeoutMs?: number | undefined
  readonly requireSecrets?: boolean | undefined
}

export interface ScriptRunResult {
  readonly ms: number
  readonly logPath: string
}

export type ExecuteContext = StageContext & { readonly masker: Masker }

/** Writes the generated files, runs `conda_build.sh`, and rejects with `script/failed` when it does not end with 0. */
export async function executeScript(run: ScriptRun, context: ExecuteContext): Promise<ScriptRunResult> {
  const { facts, script } = run
  const { secrets, missing } = collectSecrets(script.secrets, context)
  const [unset] = run.requireSecrets ? missing : []
  if (unset !== undefined) throw secretNotSet(unset)
  const failureFile = failureFileOf(facts)
  const wrapper = await writeWrapper(run, context)
  const revealed = Object.fromEntries(secrets.map((secret) => [secret.name, secret.reveal()]))
  const processEnv = processEnvVars(facts, wrapper.processEnv, revealed)
  maskSuspectVariables(processEnv, context.masker)
  const command = await shellCommand(facts, processEnv, context)
  const log = await runLogged(command, run, context)
  if (log.result.aborted) throw context.signal.reason
  if (log.result.code !== 0) {
    const withheld = withheldVariables(wrapper.texts, facts.caller, processEnv)
    const failed = {
      ...wrapper,
      ...log,
      phase: facts.stage,
      failureFile,
      withheld,
      missingSecrets: missing,
      recipeDirectory: facts.recipeDirectory,
    }
    const directories = { work: facts.work, prefix: facts.prefix, buildPrefix: facts.buildPrefix }
    const manual = manualCommand(facts)
    throw await describeFailure({ ...failed, directories, manual, timeoutMs: run.timeoutMs }, context.system)
  }
  return { ms: log.result.ms, logPath: log.logPath }
}

/** The first command that fails notes itself here. */
function failureFileOf(facts: EnvFacts): string {
  return path.join(path.dirname(facts.work), '.krait-failure')
}

interface WrittenWrapper {
  /** Absolute path of `conda_build.sh`, or of `conda_build.bat`. */
  readonly path: string
  readonly lines: ReadonlyMap<number, LineOrigin>
  readonly sections: readonly PlacedSection[]
  /** What the process gets besides the variables of the build. */
  readonly processEnv: EnvVars
  /** All that the user wrote, for a look at the variables in it. */
  readonly texts: readonly ScriptText[]
}

/** Writes `build_env.sh`, `conda_build.sh` and the files of sections, without running anything. */
export async function writeWrapper(
  run: Pick<ScriptRun, 'facts' | 'script'>,
  context: StageContext,
): Promise<WrittenWrapper> {
  const { facts, script } = run
  const { fs } = context.system
  const failureFile = failureFileOf(facts)
  await fs.remove(failureFile)
  const sections = await placeSections(script.sections, placementOf(facts), context)
  const request = {
    workDirectory: facts.work,
    marker: facts.buildDirectory ?? facts.work,
    envVars: buildEnvVars(facts),
    scriptEnv: script.env,
    secrets: script.secrets,
    activations: await readActivations(facts, context),
    shellLevel: shellLevel(facts),
    hostTriple: platformTriple(facts.platforms.host),
    sections,
    failureFile,
  }
  const files = isWindows(facts) ? batchFiles(request) : bashFiles(request)
  await fs.writeFile(path.join(facts.work, files.env.name), files.env.text)
  const build = path.join(facts.work, files.build.name)
  await fs.writeFile(build, files.build.text, { mode: 0o755 })
  const texts = script.sections.flatMap(sectionTexts)
  return { path: build, lines: files.lines, processEnv: files.processEnv, sections, texts }
}

function bashFiles(request: WrapperRequest) {
  const { text, lines } = renderCondaBuild(request)
  return {
    env: { name: 'build_env.sh', text: renderBuildEnv(request) },
    build: { name: 'conda_build.sh', text },
    lines,
    processEnv: request.scriptEnv,
  }
}

function batchFiles(request: WrapperRequest) {
  const own = Object.entries(request.scriptEnv).map(
    ([name, value]) => [name, expandReferences(value, request.envVars)] as const,
  )
  const host = request.hostTriple === undefined ? {} : { HOST: request.hostTriple }
  return {
    env: { name: 'build_env.bat', text: renderBatchEnv(request) },
    build: { name: 'conda_build.bat', text: renderBatchBuild(request) },
    lines: new Map<number, LineOrigin>(),
    processEnv: { ...host, ...Object.fromEntries(own), ...batchVariables(request) },
  }
}

function isWindows(facts: EnvFacts): boolean {
  return facts.platforms.build.family === 'win'
}

function placementOf(facts: EnvFacts): Placement {
  const search = {
    platform: facts.platforms.build,
    buildPrefix: facts.buildPrefix,
    hostPrefix: facts.prefix,
    callerPath: facts.caller.PATH ?? '',
  }
  return { workDirectory: facts.work, prefix: facts.prefix, search }
}

/** Host first, then build: so the programs of the build prefix come first on PATH. */
export async function readActivations(
  facts: EnvFacts,
  context: Pick<StageContext, 'system' | 'emit'>,
): Promise<Activation[]> {
  const { build, host } = facts.platforms
  const scriptExtension = isWindows(facts) ? '.bat' : '.sh'
  const activations = [await readActivation(facts.prefix, { family: host.family, scriptExtension }, context)]
  if (facts.buildPrefix !== undefined && facts.buildPrefix !== facts.prefix) {
    const platform = { family: build.family, scriptExtension } as const
    activations.push(await readActivation(facts.buildPrefix, platform, context))
  }
  return activations
}

/** What CONDA_SHLVL becomes: only `none` isolation knows about an environment the caller is in. */
export function shellLevel(facts: EnvFacts): number {
  const inherited = facts.isolation === 'none' ? Number(facts.caller.CONDA_SHLVL ?? 0) : 0
  return (Number.isInteger(inherited) ? inherited : 0) + 1
}

const tailLines = 20
/** A card with more of a line could not be read, and looking for causes in it would take long. */
const longestTailLine = 2000
/** A trace of calls ends within so many. */
const recentLines = 200

async function runLogged(command: Command, run: ScriptRun, context: ExecuteContext) {
  const { facts } = run
  const places = { BUILD_PREFIX: facts.buildPrefix, PREFIX: facts.prefix, SRC_DIR: facts.work }
  const shorten = createPathShortener(places, (file) => spellPath(file, facts.platforms.build))
  const logPath = path.join(facts.work, 'conda_build.log')
  const tail: string[] = []
  const errors = createErrorFinder()
  const recent: string[] = []
  const log = context.system.fs.createWriteStream(logPath, { flags: 'a' })
  const closed = new Promise<void>((resolve, reject) => {
    log.once('error', reject)
    log.once('finish', resolve)
  })
  const batch = createTextBatch((text) => log.write(text))
  // The script still runs when the disk fills up; the failure is reported at its end.
  closed.catch(() => {})
  const onLine = (stream: 'stdout' | 'stderr', line: string) => {
    const text = shorten(line)
    batch.add(`${text}\n`)
    tail.push(text.slice(0, longestTailLine))
    errors.push(text)
    if (tail.length > tailLines) tail.shift()
    recent.push(line)
    if (recent.length > recentLines) recent.shift()
    context.emit({ type: 'script-line', output: run.output, phase: facts.stage, stream, text })
  }
  const options = { masker: context.masker, wrap: run.wrap, timeoutMs: run.timeoutMs, onLine }
  try {
    const result = await launch(command, options, context)
    return { result, tail, recent, logPath, firstError: errors.first() }
  } finally {
    batch.flush()
    log.end()
    await closed
  }
}

/** Variables the script reads, the caller has, and the process was not given. Names only, never values. */
function withheldVariables(texts: readonly ScriptText[], caller: EnvVars, given: EnvVars): VariableRead[] {
  return readVariables(texts)
    .filter(({ name }) => Object.hasOwn(caller, name) && !Object.hasOwn(given, name))
    .sort((left, right) => (left.name < right.name ? -1 : 1))
}
