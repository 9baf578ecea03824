/** Files, by Node; every failure names its operation and path. */
import { constants, createReadStream, createWriteStream, readFileSync, statSync } from 'node:fs'
import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { isBuildError } from '../errors/index.js'
import { fileOperationFailed, type NodeError, tempDirectoryUnusable } from './errors.js'
import { listWithInfo, lookAt, lookBehindLinks, missing } from './file-info.js'
import { createDirectories, linkFiles } from './link-files.js'
import { readExactly, readInto, readRange, readWhole } from './read-file.js'
import { removeEmptyDirectory, removeTree, unlinkFiles } from './remove-tree.js'
import type { FileSystem } from './types.js'
import { walk } from './walk.js'
import { watchTree } from './watch.js'
import { flushFile, writeFile, writeFileAtomic, writeTogether } from './write-file.js'

export const nodeFileSystem: FileSystem = {
  watch: watchTree,
  readText: (file) => attempt('read', file, async () => (await readWhole(file)).toString('utf8')),
  readBytes: (file) => attempt('read', file, () => readWhole(file)),
  readTextSync,
  readRange: (file, offset, length) => attempt('read', file, () => readRange(file, offset, length)),
  readInto: (file, offset, target) => attempt('read', file, () => readInto(file, offset, target)),
  readExactly: (file, target, modifiedMs) =>
    attempt('read', file, () => readExactly(file, target, modifiedMs)),
  digestFiles: async (work) => (await import('./digest-files.js')).digestFiles(work),
  createReadStream: (file, range = {}) => createReadStream(file, { highWaterMark: 1 << 20, ...range }),
  createWriteStream: (file, options = {}) => createWriteStream(file, { highWaterMark: 1 << 20, ...options }),
  writeFile: (file, content, options) => attempt('write', file, () => writeFile(file, content, options)),
  writeRange: (file, offset, bytes) => attempt('write', file, () => writeRange(file, offset, bytes)),
  flush: (file) => attempt('write', file, () => flushFile(file)),
  writeFileAtomic: (file, content, options) =>
    attempt('write', file, () => writeFileAtomic(file, content, options)),
  writeTogether: (files) => attempt('write', files[0]?.file ?? '', () => writeTogether(files)),
  appendFile: (file, content) => attempt('append to', file, () => fs.appendFile(file, content)),
  createExclusive: (file, content) =>
    unlessExists('create', file, () => fs.writeFile(file, content, { flag: 'wx' })),
  makeDirectory: (directory) => attempt('create directory', directory, () => makeDirectory(directory)),
  createDirectory: (directory) => unlessExists('create directory', directory, () => fs.mkdir(directory)),
  createDirectories: (directories) =>
    attempt('create directories of', directories[0] ?? '', () => createDirectories(directories)),
  makeTempDirectory: (parent, prefix, options) =>
    attempt('create a directory in', parent, () =>
      options?.makesParent ? makeBelow(parent, prefix) : makeIn(parent, prefix),
    ),
  remove: (target) => attempt('remove', target, () => removeTree(target)),
  rename: (from, to) => attempt(`move \`${from}\` to`, to, () => fs.rename(from, to)),
  copyFile: (from, to) =>
    attempt(`copy \`${from}\` to`, to, () => fs.copyFile(from, to, constants.COPYFILE_FICLONE)),
  symlink: (target, link) => attempt('create link', link, () => fs.symlink(target, link)),
  readLink: (link) => attempt('read link', link, () => fs.readlink(link)),
  chmod: (file, mode) => attempt('change the mode of', file, () => fs.chmod(file, mode)),
  setTimes: (file, mtimeMs) =>
    attempt('set the time of', file, () => fs.lutimes(file, mtimeMs / 1000, mtimeMs / 1000)),
  lstat: (file) => unlessMissing('look at', file, async () => lookAt(file)),
  stat: (file) => unlessMissing('look at', file, async () => lookBehindLinks(file)),
  realPath: (file) => attempt('resolve', file, () => fs.realpath(file)),
  list: async (directory) =>
    (await unlessMissing('list', directory, async () => (await fs.readdir(directory)).sort())) ?? [],
  listWithInfo: async (directory) =>
    (await unlessMissing('list', directory, async () => listWithInfo(directory))) ?? [],
  walk: (root, skip) => attempt('list', root, () => walk(root, skip)),
  linkFiles: (requests, onProgress) =>
    attempt('link files to', requests[0]?.to ?? '', () => linkFiles(requests, onProgress)),
  unlinkFiles: (files) => attempt('remove files of', files[0] ?? '', () => unlinkFiles(files)),
  removeEmptyDirectory: (directory) =>
    attempt('remove directory', directory, () => removeEmptyDirectory(directory)),
  freeBytes: (file) =>
    attempt('look at the disk of', file, async () => {
      const stats = await fs.statfs(file)
      return stats.bavail * stats.bsize
    }),
}

