/** Finds out what exactly failed, in the user's own lines. */
import path from 'node:path'
import type { BuildError } from '../../errors/index.js'
import type { ProcessResult, System } from '../../system/index.js'
import {
  activationFailed,
  type ScriptFailure,
  scriptFailed,
  scriptTimedOut,
  signalNumbers,
} from './errors.js'
import type { FirstError } from './first-error.js'
import { likelyCause } from './likely-cause.js'
import { locateExit, locateFailure } from './locate-failure.js'
import type { VariableRead } from './read-variables.js'
import type { LineOrigin, PlacedSection } from './wrapper.js'

export interface FailedRun {
  readonly phase: 'build' | 'test'
  readonly result: ProcessResult
  readonly failureFile: string
  /** Lines of `conda_build.sh` that the user wrote. */
  readonly lines: ReadonlyMap<number, LineOrigin>
  readonly directories: {
    readonly work: string
    readonly prefix: string
    readonly buildPrefix: string | undefined
  }
  readonly tail: readonly string[]
  /** The last lines the script wrote, with whole paths. */
  readonly recent: readonly string[]
  readonly sections: readonly PlacedSection[]
  /** What runs the script again, where that is not `./conda_build.sh`. */
  readonly manual: string | undefined
  readonly withheld: readonly VariableRead[]
  readonly missingSecrets: readonly string[]
  readonly firstError: FirstError | undefined
  readonly logPath: string
  readonly recipeDirectory: string | undefined
  readonly timeoutMs: number | undefined
}

/** The error for a script that did not end with 0. */
export async function describeFailure(run: FailedRun, system: System): Promise<BuildError> {
  const { tail, logPath, directories } = run
  if (run.result.timedOut) {
    return scriptTimedOut((run.timeoutMs ?? 0) / 1000, { tail, logPath, workDirectory: directories.work })
  }
  const noted = await readNote(run.failureFile, system)
  const failure = { ...toFailure(run, noted), ...(await diskFacts(run.directories.work, system)) }
  if (noted && /\/etc\/conda\/activate\.d\//.test(noted.source)) {
    return activationFailed(noted.source, await ownerOf(noted.source, run, system), failure)
  }
  return scriptFailed(failure)
}

/** Less than this and a full disk is the likely reason for any failure. */
const fullDiskBytes = 1 << 20

async function diskFacts(work: string, system: System): Promise<{ readonly freeBytes?: number }> {
  const freeBytes = await system.fs.freeBytes(work)
  return freeBytes < fullDiskBytes ? { freeBytes } : {}
}

interface FailureNote {
  readonly source: string
  readonly line: number
  readonly command: string
}

async function readNote(file: string, system: System): Promise<FailureNote | undefined> {
  if (!(await system.fs.stat(file))) return undefined
  const [, source = '', line = '0', ...command] = (await system.fs.readText(file)).split('\t')
  return { source, line: Number(line), command: command.join('\t') }
}

function toFailure(run: FailedRun, noted: FailureNote | undefined): ScriptFailure {
  const { result, directories, firstError } = run
  const label = noted && run.lines.get(noted.line)?.section.label
  const likely = likelyCause([...(firstError ? [firstError.text] : []), ...run.tail])
  return {
    phase: run.phase,
    status: result.code ?? 128 + (signalNumbers[result.signal ?? ''] ?? 0),
    ...(result.signal !== undefined && { signal: result.signal }),
    ms: Math.round(result.ms),
    ...(label !== undefined && { step: label }),
    ...placeOf(noted, run),
    workDirectory: directories.work,
    prefix: directories.prefix,
    ...(directories.buildPrefix !== undefined && { buildPrefix: directories.buildPrefix }),
    tail: run.tail,
    ...(firstError && { firstError: { ...firstError } }),
    ...(likely !== undefined && { likely }),
    withheld: run.withheld.map((read) => ({ ...read })),
    missingSecrets: run.missingSecrets,
    logPath: run.logPath,
    ...(run.recipeDirectory !== undefined && { recipeDirectory: run.recipeDirectory }),
    ...(run.manual !== undefined && { manual: run.manual }),
  }
}

interface Place {
  readonly location?: string
  readonly command?: string
}

/** Where the failing command stands, and its text. */
function placeOf(noted: FailureNote | undefined, run: FailedRun): Place {
  // Cmd notes nothing; what runs in it may tell. Bash notes no line that it cannot read.
  if (noted === undefined) return locateFailure(run.sections, run.recent) ?? toldByBash(run) ?? {}
  const origin = run.lines.get(noted.line)
  const [command = ''] = noted.command.split('\n')
  // Programs of other languages say themselves where they stopped.
  if (origin?.section.command) return locateFailure([origin.section], run.recent) ?? { command }
  // For bash the whole section has failed when it was left with `exit`; the trace knows the last command.
  if (command.startsWith('(') && origin) {
    return toldByBash(run) ?? locateExit(origin.section, run.tail) ?? onlyLine(origin.section, run) ?? {}
  }
  const location = origin?.location
  return { ...(location !== undefined && { location }), ...(command.startsWith('(') ? {} : { command }) }
}

/** No trap sees a line that bash cannot read, or an unset variable; it tells them, after the last command that it traces. */
function toldByBash({ recent, lines }: FailedRun): Place | undefined {
  for (const said of recent.toReversed()) {
    if (/^\++ /.test(said)) return undefined
    const [, line, message = ''] =
      /\/conda_build\.sh: line (\d+): (.*(?:syntax error|unexpected|unbound variable).*)/.exec(said) ?? []
    const location = line === undefined ? undefined : lines.get(Number(line))?.location
    if (location !== undefined) return { location, command: message }
  }
  return undefined
}

/** Bash says of a subshell with a single command only that the subshell failed. */
function onlyLine(section: PlacedSection, { lines }: FailedRun): Place | undefined {
  const places = [...lines.values()].filter((line) => line.section === section && line.location !== undefined)
  const [only] = places
  return only?.location !== undefined && places.length === 1
    ? { location: only.location, command: section.text.trim() }
    : undefined
}

/** Name of the package whose record lists the file. */
async function ownerOf(script: string, run: FailedRun, system: System): Promise<string | undefined> {
  const prefixes = [run.directories.prefix, run.directories.buildPrefix]
  const prefix = prefixes.find((candidate) => candidate && script.startsWith(`${candidate}/`))
  if (prefix === undefined) return undefined
  const relative = path.relative(prefix, script)
  for (const name of await system.fs.list(path.join(prefix, 'conda-meta'))) {
    if (!name.endsWith('.json')) continue
    const record = JSON.parse(
      await system.fs.readText(path.join(prefix, 'conda-meta', name)),
    ) as InstalledFiles
    if (record.files?.includes(relative)) return record.name
  }
  return undefined
}

interface InstalledFiles {
  readonly name: string
  readonly files?: readonly string[]
}
