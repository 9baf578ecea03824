/** Finds the build of a package that came before, in a channel directory. */
import path from 'node:path'
import { compareVersions, parseVersion } from '../../conda/index.js'
import type { StageContext } from '../../system/index.js'
import type { Json } from '../../text/index.js'
import { badMetadata } from './errors.js'
import { isObject, type JsonObject, type PackageMetadata } from './metadata.js'

/** @returns absolute path of the newest build that is not newer than the package; undefined when there is none */
export async function findPrevious(
  channel: string | undefined,
  { file, index }: PackageMetadata,
  { system }: StageContext,
): Promise<string | undefined> {
  if (channel === undefined) return undefined
  const directory = path.join(channel, String(index.subdir))
  const repodata = path.join(directory, 'repodata.json')
  if ((await system.fs.stat(repodata)) === undefined) return undefined
  const records = readRecords(await system.fs.readText(repodata), repodata)
  const earlier = records
    .filter(({ fn, record }) => record.name === index.name && path.join(directory, fn) !== file.path)
    .filter(({ fn }) => fn !== file.fileName)
    .filter(({ record }) => hasVersion(record) && hasVersion(index) && compareBuilds(record, index) <= 0)
    .sort((left, right) => compareBuilds(left.record, right.record))
    .at(-1)
  return earlier && path.join(directory, earlier.fn)
}

interface NamedRecord {
  readonly fn: string
  readonly record: JsonObject
}

function readRecords(text: string, file: string): readonly NamedRecord[] {
  let data: Json
  try {
    data = JSON.parse(text) as Json
  } catch (error) {
    throw badMetadata(path.dirname(file), 'repodata.json', (error as Error).message)
  }
  if (!isObject(data)) return []
  const { packages, 'packages.conda': newer, v3 } = data
  const revised = Object.entries(isObject(v3) ? v3 : {})
  // Keys of revision 3 have no extension.
  const sections = [
    ['', packages],
    ['', newer],
    ...revised.map(([key, section]) => [`.${key}`, section]),
  ] as const
  return sections.flatMap(([suffix, section]) =>
    Object.entries(isObject(section) ? section : {}).flatMap(([key, record]) =>
      isObject(record) && !key.includes('/') ? [{ fn: `${key}${suffix}`, record }] : [],
    ),
  )
}

function compareBuilds(left: JsonObject, right: JsonObject): number {
  const versions = compareVersions(parseVersion(String(left.version)), parseVersion(String(right.version)))
  return versions || Number(left.build_number ?? 0) - Number(right.build_number ?? 0)
}

/** A record that says nonsense is none to compare with. */
function hasVersion({ version }: JsonObject): boolean {
  try {
    return parseVersion(String(version)) !== undefined
  } catch {
    return false
  }
}
