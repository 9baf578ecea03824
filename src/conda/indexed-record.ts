/** What a channel index says about a package file, from the metadata inside it (spec: package.md 7.2). */
import type { PackageRecord } from './package-record.js'

export interface IndexedRecord {
  readonly record: PackageRecord
  /** Records of revision 3 have a section of their own in repodata.json (CEP 48). */
  readonly revision?: 3
}

export interface PackageMetadata {
  /** Members of info/index.json. */
  readonly index: object
  /** Members of info/run_exports.json. */
  readonly runExports: object | undefined
  readonly archive: { readonly md5: string; readonly sha256: string; readonly size: number }
}

/** The record with alphabetical keys; empty ones are left out. */
export function toIndexedRecord({ index, runExports, archive }: PackageMetadata): IndexedRecord {
  const { repodata_revision: revision, ...fields } = index as Fields
  const complete: Fields = {
    arch: null,
    depends: [],
    ...fields,
    ...(!isEmpty(runExports) && { run_exports: runExports }),
    ...archive,
  }
  const entries = Object.keys(complete)
    .filter((key) => key !== '__proto__' && (alwaysThere.has(key) || !isEmpty(complete[key])))
    .sort()
    .map((key) => [key, complete[key]] as const)
  const record: unknown = Object.fromEntries(entries)
  return { record: record as PackageRecord, ...(revision === 3 && { revision: 3 }) }
}

type Fields = Readonly<Record<string, unknown>>

const alwaysThere = new Set(['arch', 'depends', 'build_number'])

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true
  return typeof value === 'object' && Object.keys(value).length === 0
}
