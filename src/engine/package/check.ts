/** `krait package check`: whether a finished package can be trusted to work, and to be what it says. */

import path from 'node:path'
import { hashFile, packageFormat } from '../../archive/index.js'
import type { StageContext } from '../../system/index.js'
import { checkBinary } from './check-binaries.js'
import { checkExpectations, type ExpectedPackage } from './check-expectations.js'
import { checkFindings } from './check-findings.js'
import { checkFormat, checkIdentity } from './check-identity.js'
import { checkPaths } from './check-paths.js'
import { collectContent } from './collect-content.js'
import { comparePrevious, listChanges } from './compare-previous.js'
import { largestBinary, looksBinary } from './describe-binary.js'
import type { Expectations } from './expectations.js'
import { type PackageFile, withPackage } from './fetch-package.js'
import { findPrevious } from './find-previous.js'
import { listPaths, packageId } from './metadata.js'
import type { PackageReport, Problem } from './problem.js'
import { readContent } from './read-content.js'
import { readMetadata } from './read-metadata.js'
import { type ContentFindings, type ContentSearch, searchContent } from './search-content.js'

/** What the package is compared with; at most one of both. */
export interface PreviousBuild {
  /** A path or URL. */
  readonly package?: string | undefined
  /** Absolute directory of a channel: the newest earlier build in it. */
  readonly channel?: string | undefined
}

/** What a package is measured by, besides what holds for all packages. */
export interface CheckOptions {
  readonly previous: PreviousBuild
  readonly expectations?: Expectations | undefined
}

/** Checks one package. @throws BuildError `archive/...` when it cannot be read at all */
export async function checkPackage(
  given: string,
  { previous, expectations }: CheckOptions,
  context: StageContext,
): Promise<PackageReport> {
  return withPackage(given, context, async (file) => {
    const { report, facts } = await checkFile(file, context)
    const { files } = facts
    const expect = (before?: ExpectedPackage['before']) =>
      expectations ? checkExpectations(expectations, { files, sizeBytes: report.sizeBytes, before }) : []
    const earlier = previous.package ?? (await findPrevious(previous.channel, facts.metadata, context))
    if (earlier === undefined) return { ...report, problems: [...report.problems, ...expect()] }
    return withPackage(earlier, context, async (other) => {
      const { fileName: name } = other
      const before = (await readContent(other, context)).files
      const compared = comparePrevious(before, files, {
        name,
        isGrowthExpected: expectations?.maxGrowth !== undefined,
      })
      const problems = [...report.problems, ...compared, ...expect({ name, files: before })]
      return { ...report, previous: name, changes: listChanges(before, files), problems }
    })
  })
}

async function checkFile(file: PackageFile, context: StageContext) {
  const metadata = await readMetadata(file, context)
  const listed = listPaths(metadata)
  const placeholders = [...new Set(listed.flatMap(({ prefixPlaceholder: text }) => (text ? [text] : [])))]
  const searches = new Map<string, ContentSearch>()
  const binaries: Problem[] = []
  const subdir = String(metadata.index.subdir ?? '')
  const isKept = (head: Buffer, bytes: number) => looksBinary(head) && bytes <= largestBinary
  const facts = await readContent(file, context, (entry) => {
    const search = searchContent(placeholders)
    searches.set(entry.path, search)
    const kept = collectContent(isKept, (bytes) => binaries.push(...checkBinary(entry.path, bytes, subdir)))
    const push = (chunk: Uint8Array) => {
      search.push(chunk)
      kept.push(chunk)
    }
    return { push, end: kept.end }
  })
  const findings = new Map<string, ContentFindings>()
  for (const [name, search] of searches) findings.set(name, search.findings())
  const content = [...facts.files].filter(([name]) => !name.startsWith('info/'))
  const problems: Problem[] = [
    ...checkPaths(listed, facts),
    ...checkFindings(findings, listed),
    ...binaries,
    ...checkIdentity(metadata, path.basename(path.dirname(file.path))),
    ...checkFormat(file.fileName, await packageFormat(file.path, context.system)),
  ]
  const report: PackageReport = {
    package: file.shown,
    id: packageId(metadata),
    sizeBytes: (await hashFile(file.path, context)).sizeBytes,
    files: content.length,
    contentBytes: content.reduce(
      (sum, [, { type, sizeBytes }]) => sum + (type === 'file' ? sizeBytes : 0),
      0,
    ),
    problems: sortProblems(problems),
  }
  return { report, facts }
}

function sortProblems(problems: readonly Problem[]): readonly Problem[] {
  const key = ({ path: name }: Problem) => name ?? '\uffff'
  return problems.toSorted((left, right) => (key(left) < key(right) ? -1 : key(left) > key(right) ? 1 : 0))
}
