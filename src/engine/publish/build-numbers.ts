/** Decides the build numbers of outputs that are published, from what their channel has (spec: package.md 9.2). */
import path from 'node:path'
import type { RenderedOutput } from '../../recipe/index.js'
import { type ListedFile, listPackages } from '../../stages/index-channel/index.js'
import type { StageContext } from '../../system/index.js'

/** One output whose number changes. */
export interface BumpedOutput {
  readonly name: string
  readonly version: string
  /** Undefined when the channel does not have this version. */
  readonly from: number | undefined
  readonly to: number
}

/** The numbers of all outputs: the highest that the channel has of a version, plus the offset, and never below 0. */
export async function bumpBuildNumbers(
  outputs: readonly RenderedOutput[],
  offset: number,
  { channel, subdir, context }: { channel: string; subdir: string; context: StageContext },
): Promise<readonly BumpedOutput[]> {
  const listed: ListedFile[] = []
  for (const at of new Set([subdir, 'noarch'])) {
    const directory = path.join(channel, at)
    listed.push(...(await listPackages({ directory, subdir: at }, context)))
  }
  const bumped = new Map<string, BumpedOutput>()
  for (const { recipe, skip } of outputs) {
    const { name, version } = recipe.package
    if (skip || bumped.has(`${name} ${version}`)) continue
    const numbers = listed
      .filter(({ record }) => record.name === name && record.version === version)
      .map(({ record }) => record.build_number)
    const from = numbers.length > 0 ? Math.max(...numbers) : undefined
    bumped.set(`${name} ${version}`, { name, version, from, to: Math.max(0, (from ?? 0) + offset) })
  }
  return [...bumped.values()]
}
