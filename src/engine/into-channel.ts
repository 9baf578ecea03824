/** Where a finished archive goes: into the channel, or beside it when its tests failed or did not come to their end. */
import path from 'node:path'
import { addPackages, retirePackage, targetOf } from '../stages/index-channel/index.js'
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

/** Directories of a channel for packages that it does not list: their tests failed, or did not come to their end. */
export type Corner = 'broken' | 'untested'

/** Moves an archive to `<output>/broken/` or `<output>/untested/`; the channel does not list it any more. */
export async function moveAside(
  packaged: PackagedPlan,
  corner: Corner,
  context: BuildContext,
): Promise<void> {
  const { path: file, fileName: fn, listed } = packaged.artifact
  if ((await context.system.fs.lstat(file)) === undefined) return
  const channel = channelOf(packaged)
  await retirePackage(channel, { file, fn, ...listed }, path.join(channel, corner, fn), context)
  await removeUntested(packaged, context)
}

async function removeUntested({ artifact }: PackagedPlan, { system }: BuildContext): Promise<void> {
  const own = path.dirname(artifact.path)
  if (path.basename(path.dirname(own)) !== untestedDirectory) return
  await system.fs.remove(own)
  await system.fs.removeEmptyDirectory(path.dirname(own))
}
