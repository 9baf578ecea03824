/** Which file names make a source an archive that is extracted (spec: build.md 7.5). */

const extensions = [
  '.tar.gz',
  '.tgz',
  '.taz',
  '.tar.bz2',
  '.tbz',
  '.tbz2',
  '.tz2',
  '.tar.lzma',
  '.tlz',
  '.tar.xz',
  '.txz',
  '.tar.zst',
  '.tzst',
  '.tar.Z',
  '.taZ',
  '.tar.lz',
  '.tar.lzo',
  '.tar',
  '.zip',
  '.7z',
]

/** By name, because recipes count on `.whl`, `.crate` and `.gz` being left alone; how to extract is decided by content. */
export function isArchiveName(name: string): boolean {
  return extensions.some((extension) => name.endsWith(extension))
}
