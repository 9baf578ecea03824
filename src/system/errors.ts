/** Failures of the machine, with operation and path. */
import { stripCredentials } from '../conda/index.js'
import { BuildError, type Warning } from '../errors/index.js'

/** The shape of the errors Node throws for failed system calls. */
export interface NodeError extends Error {
  readonly code?: string
}

/**
 * A file operation failed. The code tells the cases apart that people can act on.
 * Usually the path in the message is wrong, belongs to somebody else, or the disk is full.
 */
export function fileOperationFailed(operation: string, path: string, cause: NodeError): BuildError {
  switch (cause.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return noSpace(operation, path, cause)
    case 'EMFILE':
    case 'ENFILE':
      return tooManyOpenFiles(operation, path, cause)
    case 'ENOENT':
      return notFound(operation, path, cause)
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return permissionDenied(operation, path, cause)
    default:
      return inputOutput(operation, path, cause)
  }
}

/**
 * The disk, or the user's quota on it, is full.
 * Nothing half-written is left under its final name; free some space and run the same command again.
 */
export function noSpace(operation: string, path: string, cause: NodeError): BuildError {
  return new BuildError(`no space left on the device: cannot ${operation} \`${path}\``, {
    code: 'system/no-space',
    cause,
    hint: 'free some space there, or choose another place with --output-dir',
    details: { path },
  })
}

/**
 * No more files may be open at the same time: the limit of the shell that krait was called in, or of the machine, is too low.
 * 80 are enough for krait itself; compilers and other programs that scripts run may want more.
 */
export function tooManyOpenFiles(operation: string, path: string, cause: NodeError): BuildError {
  const hint =
    cause.code === 'ENFILE'
      ? 'the limit of the whole machine is reached: end other programs, or raise `sysctl fs.file-max`'
      : 'the limit of open files is too low: `ulimit -n` shows it, `ulimit -n 1024` raises it; krait needs 80'
  return new BuildError(`too many open files: cannot ${operation} \`${path}\``, {
    code: 'system/too-many-open-files',
    cause,
    hint,
    details: { path },
  })
}

/**
 * The directory for temporary files cannot be used: it does not exist, is no directory, or belongs to somebody else.
 * TMPDIR names it, else TMP or TEMP. Building needs none; looking into packages and environments does.
 * @param variable the one that names the directory; undefined when none is set
 */
export function tempDirectoryUnusable(
  directory: string,
  variable: string | undefined,
  cause: NodeError,
): BuildError {
  const reason =
    { ENOENT: 'does not exist', ENOTDIR: 'is no directory' }[cause.code ?? ''] ?? 'cannot be written to'
  const name = variable ?? 'TMPDIR'
  const named = variable === undefined ? '' : `, which \`${variable}\` names,`
  return new BuildError(`the directory for temporary files \`${directory}\`${named} ${reason}`, {
    code: 'system/temp-directory',
    cause,
    hint: `make it (\`mkdir -p\`), or let \`${name}\` name a directory that you can write to`,
    details: { path: directory },
  })
}

/**
 * A file or directory that has to exist does not.
 * Check the spelling of the path in the message.
 */
export function notFound(operation: string, path: string, cause: NodeError): BuildError {
  return new BuildError(`cannot ${operation} \`${path}\`: no such file or directory`, {
    code: 'system/not-found',
    hint: 'check the path; something may have removed it meanwhile',
    cause,
    details: { path },
  })
}

/**
 * The directory that krait was called in was removed, or may not be looked at.
 * Change to another one; a directory that was made anew under the same name is another one, too.
 */
export function currentDirectoryMissing(cause: unknown): BuildError {
  return new BuildError('the current directory does not exist any more', {
    code: 'system/no-current-directory',
    hint: 'change to another directory: `cd` without a word goes home, `cd "$PWD"` to what is there now',
    cause,
  })
}

/**
 * The user krait runs as may not do this.
 * Check owner and mode of the path in the message, and whether its file system is mounted read-only.
 */
