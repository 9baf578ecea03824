/** Decides where every file of every package goes, and who gets a path that several want (spec: environment.md C.3, C.5). */
import type { ChannelRecord } from '../solve-environments/index.js'
import type { EntryPoint } from './entry-points.js'
import { pythonMissing } from './errors.js'
import { isSafePath, type PackageContent, type PackagePath } from './read-package-content.js'

/** A file to place. */
export interface PlannedPath {
  readonly source: PackagePath
  /** Relative to the prefix, `/`-separated. */
  readonly target: string
  /** Where it would have gone if another package had not been first. */
  readonly clobbered?: string
}

export interface PlannedScript {
  readonly entryPoint: EntryPoint
  readonly target: string
}

export interface PlannedPackage {
  readonly content: PackageContent
  readonly paths: readonly PlannedPath[]
  readonly scripts: readonly PlannedScript[]
}

/** One path that two packages have with different content. */
export interface Clobber {
  readonly path: string
  readonly winner: string
  readonly loser: string
}

export interface LinkPlan {
  readonly packages: readonly PlannedPackage[]
  readonly clobbers: readonly Clobber[]
  /** Where python keeps things in this prefix; undefined without python. */
  readonly python: PythonLayout | undefined
}

export interface PythonLayout {
  /** `3.12` */
  readonly version: string
  /** Relative to the prefix. */
  readonly sitePackages: string
  readonly scripts: string
  /** Relative path of the interpreter. */
  readonly executable: string
}

/**
 * Places the files of packages in the order given: the first package that has a path keeps it, the others' files go to
 * `__clobbers__/<package>/`.
 * @throws BuildError `install/python-missing`
 */
export function planLinks(packages: readonly PackageContent[], family: string): LinkPlan {
  const python = findPython(
    packages.map(({ record }) => record),
    family,
  )
  const owners: Owners = { files: new Map(), directories: new Set() }
  const clobbers: Clobber[] = []
  const planned = packages.map((content) => {
    const map = targetMapper(content.record, python)
    const paths = content.paths.map((source) => {
      return place({ source, target: map(source.path), owner: content.record.name }, owners, clobbers)
    })
    return { content, paths, scripts: planScripts(content, python, owners) }
  })
  return { packages: planned, clobbers, python }
}

/** Where python keeps things, when one of the packages is python. */
export function findPython(records: readonly ChannelRecord[], family: string): PythonLayout | undefined {
  const record = records.find(({ name }) => name === 'python')
  const version = record && /^\d+\.\d+/.exec(record.version)?.[0]
  if (!record || version === undefined) return undefined
  const isWindows = family === 'win'
  const defaultSitePackages = isWindows ? 'Lib/site-packages' : `lib/python${version}/site-packages`
  return {
    version,
    sitePackages: usableDirectory(record.python_site_packages_path) ?? defaultSitePackages,
    scripts: isWindows ? 'Scripts' : 'bin',
    executable: isWindows ? 'python.exe' : `bin/python${version}`,
  }
}

/** A channel could name a place outside of the prefix. */
function usableDirectory(directory: string | undefined): string | undefined {
  return directory !== undefined && isSafePath(directory) ? directory : undefined
}

function targetMapper(record: ChannelRecord, python: PythonLayout | undefined): (path: string) => string {
  if (record.noarch !== 'python') return (path) => path
  if (!python) throw pythonMissing(record.name)
  return (path) => {
    if (path.startsWith('site-packages/')) return python.sitePackages + path.slice('site-packages'.length)
    if (path.startsWith('python-scripts/')) return python.scripts + path.slice('python-scripts'.length)
    return path
  }
}

interface Owners {
  readonly files: Map<string, { readonly owner: string; readonly sha256: string | undefined }>
  readonly directories: Set<string>
}

function place(
  wanted: { readonly source: PackagePath; readonly target: string; readonly owner: string },
  owners: Owners,
  clobbers: Clobber[],
): PlannedPath {
  const { source, target, owner } = wanted
  if (source.type === 'directory' && !blockingFile(target, owners)) {
    claimParents(`${target}/`, owners)
    return { source, target }
  }
  const blocker = findBlocker(target, owners)
  if (!blocker) {
    claimParents(target, owners)
    owners.files.set(target, { owner, sha256: source.sha256 })
    return { source, target }
  }
  const isSame = blocker.path === target && source.sha256 !== undefined && blocker.sha256 === source.sha256
  if (!isSame) clobbers.push({ path: target, winner: blocker.owner, loser: owner })
  const moved = `__clobbers__/${owner}/${target}`
  claimParents(moved, owners)
  return { source, target: moved, clobbered: target }
}

interface Blocker {
  readonly path: string
  readonly owner: string
  readonly sha256: string | undefined
}

function findBlocker(target: string, owners: Owners): Blocker | undefined {
  if (owners.directories.has(target)) return { path: `${target}/`, owner: 'a directory', sha256: undefined }
  return blockingFile(target, owners)
}

/** A file that is at the target, or where one of its parent directories has to be. */
function blockingFile(target: string, { files }: Owners): Blocker | undefined {
  for (let end = target.length; end > 0; end = target.lastIndexOf('/', end - 1)) {
    const path = target.slice(0, end)
    const found = files.get(path)
    if (found) return { path, ...found }
  }
  return undefined
}

function claimParents(target: string, { directories }: Owners): void {
  for (let end = target.lastIndexOf('/'); end > 0; end = target.lastIndexOf('/', end - 1)) {
    const directory = target.slice(0, end)
    // Parents of a known directory are known.
    if (directories.has(directory)) return
    directories.add(directory)
  }
}

function planScripts(
  { record, entryPoints }: PackageContent,
  python: PythonLayout | undefined,
  owners: Owners,
): readonly PlannedScript[] {
  if (entryPoints.length === 0) return []
  if (!python) throw pythonMissing(record.name)
  const isWindows = python.scripts === 'Scripts'
  return entryPoints.map((entryPoint) => {
    const target = `${python.scripts}/${entryPoint.command}${isWindows ? '-script.py' : ''}`
    claimParents(target, owners)
    owners.files.set(target, { owner: record.name, sha256: undefined })
    return { entryPoint, target }
  })
}
