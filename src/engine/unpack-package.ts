/** Brings a package into the cache while environments are still being solved, as the installation does it later. */
import type { ChannelRecord } from '../stages/solve-environments/index.js'
import type { StageContext } from '../system/index.js'

/**
 * @returns a function that gives the directory with the content of a package
 * @throws BuildError the function: `install/...`, `archive/...`
 */
export function createUnpack(
  cacheDirectory: string,
  context: StageContext,
): (record: ChannelRecord) => Promise<string> {
  return async (record) => {
    // Most channels list what packages export, so that nothing has to be unpacked.
    const { unpackPackage } = await import('../stages/install-prefixes/index.js')
    return unpackPackage(record, { cacheDirectory }, context)
  }
}
