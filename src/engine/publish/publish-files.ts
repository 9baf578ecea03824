/** Puts finished package files into a channel that others read. */
import path from 'node:path'
import { readPackageInfo } from '../../archive/index.js'
import {
  addPackages,
  indexChannel,
  type NewPackage,
  readPackageFile,
} from '../../stages/index-channel/index.js'
import type { StageContext } from '../../system/index.js'
import { channelNotInitialized, dirtyPackage, packageFileMissing } from '../errors.js'
import { labelledChannel } from './label.js'

export interface PublishTarget {
  /** Absolute. A channel, or nothing yet. */
  readonly channel: string
  /** Absent: `main`. */
  readonly label?: string
  /** Replace files that are there under the same name. */
  readonly force: boolean
}

/** A package that is in the channel now. */
export interface PublishedPackage {
  /** Relative to the channel: `<subdir>/<file name>`. */
  readonly path: string
  readonly sha256: string
  readonly sizeBytes: number
}

/** `krait publish --json` */
export interface Publication {
  /** Its directory, absolute; that of the label when one was named. */
  readonly channel: string
  readonly published: readonly PublishedPackage[]
}

/**
 * Copies all files into the channel, or none, and writes every form of its index.
 * @throws BuildError `index/package-exists`, `index/dirty-package`, `index/unusable-package`, `usage/...`
 */
export async function publishFiles(
  files: readonly string[],
  target: PublishTarget,
  context: StageContext,
): Promise<readonly PublishedPackage[]> {
  const packages: NewPackage[] = []
  for (const file of new Set(files)) {
    if ((await context.system.fs.stat(file))?.type !== 'file') throw packageFileMissing(file)
    packages.push(await readPackageFile(file, context))
    await refuseDirty(file, context)
  }
  const channel = await prepareChannel(target, context)
  const existing = target.force ? 'replace' : 'refuse'
  const subdirs = [...new Set(packages.map(({ record }) => record.subdir))]
  await addPackages(channel, packages, { by: 'copy', existing, complete: true, subdirs }, context)
  return packages.map(({ fn, record }) => ({
    path: `${record.subdir}/${fn}`,
    sha256: record.sha256 ?? '',
    sizeBytes: record.size ?? 0,
  }))
}

/**
 * Makes channels of what does not exist yet: of the channel itself, and of its label.
 * @returns the directory of the label
 * @throws BuildError `usage/no-channel`, `usage/label`
 */
export async function prepareChannel(
  { channel, label = 'main' }: Pick<PublishTarget, 'channel' | 'label'>,
  context: StageContext,
): Promise<string> {
  const labelled = labelledChannel(channel, label)
  for (const directory of new Set([channel, labelled])) await initialize(directory, context)
  return labelled
}

/**
 * A directory that exists and is no channel is left alone: its owner has it for something else. So the new one appears
 * as a whole; what is killed halfway must not look like somebody's directory.
 */
async function initialize(channel: string, context: StageContext): Promise<void> {
  const { fs, host } = context.system
  const isChannel = () => fs.stat(path.join(channel, 'noarch/repodata.json'))
  if (await isChannel()) return
  if (await fs.lstat(channel)) throw channelNotInitialized(channel)
  const parent = path.dirname(channel)
  await fs.makeDirectory(parent)
  const temporary = await fs.makeTempDirectory(parent, `.${path.basename(channel)}.${host.pid}.`)
  try {
    // Inside, because a temporary directory is its owner's alone, and a channel is for those whom the umask allows.
    const made = path.join(temporary, 'channel')
    await indexChannel(made, { complete: true }, context)
    await fs.rename(made, channel)
  } catch (error) {
    // Another process may have made it in the meantime.
    if (!(await isChannel())) throw error
  } finally {
    await fs.remove(temporary)
  }
}

/** What `build --dirty` made depends on what was in a work directory; nobody could make it again. */
async function refuseDirty(file: string, context: StageContext): Promise<void> {
  const info = await readPackageInfo(file, ['info/about.json'], context)
  const about = info.get('info/about.json')
  if (about && isMarkedDirty(Buffer.from(about).toString('utf8'))) throw dirtyPackage(file)
}

function isMarkedDirty(text: string): boolean {
  try {
    const { extra } = JSON.parse(text) as { readonly extra?: { readonly dirty?: unknown } }
    return extra?.dirty === true || extra?.dirty === 'true'
  } catch {
    return false
  }
}
