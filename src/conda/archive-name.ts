/** Decides what a package file name says: `name-version-build` and the archive format (CEP 26). */

/** The parts of a package file name. */
export interface ArchiveName {
  readonly name: string
  readonly version: string
  readonly build: string
  readonly format: 'conda' | 'tar.bz2'
}

/** The parts of a file name without directories, or undefined when it is not a package's. */
export function parseArchiveName(fileName: string): ArchiveName | undefined {
  const format = fileName.endsWith('.conda') ? 'conda' : 'tar.bz2'
  if (!fileName.endsWith(`.${format}`)) return undefined
  const stem = fileName.slice(0, -format.length - 1)
  const buildDash = stem.lastIndexOf('-')
  const versionDash = stem.lastIndexOf('-', buildDash - 1)
  if (versionDash <= 0) return undefined
  const [name, version, build] = [
    stem.slice(0, versionDash),
    stem.slice(versionDash + 1, buildDash),
    stem.slice(buildDash + 1),
  ]
  if (!/^[A-Za-z0-9_.-]+$/.test(name) || !/^[^/\\\s]+$/.test(version) || !/^[^/\\\s]+$/.test(build))
    return undefined
  return { name, version, build, format }
}

/** `name-version-build.conda` or `.tar.bz2`. */
export function formatArchiveName(archive: ArchiveName): string {
  return `${archive.name}-${archive.version}-${archive.build}.${archive.format}`
}
