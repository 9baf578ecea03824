/** Where a build happens (spec: contract.md 4, build.md 2.1). */
import path from 'node:path'
import { outputPathTooLong } from './errors.js'
import type { Directories } from './types.js'

/** Length of every host prefix but those on Windows, in bytes: replacing it in binaries can only shorten it. */
export const prefixLength = 255

export interface DirectoryRequest {
  readonly recipeDirectory: string
  readonly outputDirectory: string
  /** Normalised name of the output. */
  readonly name: string
  /** Unique number of the build, usually the second it started; absent with `--no-build-id`. */
  readonly buildId: number | undefined
  readonly mergeBuildAndHost: boolean
  /** The script runs on Windows: its host prefix is short there, because nothing replaces it in binaries. */
  readonly isWindows: boolean
}

const windowsPrefix = 'h_env'

/** The directories of one build; nothing is created. */
export function buildDirectories(request: DirectoryRequest): Directories {
  const id = request.buildId === undefined ? '' : `_${request.buildId}`
  return directoriesIn(
    path.join(request.outputDirectory, 'bld', `rattler-build_${request.name}${id}`),
    request,
  )
}

function directoriesIn(build: string, request: Omit<DirectoryRequest, 'name' | 'buildId'>): Directories {
  const host = request.isWindows
    ? path.join(build, windowsPrefix)
    : padPrefix(path.join(build, 'host_env'), request.outputDirectory)
  return {
    recipe: request.recipeDirectory,
    output: request.outputDirectory,
    build,
    work: path.join(build, 'work'),
    host,
    buildPrefix: request.mergeBuildAndHost ? host : path.join(build, 'build_env'),
  }
}

/** The same directories for another build id, when the first one is taken. */
export function moveDirectories(
  directories: Directories,
  request: { readonly name: string; readonly buildId: number },
): Directories {
  return buildDirectories({ ...request, ...sameRequest(directories) })
}

/** The same directories below a build directory of any name. @param build absolute */
export function placeDirectories(directories: Directories, build: string): Directories {
  return directoriesIn(build, sameRequest(directories))
}

function sameRequest(directories: Directories): Omit<DirectoryRequest, 'name' | 'buildId'> {
  return {
    recipeDirectory: directories.recipe,
    outputDirectory: directories.output,
    mergeBuildAndHost: directories.buildPrefix === directories.host,
    isWindows: path.basename(directories.host) === windowsPrefix,
  }
}

function padPrefix(prefix: string, outputDirectory: string): string {
  const missing = prefixLength - Buffer.byteLength(prefix)
  if (missing < 0) throw outputPathTooLong(outputDirectory, Buffer.byteLength(outputDirectory) + missing)
  return prefix + '_placehold'.repeat(Math.ceil(missing / 10)).slice(0, missing)
}