function readTextSync(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw fileOperationFailed('read', file, error as NodeError)
  }
}

async function attempt<T>(operation: string, file: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    throw isBuildError(error) ? error : fileOperationFailed(operation, file, error as NodeError)
  }
}

/** That the directory for temporary files is the one that cannot be used is a thing of the caller's environment. */
async function makeIn(parent: string, prefix: string): Promise<string> {
  try {
    return await fs.mkdtemp(path.join(parent, prefix))
  } catch (error) {
    const { code = '' } = error as NodeError
    if (parent !== os.tmpdir() || !/^(?:ENOENT|ENOTDIR|EACCES|EPERM|EROFS)$/.test(code)) throw error
    // In the order in which Node asks for them.
    const variable = ['TMPDIR', 'TMP', 'TEMP'].find((name) => process.env[name])
    throw tempDirectoryUnusable(parent, variable, error as NodeError)
  }
}

async function unlessExists(operation: string, file: string, action: () => Promise<void>): Promise<boolean> {
  try {
    await action()
    return true
  } catch (error) {
    if ((error as NodeError).code === 'EEXIST') return false
    throw fileOperationFailed(operation, file, error as NodeError)
  }
}

/** The recursive mkdir of Node never ends where the system answers "no such directory" to a name it does not want. */
async function makeDirectory(directory: string): Promise<void> {
  try {
    await fs.mkdir(directory)
  } catch (error) {
    const { code } = error as NodeError
    if (code === 'ENOENT' && path.dirname(directory) !== directory) {
      await makeDirectory(path.dirname(directory))
      await fs.mkdir(directory).catch((again: NodeError) => {
        if (again.code !== 'EEXIST') throw again
      })
      return
    }
    // Others than EEXIST can be said of a directory that is there, for example on a read-only disk.
    if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) throw error
  }
}

/** Others may be there and gone between two of our calls, but not for ever. */
async function makeBelow(parent: string, prefix: string, attempts = 100): Promise<string> {
  try {
    await makeDirectory(parent)
    return await fs.mkdtemp(path.join(parent, prefix))
  } catch (error) {
    const { code } = error as NodeError
    if ((code !== 'ENOENT' && code !== 'EEXIST') || attempts === 0) throw error
    return makeBelow(parent, prefix, attempts - 1)
  }
}

async function unlessMissing<T>(
  operation: string,
  file: string,
  action: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await action()
  } catch (error) {
    if (missing.has((error as NodeError).code ?? '')) return undefined
    throw fileOperationFailed(operation, file, error as NodeError)
  }
}

async function writeRange(file: string, offset: number, bytes: Uint8Array): Promise<void> {
  const handle = await fs.open(file, 'r+')
  try {
    let written = 0
    // A write to a nearly full disk may be short without an error; only the next one throws.
    while (written < bytes.length) {
      const result = await handle.write(bytes, written, bytes.length - written, offset + written)
      written += result.bytesWritten
    }
  } finally {
    await handle.close()
  }
}
