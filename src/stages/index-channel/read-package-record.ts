/** Decides what the index says about one package file: its index.json, run exports and checksums (spec: package.md 7.2). */
import path from 'node:path'
import { hashFile, packageFormat, readPackageInfo } from '../../archive/index.js'
import {
  type IndexedRecord,
  parseArchiveName,
  parseVersion,
  SpecError,
  toIndexedRecord,
} from '../../conda/index.js'
import { isBuildError } from '../../errors/index.js'
import type { StageContext } from '../../system/index.js'
import type { NewPackage } from './add-packages.js'
import { findUnreadableIndex, findUnreadableRunExports } from './check-readable.js'
import { unusablePackage } from './errors.js'
import { factFiles, type PackageFacts, toFacts } from './package-facts.js'

export interface PackageFile {
  /** Absolute. */
  readonly file: string
  readonly fn: string
  readonly subdir: string
  /** Also what channeldata.json tells. */
  readonly withFacts?: boolean | undefined
}

/**
 * The record of a package file.
 * @throws BuildError `index/unusable-package`, `archive/...`
 */
export async function readPackageRecord(
  packageFile: PackageFile,
  context: StageContext,
): Promise<IndexedRecord & { readonly facts?: PackageFacts }> {
  const { file, subdir, withFacts } = packageFile
  const names = ['info/index.json', 'info/run_exports.json', ...(withFacts ? factFiles : [])]
  const [info, { sizeBytes: size, ...hashes }] = await Promise.all([
    readPackageInfo(file, names, context),
    hashFile(file, context),
  ])
  const indexJson = parseJson(info.get('info/index.json'), 'info/index.json')
  if (!indexJson) throw unusablePackage('it has no `info/index.json`')
  checkIdentity(indexJson, packageFile)
  const format = await packageFormat(file, context.system)
  if (format !== parseArchiveName(packageFile.fn)?.format) {
    throw unusablePackage(`it is a \`.${format}\` file, and clients go by the name`)
  }
  checkReadable('info/index.json', findUnreadableIndex(indexJson))
  const runExports = parseJson(info.get('info/run_exports.json'), 'info/run_exports.json')
  if (runExports) checkReadable('info/run_exports.json', findUnreadableRunExports(runExports))
  // Packages from before 2017 do not say it.
  const index = { ...indexJson, subdir }
  const indexed = toIndexedRecord({ index, runExports, archive: { ...hashes, size } })
  return { ...indexed, ...(withFacts && { facts: toFacts(info, indexed.record.name) }) }
}

/**
 * A package file anywhere, as the channel that it belongs to would list it.
 * @throws BuildError `index/unusable-package`, `archive/...`
 */
export async function readPackageFile(file: string, context: StageContext): Promise<NewPackage> {
  const fn = path.basename(file)
  const info = await readPackageInfo(file, ['info/index.json'], context)
  const { subdir } = parseJson(info.get('info/index.json'), 'info/index.json') ?? {}
  if (typeof subdir !== 'string') throw unusablePackage(`\`${fn}\` does not say its subdir`)
  try {
    return { file, fn, ...(await readPackageRecord({ file, fn, subdir }, context)) }
  } catch (error) {
    if (!isBuildError(error) || error.code !== 'index/unusable-package') throw error
    throw unusablePackage(`\`${file}\` cannot be in a channel: ${error.message}`)
  }
}

type Fields = Readonly<Record<string, unknown>>

function parseJson(bytes: Uint8Array | undefined, name: string): Fields | undefined {
  if (!bytes) return undefined
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  } catch {
    // Said below, in the same words as for JSON that is no object.
  }
  throw unusablePackage(`\`${name}\` is not a JSON object`)
}

/** Name and place of the file have to be those of the package, or the index would offer one package as another. */
function checkIdentity(index: Fields, { fn, subdir }: PackageFile): void {
  const { name, version, build, build_number: buildNumber, depends } = index
  if (typeof name !== 'string' || typeof version !== 'string' || typeof build !== 'string') {
    throw unusablePackage('`info/index.json` lacks name, version or build')
  }
  if (!Number.isSafeInteger(buildNumber)) throw unusablePackage('`info/index.json` has no build number')
  if (depends !== undefined && !isStringList(depends)) {
    throw unusablePackage('the `depends` of `info/index.json` is not a list of texts')
  }
  const archive = parseArchiveName(fn)
  if (archive?.name !== name || archive.version !== version || archive.build !== build) {
    throw unusablePackage(`it contains the package \`${name}-${version}-${build}\``)
  }
  const own = index.subdir ?? subdir
  if (own !== subdir) throw unusablePackage(`it is a package for \`${String(own)}\``)
  try {
    parseVersion(version)
  } catch (error) {
    if (error instanceof SpecError) throw unusablePackage(error.message)
    throw error
  }
}

function checkReadable(name: string, problem: string | undefined): void {
  if (problem !== undefined) throw unusablePackage(`\`${name}\` ${problem}`)
}

function isStringList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
