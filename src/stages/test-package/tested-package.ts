/** The package under test, and what its tests are run with. */
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { readPackageInfo } from '../../archive/index.js'
import { findPlatform, type PackageRecord, type Platform } from '../../conda/index.js'
import type { Masker } from '../../events/index.js'
import type { RenderedTest } from '../../recipe/index.js'
import type { StageContext } from '../../system/index.js'
import type { LinkScriptPolicy } from '../install-prefixes/index.js'
import type { InterpreterRegistry, Isolation } from '../run-script/index.js'
import type { ChannelRecord, SolveOptions } from '../solve-environments/index.js'
import { corruptPackage } from './errors.js'
import { legacyDirectory } from './legacy-test.js'
import { readTests } from './read-tests.js'

export interface TestOptions {
  /** Channels for the packages that the tests need beside the tested one. */
  readonly channels: readonly string[]
  readonly channelPriority?: SolveOptions['channelPriority']
  readonly cacheDirectory: string
  readonly linkScripts?: LinkScriptPolicy | undefined
  /** What test environments are locked to, or shall be. */
  readonly lock?: SolveOptions['lock']
  /** What the environment of a test is called in messages and locks. */
  readonly environment?: string
  /** Test prefixes are made here; removed after each test unless `keep`. */
  readonly testDirectory: string
  readonly keep: boolean
  readonly isolation: Isolation
  /** Platform of this machine, for noarch packages and build prefixes. */
  readonly buildPlatform: Platform
  /** Only the test with this number, from 0. */
  readonly index?: number | undefined
  /** Other packages that no channel has yet, and that have to be in the environment too. */
  readonly alongside?: readonly TestedPackage[]
}

export type TestContext = StageContext & {
  readonly interpreters: InterpreterRegistry
  readonly masker: Masker
}

/** The package under test. */
export interface TestedPackage {
  readonly id: string
  readonly archivePath: string
  readonly record: PackageRecord
  /** The used variant, from `info/hash_input.json`. */
  readonly variant: Readonly<Record<string, string | number | boolean>>
  /** Files of `info/test/` by path in the package: tests of conda-build. */
  readonly legacy: ReadonlyMap<string, Uint8Array>
}

/** Reads what the tests of a package need to know, from the archive alone. */
export async function openTestedPackage(
  archivePath: string,
  context: Pick<StageContext, 'system'>,
): Promise<{ tested: TestedPackage; tests: readonly RenderedTest[] }> {
  const names = ['info/index.json', 'info/tests/tests.yaml', 'info/hash_input.json', legacyDirectory]
  const files = await readPackageInfo(archivePath, names, context)
  const index = files.get('info/index.json')
  if (index === undefined) throw corruptPackage(archivePath, 'it has no info/index.json')
  const record = parseJson(index, archivePath) as unknown as PackageRecord
  const variant = parseJson(files.get('info/hash_input.json') ?? Buffer.from('{}'), archivePath)
  const tested: TestedPackage = {
    id: `${record.name}-${record.version}-${record.build}`,
    archivePath,
    record,
    variant: variant as TestedPackage['variant'],
    legacy: new Map([...files].filter(([name]) => name.startsWith(legacyDirectory))),
  }
  return { tested, tests: readTests(toText(files.get('info/tests/tests.yaml'))) }
}

function parseJson(bytes: Uint8Array, archivePath: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(toText(bytes))
  } catch (error) {
    throw corruptPackage(archivePath, (error as Error).message)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw corruptPackage(archivePath, 'its metadata is not a JSON object')
}

function toText(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? '' : Buffer.from(bytes).toString('utf8')
}

/** The spec that only this very package fulfils. */
export function exactSpecOf({ record: { name, version, build } }: TestedPackage): string {
  return `${name} ==${version} ${build}`
}

/** The tested archive as a record that no index knows. */
export function toChannelRecord(tested: TestedPackage): ChannelRecord {
  const url = pathToFileURL(tested.archivePath).href
  return {
    ...tested.record,
    fn: path.basename(tested.archivePath),
    url,
    channel: url.slice(0, url.lastIndexOf('/') + 1),
  }
}

/** The platform test prefixes are for: the package's, or this machine's for noarch. */
export function testPlatform(record: Pick<PackageRecord, 'subdir'>, machine: Platform): Platform {
  return findPlatform(record.subdir) ?? machine
}
