/** Decides what differs between two finished packages: what they say, what they need, what they hold. */
import { hashFile } from '../../archive/index.js'
import type { StageContext } from '../../system/index.js'
import type { Json } from '../../text/index.js'
import { type Change, compareData } from '../compare-renderings.js'
import { compareFiles } from './diff-files.js'
import type { ComparedPackage, DependencyDifference, PackageDifference } from './difference.js'
import { type PackageFile, withPackage } from './fetch-package.js'
import { type JsonObject, type PackageMetadata, packageId, textsOf } from './metadata.js'
import { type PackageContent, readContent } from './read-content.js'

/** Compares packages by path or URL. @throws BuildError `archive/...`, `usage/no-package-file` */
export async function diffPackages(
  before: string,
  after: string,
  context: StageContext,
): Promise<PackageDifference> {
  return withPackage(before, context, (left) =>
    withPackage(after, context, (right) => diffPackageFiles(left, right, context)),
  )
}

/** The same for packages on this machine. */
export async function diffPackageFiles(
  before: PackageFile,
  after: PackageFile,
  context: StageContext,
): Promise<PackageDifference> {
  const [left, right] = [await readContent(before, context), await readContent(after, context)]
  const packages = [await toCompared(left, context), await toCompared(right, context)] as const
  return {
    before: packages[0],
    after: packages[1],
    isIdentical: packages[0].sha256 === packages[1].sha256,
    metadata: compareMetadata(left.metadata, right.metadata),
    dependencies: compareDependencies(left.metadata.index, right.metadata.index),
    files: await compareFiles(left, right, context),
  }
}

async function toCompared({ metadata }: PackageContent, context: StageContext): Promise<ComparedPackage> {
  const { sha256 } = await hashFile(metadata.file.path, context)
  return { package: metadata.file.shown, id: packageId(metadata), sha256 }
}

/** `paths.json` is compared as files. */
function compareMetadata(before: PackageMetadata, after: PackageMetadata): readonly Change[] {
  return compareData(documentsOf(before), documentsOf(after))
}

function documentsOf({ index, about, runExports, hashInput }: PackageMetadata): JsonObject {
  const { depends: _depends, constrains: _constrains, ...identity } = index
  const documents: Record<string, Json> = { index: identity }
  if (about) documents.about = about
  if (runExports) documents.run_exports = runExports
  if (hashInput) documents.hash_input = hashInput
  return documents
}

function compareDependencies(before: JsonObject, after: JsonObject): readonly DependencyDifference[] {
  return (['depends', 'constrains'] as const).flatMap((list) =>
    compareSpecs(textsOf(before[list]), textsOf(after[list])).map((difference) => ({ list, ...difference })),
  )
}

/** Specs of the same package are one that changed; order means nothing. */
function compareSpecs(
  before: readonly string[],
  after: readonly string[],
): readonly Omit<DependencyDifference, 'list'>[] {
  const removed = before.filter((spec) => !after.includes(spec))
  const added = after.filter((spec) => !before.includes(spec))
  const changed = removed.map((spec) => {
    const at = added.findIndex((other) => nameOf(other) === nameOf(spec))
    const [now] = at === -1 ? [] : added.splice(at, 1)
    return now === undefined ? { before: spec } : { before: spec, after: now }
  })
  return [...changed, ...added.map((spec) => ({ after: spec }))]
}

function nameOf(spec: string): string {
  return /^[^\s<>=!~[]+/.exec(spec)?.[0] ?? spec
}
