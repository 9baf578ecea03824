/** Decides which records of a package a request could have had, for those who ask why it got the one it got. */
import { compareVersions, parseVersion, SpecError } from '../../conda/index.js'
import type { StageContext } from '../../system/index.js'
import { createRecordSource } from './record-source.js'
import type { EnvironmentOptions } from './solve.js'
import type { ChannelRecord } from './types.js'

/** All records of a package in the channels that count for it, newest version first. */
export async function findAlternatives(
  name: string,
  options: EnvironmentOptions,
  context: StageContext,
): Promise<readonly ChannelRecord[]> {
  const found = (await createRecordSource(options, context).findRecords(name)).flat().filter(hasVersion)
  return found.sort(
    (left, right) =>
      compareVersions(parseVersion(right.version), parseVersion(left.version)) ||
      right.build_number - left.build_number,
  )
}

function hasVersion({ version }: ChannelRecord): boolean {
  try {
    return parseVersion(version) !== undefined
  } catch (error) {
    if (error instanceof SpecError) return false
    throw error
  }
}