export function permissionDenied(operation: string, path: string, cause: NodeError): BuildError {
  return new BuildError(`cannot ${operation} \`${path}\`: permission denied`, {
    code: 'system/permission',
    hint: 'check who owns it: `ls -ld` shows it',
    cause,
    details: { path },
  })
}

/**
 * Any other failure of a file operation; the message ends with what the operating system said.
 */
export function inputOutput(operation: string, path: string, cause: NodeError): BuildError {
  return new BuildError(`cannot ${operation} \`${path}\`: ${cause.message}`, {
    code: 'system/io',
    hint: 'the end of the message is what the operating system said; check the disk and where the path leads',
    cause,
    details: { path },
  })
}

/**
 * A program that is needed is not on this machine.
 * Install it, or add its package to `requirements.build` of the recipe.
 */
export function programNotFound(program: string, cause?: unknown): BuildError {
  return new BuildError(`the program \`${program}\` was not found`, {
    code: 'system/program-not-found',
    cause,
    hint: `install \`${program}\`, or add its package to \`requirements.build\``,
    details: { program },
  })
}

/**
 * A helper program (git, zstd, patchelf, ...) ended with an error.
 * The message carries the end of what it wrote to standard error.
 */
export function programFailed(program: string, code: number | undefined, stderr: string): BuildError {
  const said = stderr.trim().split('\n').slice(-3).join(' / ')
  return new BuildError(`\`${program}\` failed with status ${code ?? 'unknown'}${said ? `: ${said}` : ''}`, {
    code: 'system/program-failed',
    details: { program, status: code ?? -1 },
  })
}

/**
 * A request over the network got no usable answer after all retries.
 * Check the address, the proxy variables and, behind a company proxy, SSL_CERT_FILE.
 */
export function requestFailed(url: string, cause: unknown): BuildError {
  const reason = cause instanceof Error ? rootMessage(cause) : String(cause)
  return new BuildError(`request failed after 3 retries: ${url}: ${reason}`, {
    code: 'system/request-failed',
    hint: 'check the address and the network, or the proxy settings, and run the command again',
    cause,
    details: { url },
  })
}

/**
 * A server redirects from one address to the next without an end, often because it wants a login or cookies.
 * Open the address in a browser, and use the one where it ends.
 */
export function tooManyRedirects(url: string, most: number): BuildError {
  const shown = stripCredentials(url)
  return new BuildError(`more than ${most} redirects: \`${shown}\` leads in circles`, {
    code: 'system/too-many-redirects',
    hint: 'open the address in a browser, and use the one where it ends',
    details: { url: shown },
  })
}

function rootMessage(error: Error): string {
  return error.cause instanceof Error ? rootMessage(error.cause) : error.message
}

/**
 * An override of a virtual package (`CONDA_OVERRIDE_GLIBC` and the like) is not a version.
 * Set it to a version, or to the empty string to remove the package.
 */
export function badVirtualPackage(reason: string): BuildError {
  return new BuildError(`a virtual package cannot be described: ${reason}`, {
    code: 'solve/bad-virtual-package',
    hint: 'set the variable to a version such as `2.28`, or to nothing',
  })
}

/**
 * `--offline` is on and something is needed from the network that no earlier run has left in the cache.
 * Run the command once without it, or `krait fetch` for the sources of a recipe.
 */
export function offline(url: string): BuildError {
  const shown = stripCredentials(url)
  return new BuildError(`network access is disabled by offline mode: \`${shown}\` is not in the cache`, {
    code: 'system/offline',
    hint: 'run the command once without `--offline`; what it fetches is kept',
    details: { url: shown },
  })
}

/**
 * A file with credentials that was named (`--auth-file`, `RATTLER_AUTH_FILE`, `NETRC`) cannot be used. This is a
 * warning: hosts that need no credentials answer all the same.
 */
export function unusableCredentials(file: string, reason: string): Warning {
  return {
    code: 'system/credentials',
    message: `no credentials are read from \`${file}\`: ${reason}`,
    hint: 'check the path, and that the file is a JSON object from host to credential, or a netrc file',
  }
}
