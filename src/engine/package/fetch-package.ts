/** Puts a package that was named by path or URL where it can be read. */
import path from 'node:path'
import { stripCredentials } from '../../conda/index.js'
import { download, type StageContext } from '../../system/index.js'
import { packageFileMissing } from '../errors.js'
import { localPath } from '../local-path.js'
import { packageNotDownloaded } from './errors.js'

/** A package on this machine. */
export interface PackageFile {
  /** Absolute. */
  readonly path: string
  /** Name of the file, as the path or the URL has it. */
  readonly fileName: string
  /** What people gave, without credentials. */
  readonly shown: string
}

/** Gives the package to `work`; what was downloaded for it is removed afterwards. */
export async function withPackage<T>(
  given: string,
  context: StageContext,
  work: (file: PackageFile) => Promise<T>,
): Promise<T> {
  const { fs, host } = context.system
  if (!/^https?:\/\//.test(given)) return work(await localFile(given, context))
  const directory = await fs.makeTempDirectory(host.tempDirectory, 'krait-package-')
  try {
    return await work(await fetchFile(given, directory, context))
  } finally {
    await fs.remove(directory)
  }
}

async function localFile(given: string, { system }: StageContext): Promise<PackageFile> {
  const file = localPath(given, system.host.currentDirectory)
  if ((await system.fs.stat(file))?.type !== 'file') throw packageFileMissing(given)
  return { path: file, fileName: path.basename(file), shown: given }
}

async function fetchFile(given: string, directory: string, context: StageContext): Promise<PackageFile> {
  const { system, signal } = context
  const shown = stripCredentials(given)
  const last = decodeURIComponent(path.posix.basename(new URL(given).pathname))
  const fileName = /^[\w.+!-]+$/.test(last) ? last : 'package'
  const file = path.join(directory, 'package')
  const consume = { reset: () => {}, update: () => {} }
  const response = await download({ url: given, file, signal, consume }, system)
  if (response.status !== 200) {
    response.body.resume()
    throw packageNotDownloaded(shown, response.status)
  }
  return { path: file, fileName, shown }
}
