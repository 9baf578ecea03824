/** Where dirty builds happen and where their packages go: a place of their own that lasts. */
import path from 'node:path'
import { type BuildPlan, placeDirectories } from '../../stages/plan-builds/index.js'

/**
 * The plan in `<output>/bld/<name>-<variant hash>`, with `<output>/dirty` as the channel for its package.
 * @param intoChannel the package goes to the output directory itself
 */
export function inDirtyDirectory(plan: BuildPlan, intoChannel = false): BuildPlan {
  const { output } = plan.directories
  const build = path.join(output, 'bld', `${plan.name}-${plan.output.hash.hash}`)
  const placed = placeDirectories(plan.directories, build)
  return { ...plan, directories: intoChannel ? placed : { ...placed, channel: dirtyChannel(output) } }
}

/** The channel of dirty packages: never the output directory itself, where they could be taken for reproducible ones. */
export function dirtyChannel(outputDirectory: string): string {
  return path.join(outputDirectory, 'dirty')
}

/** Held by the process that works in the directory; beside it, because the directory itself may be removed. */
export function lockOf(plan: BuildPlan): string {
  return `${plan.directories.build}.lock`
}

/** The archive of a package once it has passed its tests, absolute. */
export function placeOfPackage({ id, directories, packaging, platforms }: BuildPlan): string {
  const { channel = directories.output } = directories
  return path.join(channel, platforms.targetSubdir, `${id}.${packaging.format}`)
}
