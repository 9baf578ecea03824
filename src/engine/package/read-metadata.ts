/** The metadata of a finished package, straight from its archive (spec: package.md 2). */
import { readPackageInfo } from '../../archive/index.js'
import type { StageContext } from '../../system/index.js'
import type { Json } from '../../text/index.js'
import { badMetadata } from './errors.js'
import type { PackageFile } from './fetch-package.js'
import { isObject, type JsonObject, type PackageMetadata } from './metadata.js'

const documents = {
  index: 'info/index.json',
  about: 'info/about.json',
  paths: 'info/paths.json',
  runExports: 'info/run_exports.json',
  hashInput: 'info/hash_input.json',
} as const

/** Where the documents are in a package. */
export const documentFiles: readonly string[] = Object.values(documents)

/** @throws BuildError `archive/...` when the file is no package, or one of its documents is malformed */
export async function readMetadata(
  file: PackageFile,
  context: Pick<StageContext, 'system'>,
): Promise<PackageMetadata> {
  return toMetadata(file, await readPackageInfo(file.path, documentFiles, context))
}

/** The same from files that were read already, by their path in the package. */
export function toMetadata(file: PackageFile, files: ReadonlyMap<string, Uint8Array>): PackageMetadata {
  const read = (name: keyof typeof documents) => readDocument(file, documents[name], files)
  const index = read('index')
  if (index === undefined) throw badMetadata(file.shown, documents.index, 'the package has none')
  for (const key of ['name', 'version', 'build'])
    if (typeof index[key] !== 'string') throw badMetadata(file.shown, documents.index, `it has no \`${key}\``)
  const [about, paths, runExports, hashInput] = [
    read('about'),
    read('paths'),
    read('runExports'),
    read('hashInput'),
  ]
  return {
    file,
    index,
    ...(about && { about }),
    ...(paths && { paths }),
    ...(runExports && { runExports }),
    ...(hashInput && { hashInput }),
  }
}

function readDocument(
  file: PackageFile,
  name: string,
  files: ReadonlyMap<string, Uint8Array>,
): JsonObject | undefined {
  const bytes = files.get(name)
  if (bytes === undefined) return undefined
  let value: Json
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8')) as Json
  } catch (error) {
    throw badMetadata(file.shown, name, (error as Error).message)
  }
  if (name === documents.runExports && Array.isArray(value)) return { weak: value }
  if (!isObject(value)) throw badMetadata(file.shown, name, 'it is no JSON object')
  return value
}
