/** What can go wrong around a script. */
import { BuildError, type Warning } from '../../errors/index.js'
import type { Json, Span } from '../../text/index.js'

/**
 * The recipe asks for an interpreter that is not registered.
 * Usually a typing mistake; the hint names the nearest one.
 */
export function unknownInterpreter(name: string, nearest: string | undefined, field: string): BuildError {
  return new BuildError(`unsupported interpreter \`${name}\` in \`${field}\``, {
    code: 'script/unknown-interpreter',
    hint: nearest ? `Did you mean \`${nearest}\`?` : undefined,
    details: { name },
  })
}

/**
 * The script is TypeScript, which no interpreter runs as it is.
 * Compile it to JavaScript, or name the command that runs it in `build.script`.
 */
export function scriptNeedsCompiling(file: string): BuildError {
  return new BuildError(`\`${file}\` is TypeScript, which has to be compiled before it can run`, {
    code: 'script/needs-compiling',
    hint: 'write it as `.mjs`, or make `build.script` the command that runs it',
    details: { file },
  })
}

/**
 * The directory a script is to run in is not there.
 * `cwd` is relative to the host prefix, not to the work directory.
 */
export function scriptDirectoryNotFound(cwd: string, resolved: string): BuildError {
  return new BuildError(`script.cwd \`${cwd}\` resolved to ${resolved} which does not exist`, {
    code: 'script/cwd-not-found',
    hint: 'it is relative to the host prefix; for a directory of the sources, begin the script with `cd`',
    details: { cwd, resolved },
  })
}

/**
 * The program of an interpreter is neither in the build prefix nor in the host prefix nor on PATH.
 * Add its package to `requirements.build`.
 */
export function interpreterNotFound(
  name: string,
  add: { readonly packageName: string; readonly advice?: string | undefined },
  searched: readonly string[],
): BuildError {
  return new BuildError(`interpreter \`${name}\` was not found in the build environment`, {
    code: 'script/interpreter-not-found',
    hint:
      add.advice ??
      `Add \`${add.packageName}\` to the \`requirements/build\` section of your recipe so it is provided by the build environment.`,
    details: { name, searched },
  })
}

/**
 * `krait debug shell` and `krait debug run` know bash only, and the scripts of this build run on Windows.
 */
export function noShellHere(subdir: string): BuildError {
  return new BuildError(`not supported: running scripts for ${subdir} again`, {
    code: 'script/no-debug-shell',
    hint: 'go to the work directory (`krait debug workdir`) and run `conda_build.bat` there',
  })
}

/**
 * Scripts are started by bash, and there is none on PATH.
 */
export function programNotFoundOnPath(program: string, searched: readonly string[]): BuildError {
  return new BuildError(`\`${program}\` was not found on PATH`, {
    code: 'script/shell-not-found',
    hint: `install ${program}`,
    details: { searched },
  })
}

/**
 * The recipe names a script file that is not in the recipe directory.
 */
export function scriptFileNotFound(file: string, directory: string, nearest?: string): BuildError {
  return new BuildError(`script file \`${file}\` not found in ${directory}`, {
    code: 'script/file-not-found',
    hint: nearest ? `did you mean \`${nearest}\`?` : undefined,
    details: { file, directory },
  })
}

/**
 * Several portable build scripts lie beside the recipe and nothing says which one to run.
 * Set `build.script` to the right one.
 */
export function severalBuildScripts(names: readonly string[], directory: string): BuildError {
  return new BuildError(
    `more than one build script in ${directory}: ${names.map((n) => `\`${n}\``).join(', ')}`,
    {
      code: 'script/ambiguous',
      hint: 'set `build.script` to the one to run',
    },
  )
}

/**
 * The recipe has both a script file and script content.
 */
export function fileAndContent(span?: Span): BuildError {
  return new BuildError('`file` and `content` of a script are mutually exclusive', {
    code: 'script/file-and-content',
    span,
    hint: 'keep one of them',
  })
}

/**
 * A secret that the recipe declares is set to an empty value.
 * An empty value can't be masked, and is rarely what was meant; set it or unset it.
 */
export function emptySecret(name: string): BuildError {
  return new BuildError(`secret \`${name}\` is set but empty`, {
    code: 'script/empty-secret',
    hint: `give ${name} a value, or unset it`,
  })
}

/**
 * `--require-secrets` was given, and a secret that the recipe declares is not in the caller's environment.
 */
export function secretNotSet(name: string): BuildError {
  return new BuildError(`secret \`${name}\` listed in build.script.secrets is not set in the environment`, {
    code: 'script/secret-not-set',
    hint: `set ${name}, or leave --require-secrets out`,
  })
}

/**
 * A file in which a package keeps environment variables for activation can't be read.
 * The package that owns the file is broken.
 */
