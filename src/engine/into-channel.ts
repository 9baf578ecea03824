/** Where a finished archive goes: into the channel, or into the corner for broken ones. */
import path from 'node:path'
import { addPackages, indexChannel, targetOf } from '../stages/index-channel/index.js'
import { type PackagedPlan, untestedDirectory } from '../stages/write-package/index.js'
import type { BuildContext } from './context.js'

/** Moves a tested archive into the channel of the run; the result says where it is now. */
export async function moveIntoChannel<T extends PackagedPlan>(
  packaged: T,
  context: BuildContext,
): Promise<T> {
  const moved = await add(packaged, 'move', context)
  await removeUntested(packaged, context)
  return moved
}

/**
 * Lists an archive in the channel before its tests, which wait for other outputs that may need this one. The tests still
 * read the archive itself, whatever others put in the channel under its name.
 */
export async function listUntested(packaged: PackagedPlan, context: BuildContext): Promise<void> {
  await add(packaged, 'link', context)
}

function channelOf({ directories }: PackagedPlan): string {
  return directories.channel ?? directories.output
}

async function add<T extends PackagedPlan>(
  packaged: T,
  by: 'move' | 'link',
  context: BuildContext,
): Promise<T> {
  const { artifact, platforms } = packaged
  const { path: file, fileName: fn, listed } = artifact
  const subdirs = [platforms.targetSubdir]
  const target = targetOf(channelOf(packaged), { fn, ...listed })
  // A dirty build may have kept the archive of the one before.
  if (file === target) return packaged
  await addPackages(
    channelOf(packaged),
    [{ file, fn, ...listed }],
    { by, existing: 'replace', subdirs },
    context,
  )
  return { ...packaged, artifact: { ...artifact, path: target } }
}

/** Moves an archive whose tests failed to `<output>/broken/`; the channel does not list it any more. */
export async function moveToBroken(packaged: PackagedPlan, context: BuildContext): Promise<void> {
  const { artifact } = packaged
  const channel = channelOf(packaged)
  const { fs } = context.system
  const { path: archive, fileName: fn } = artifact
  const { record } = artifact.listed
  const own = await fs.lstat(archive)
  if (own === undefined) return
  const listed = targetOf(channel, { fn, record })
  // Another process may have put its own file there.
  const isInPlace = archive === listed
  if (!isInPlace && (await fs.lstat(listed))?.inode === own.inode) {
    await fs.remove(listed)
    await indexChannel(channel, { subdirs: [record.subdir] }, context)
  }
  const broken = path.join(channel, 'broken')
  await fs.makeDirectory(broken)
  await fs.rename(archive, path.join(broken, fn))
  if (isInPlace) await indexChannel(channel, { subdirs: [record.subdir] }, context)
  await removeUntested(packaged, context)
}

async function removeUntested({ artifact }: PackagedPlan, { system }: BuildContext): Promise<void> {
  const own = path.dirname(artifact.path)
  if (path.basename(path.dirname(own)) !== untestedDirectory) return
  await system.fs.remove(own)
  await system.fs.removeEmptyDirectory(path.dirname(own))
}
