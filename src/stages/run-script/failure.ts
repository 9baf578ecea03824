/** Finds out what exactly failed, in the user's own lines. */
import path from 'node:path'
import type { BuildError } from '../../errors/index.js'
import type { ProcessResult, System } from '../../system/index.js'
import { activationFailed, type ScriptFailure, scriptFailed, scriptTimedOut } from './errors.js'
import { locateFailure } from './locate-failure.js'
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
  readonly withheld: readonly string[]
  readonly missingSecrets: readonly string[]
  readonly logPath: string
  readonly timeoutMs: number | undefined
}

/** The error for a script that did not end with 0. */
export async function describeFailure(run: FailedRun, system: System): Promise<BuildError> {
  if (run.result.timedOut) return scriptTimedOut((run.timeoutMs ?? 0) / 1000)
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

const signalNumbers: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGABRT: 6,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
}

function toFailure(run: FailedRun, noted: FailureNote | undefined): ScriptFailure {
  const { result, directories } = run
  const own = noted && (run.lines.get(noted.line) ?? onlyLine(run))
  const told = own ? undefined : locateFailure(run.sections, run.recent)
  const origin = own ?? told
  const command = told ? told.text : withoutSubshell(noted?.command)
  return {
    phase: run.phase,
    status: result.code ?? 128 + (signalNumbers[result.signal ?? ''] ?? 0),
    ...(result.signal !== undefined && { signal: result.signal }),
    ms: Math.round(result.ms),
    ...(origin && { location: `${origin.file}:${origin.line}` }),
    // A whole subshell as the failing command says nothing.
    ...(command && command !== '(' && { command }),
    workDirectory: directories.work,
    prefix: directories.prefix,
    ...(directories.buildPrefix !== undefined && { buildPrefix: directories.buildPrefix }),
    tail: run.tail,
    withheld: run.withheld,
    missingSecrets: run.missingSecrets,
    logPath: run.logPath,
    ...(run.manual !== undefined && { manual: run.manual }),
  }
}

/** The first line of a command; the parentheses around it are the wrapper's. */
function withoutSubshell(command: string | undefined): string | undefined {
  return command?.split('\n')[0]?.replace(/^\( (.*) \)$/, '$1')
}

/** Bash says of a subshell with a single command only that the subshell failed. */
function onlyLine({ sections, lines }: FailedRun): LineOrigin | undefined {
  const [section, other] = sections
  if (section === undefined || section.command || other) return undefined
  return lines.size === 1 ? [...lines.values()][0] : undefined
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
