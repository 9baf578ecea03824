/** Decides what is run: from the forms a recipe may use to sections with an interpreter (spec: build.md 3). */
import path from 'node:path'
import type { Platform } from '../../conda/index.js'
import type { RenderedScript, RenderedStep } from '../../recipe/index.js'
import type { StageContext, System } from '../../system/index.js'
import { closest } from '../../text/index.js'
import { findInterpreterOfFile, type Interpreter, type InterpreterRegistry, nativeShell } from './contract.js'
import { discoverScript } from './discover-script.js'
import { fileAndContent, scriptFileNotFound, scriptNeedsCompiling } from './errors.js'
import { requireInterpreter } from './require-interpreter.js'
import type { ResolvedScript, ScriptSection, ScriptText } from './sections.js'

export interface ScriptRequest {
  /** Absent: look for `build.sh` and its relatives beside the recipe. */
  readonly script: RenderedScript | undefined
  readonly steps?: readonly RenderedStep[] | undefined
  /** Relative script files are looked up here. */
  readonly recipeDirectory: string
  readonly interpreters: InterpreterRegistry
  /** The platform the script runs on: its shell runs what names no interpreter. */
  readonly platform: Platform
  /** Renders `${{ }}` in inline text just before it runs. */
  readonly renderContent: (text: ScriptText) => string
  /** Where a value of the rendered script was written; `pointer` is relative to the script, for example `/0`. */
  readonly locate: (pointer: string) => ScriptText['origin'] | undefined
}

/** The sections to run; none when the recipe says so or when nothing was found. */
export async function resolveScript(
  request: ScriptRequest,
  context: ResolveContext,
): Promise<ResolvedScript> {
  if (request.steps) return { sections: resolveSteps(request.steps, request), env: {}, secrets: [] }
  const form = normalize(request.script)
  const env = form.env ?? {}
  const secrets = form.secrets ?? []
  const section = await resolveSection(form, request, context)
  return { sections: section ? [section] : [], env, secrets }
}

type ResolveContext = Pick<StageContext, 'system' | 'emit'>

interface ScriptForm {
  readonly interpreter?: string
  readonly env?: Readonly<Record<string, string>>
  readonly secrets?: readonly string[]
  readonly cwd?: string
  readonly file?: string
  /** Commands that are certainly not a file name. */
  readonly commands?: readonly string[]
  /** One line that is the name of a script file or a command. */
  readonly commandOrPath?: string
}

function normalize(script: RenderedScript | undefined): ScriptForm {
  if (script === undefined) return {}
  if (typeof script === 'string')
    return script.includes('\n') ? { commands: [script] } : { commandOrPath: script }
  if (isList(script)) return { commands: script }
  const { content, ...rest } = script
  if (content === undefined) return rest
  if (rest.file !== undefined) throw fileAndContent()
  return { ...rest, commands: typeof content === 'string' ? [content] : content }
}

function isList(script: Exclude<RenderedScript, string>): script is readonly string[] {
  return Array.isArray(script)
}

async function resolveSection(
  form: ScriptForm,
  request: ScriptRequest,
  context: ResolveContext,
): Promise<ScriptSection | undefined> {
  const options = {
    ...(form.interpreter !== undefined && { calledAs: form.interpreter }),
    ...(form.cwd !== undefined && { cwd: form.cwd }),
    env: {},
  }
  const named =
    form.interpreter === undefined
      ? undefined
      : requireInterpreter(form.interpreter, request.interpreters, 'build.script.interpreter')
  if (form.commands) {
    const commands = form.commands.filter((command) => command.trim() !== '')
    if (commands.length === 0) return undefined
    return { interpreter: named ?? shell(request), body: inline(commands, request, ''), ...options }
  }
  const file = await findScriptFile(form, request, context)
  if (file === undefined && form.commandOrPath) {
    return {
      interpreter: named ?? shell(request),
      body: inline([form.commandOrPath], request, ''),
      ...options,
    }
  }
  if (file === undefined) return undefined
  const interpreter = named ?? interpreterOf(file, request)
  return {
    interpreter,
    body: { kind: 'file', path: file, text: await context.system.fs.readText(file) },
    ...options,
  }
}

function resolveSteps(steps: readonly RenderedStep[], request: ScriptRequest): ScriptSection[] {
  return steps.map((step, index) => ({
    label: `step ${index}`,
    interpreter: step.interpreter
      ? requireInterpreter(step.interpreter, request.interpreters, 'build.steps[].interpreter')
      : shell(request),
    ...(step.interpreter && { calledAs: step.interpreter }),
    body: inline(step.run, request, `/${index}/run`),
    env: step.env ?? {},
    ...(step.cwd !== undefined && { cwd: step.cwd }),
    ...(step.reusable === true && { isReusable: true }),
  }))
}

function inline(commands: readonly string[], request: ScriptRequest, pointer: string): ScriptSection['body'] {
  const texts = commands.map((text, index) => {
    const origin = request.locate(`${pointer}/${index}`) ?? request.locate(pointer)
    const place = origin === undefined ? {} : { origin }
    return { text: request.renderContent({ text, ...place }), ...place }
  })
  return { kind: 'inline', commands: texts }
}

async function findScriptFile(
  form: ScriptForm,
  request: ScriptRequest,
  context: ResolveContext,
): Promise<string | undefined> {
  const { system } = context
  if (form.file !== undefined) return requireFile(form.file, request, system)
  if (form.commandOrPath === undefined) {
    return discoverScript(request.recipeDirectory, request.platform, context)
  }
  const found = await existingFile(form.commandOrPath, request, system)
  if (found === undefined && looksLikeScriptFile(form.commandOrPath, request)) {
    throw await missingFile(form.commandOrPath, request, system)
  }
  return found
}

async function requireFile(file: string, request: ScriptRequest, system: System): Promise<string> {
  const found = await existingFile(file, request, system)
  if (found === undefined) throw await missingFile(file, request, system)
  return found
}

/** A name without extension stands for the same name with that of a native script. */
async function existingFile(
  file: string,
  request: ScriptRequest,
  system: System,
): Promise<string | undefined> {
  const native = request.platform.family === 'win' ? ['.bat', '.ps1'] : ['.sh']
  const isBare = path.extname(file) === '' && !/\s/.test(file)
  for (const candidate of isBare ? native.map((extension) => file + extension) : [file]) {
    const absolute = path.resolve(request.recipeDirectory, candidate)
    if ((await system.fs.stat(absolute))?.type === 'file') return absolute
  }
  return undefined
}

/** `bulid.sh` would become a command that does not exist; saying so early is kinder. */
function looksLikeScriptFile(text: string, request: ScriptRequest): boolean {
  // A name with a template is never a file's.
  return !/[\s/]|\$\{\{|\$<</.test(text) && findInterpreterOfFile(request.interpreters, text) !== undefined
}

async function missingFile(file: string, request: ScriptRequest, system: System) {
  const names = await system.fs.list(request.recipeDirectory)
  return scriptFileNotFound(file, request.recipeDirectory, closest(file, names))
}

/** A file whose extension nobody knows is the shell's. */
function interpreterOf(file: string, request: ScriptRequest): Interpreter {
  if (/\.[cm]?tsx?$/i.test(file)) throw scriptNeedsCompiling(file)
  return findInterpreterOfFile(request.interpreters, file) ?? shell(request)
}

function shell(request: ScriptRequest): Interpreter {
  return requireInterpreter(nativeShell(request.platform), request.interpreters, 'build.script.interpreter')
}