export function malformedEnvVars(file: string, reason: string): BuildError {
  return new BuildError(`Malformed JSON: not a plain JSON object in file \`${file}\`: ${reason}`, {
    code: 'script/malformed-env-vars',
    details: { file },
  })
}

/**
 * A template in an inline script can't be rendered.
 */
export function scriptTemplateFailed(reason: string, span?: Span): BuildError {
  return new BuildError(`Failed to render jinja template in build script content: ${reason}`, {
    code: 'script/template',
    span,
  })
}

/** A package sets an environment variable on activation to something that is no text (a warning): it is left out. */
export function oddEnvVar(name: string, file: string): Warning {
  const message = `environment variable ${name} has no string value (path: "${file}")`
  return { code: 'script/odd-env-var', message }
}

/** A secret that the recipe declares is not in the caller's environment (a warning); the script runs without it. */
export function missingSecret(name: string): Warning {
  return { code: 'script/missing-secret', message: `Secret ${name} not found in environment` }
}

/** A secret of up to three characters can't be masked (a warning): its value may show in logs. */
export function shortSecret(name: string): Warning {
  return { code: 'script/short-secret', message: `secret ${name} is too short to be masked in output` }
}

/** What the failure card shows, all plain data. */
export interface ScriptFailure {
  readonly [key: string]: Json | undefined
  readonly phase: 'build' | 'test'
  /** Exit status, 128 + n after a signal. */
  readonly status: number
  readonly signal?: string
  readonly ms: number
  /** Label of the step, when there are several. */
  readonly step?: string
  /** Where the failing command stands, as `file:line`, and its text. */
  readonly location?: string
  readonly command?: string
  readonly workDirectory: string
  readonly prefix: string
  readonly buildPrefix?: string
  /** The last lines the script wrote. */
  readonly tail: readonly string[]
  /** The first error that a compiler or another tool reported, and what it usually means. */
  readonly firstError?: { readonly tool: string; readonly text: string }
  readonly likely?: string
  /** Variables of the caller that the script uses and strict isolation withheld. */
  readonly withheld: readonly { readonly name: string; readonly location?: string }[]
  readonly missingSecrets: readonly string[]
  /** Present when the disk of the work directory is full. */
  readonly freeBytes?: number
  readonly logPath: string
  readonly recipeDirectory?: string
  /** The command that runs the script again, where that is not `./conda_build.sh`. */
  readonly manual?: string
}

/**
 * The script ended with an error.
 * The failing command, where it stands and its last output are shown; the directories are kept, so that
 * `cd <work directory> && ./conda_build.sh` repeats the run by hand.
 */
export function scriptFailed(failure: ScriptFailure): BuildError {
  const how = failure.signal
    ? `the script was killed by ${failure.signal} (${failure.status})`
    : `Script failed with status ${failure.status}${signalNote(failure.status)}`
  const details = Object.fromEntries(
    Object.entries(failure).filter((entry): entry is [string, Json] => entry[1] !== undefined),
  )
  return new BuildError(how, {
    code: failure.phase === 'test' ? 'test/script-failed' : 'script/failed',
    hint: /SIGKILL/.test(how) ? 'the machine may be out of memory' : undefined,
    details,
  })
}

/** The signals that end programs, with their numbers. */
export const signalNumbers: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
}

/** A shell gives 128 + n for a command that a signal ended. */
function signalNote(status: number): string {
  const [name] = Object.entries(signalNumbers).find(([, number]) => status === 128 + number) ?? []
  return name === undefined ? '' : `: a command was killed by ${name}`
}

/**
 * A script that a package runs on activation failed before the build script started.
 * The package named in the message is broken, or lacks a dependency.
 */
export function activationFailed(
  script: string,
  owner: string | undefined,
  failure: Pick<ScriptFailure, 'status' | 'tail' | 'logPath'>,
): BuildError {
  const of = owner ? ` of package ${owner}` : ''
  return new BuildError(`activation script \`${script}\`${of} failed (exit ${failure.status})`, {
    code: 'script/activation-failed',
    details: { script, tail: failure.tail, logPath: failure.logPath },
  })
}

/**
 * The script took longer than `--build-timeout` allows; it and all its children were ended.
 */
export function scriptTimedOut(
  seconds: number,
  { tail, logPath, workDirectory }: Pick<ScriptFailure, 'tail' | 'logPath' | 'workDirectory'>,
): BuildError {
  return new BuildError(`the script did not end within ${seconds} s and was stopped`, {
    code: 'script/timeout',
    hint: 'give it more time with --build-timeout, or look where it stands in its last lines',
    details: {
      tail,
      logPath,
      workDirectory,
      explanation: [...tail.map((line) => `| ${line}`), `log ${logPath}`],
    },
  })
}
