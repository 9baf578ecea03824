/** A test that is another package's: its own tests have to pass with the new package beside it (spec: package.md 8.1). */
import path from 'node:path'
import { isBuildError } from '../../errors/index.js'
import type { RenderedTest } from '../../recipe/index.js'
import { fetchArchive } from '../install-prefixes/index.js'
import { packageNameOf } from '../plan-builds/index.js'
import { type ChannelRecord, solve } from '../solve-environments/index.js'
import { noDownstream } from './errors.js'
import {
  exactSpecOf,
  openTestedPackage,
  type TestContext,
  type TestedPackage,
  type TestOptions,
  testPlatform,
  toChannelRecord,
} from './tested-package.js'

export interface DownstreamTest {
  /** The other package, whose tests are run. */
  readonly tested: TestedPackage
  readonly tests: readonly RenderedTest[]
  readonly options: TestOptions
  /** Removes the other package's archive. */
  readonly close: () => Promise<void>
}

/**
 * Fetches the downstream package that fits to the tested one; undefined, with a warning, when none does: then the new
 * package may break nobody.
 */
export async function openDownstream(
  spec: string,
  tested: TestedPackage,
  options: TestOptions,
  context: TestContext,
): Promise<DownstreamTest | undefined> {
  const record = await findDownstream(spec, tested, options, context)
  if (record === undefined) return undefined
  const { fs } = context.system
  const directory = await fs.makeTempDirectory(options.testDirectory, 'downstream_', { makesParent: true })
  const close = () => fs.remove(directory)
  try {
    const archive = path.join(directory, path.basename(record.fn))
    await fetchArchive(record, archive, context)
    const opened = await openTestedPackage(archive, context)
    return {
      tested: opened.tested,
      tests: opened.tests.filter((test) => !('downstream' in test)).map(withoutVersions),
      // A lock is about the packages that are built; of this one nobody knows which tests it has.
      options: { ...options, index: undefined, lock: undefined, alongside: [tested] },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function findDownstream(
  spec: string,
  tested: TestedPackage,
  options: TestOptions,
  context: TestContext,
): Promise<ChannelRecord | undefined> {
  const { channels, channelPriority, cacheDirectory, buildPlatform } = options
  const platform = testPlatform(tested.record, buildPlatform)
  const extraRecords = [toChannelRecord(tested)]
  const request = { channels, channelPriority, cacheDirectory, platform, extraRecords }
  try {
    const records = await solve([spec, exactSpecOf(tested)], request, context)
    return records.find((record) => record.name === packageNameOf(spec))
  } catch (error) {
    if (!isBuildError(error) || error.code !== 'solve/unsatisfiable') throw error
    context.emit({ type: 'warning', output: tested.id, ...noDownstream(spec, error.message) })
    return undefined
  }
}

/** The matrix of python versions is for the package's own builds. */
function withoutVersions(test: RenderedTest): RenderedTest {
  if (!('python' in test)) return test
  const { python_version: _versions, ...python } = test.python
  return { python }
}
