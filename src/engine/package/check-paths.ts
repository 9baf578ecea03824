/** Whether `paths.json` tells the truth about the archive. */
import type { FileFacts } from './difference.js'
import type { ListedPath } from './metadata.js'
import type { Problem } from './problem.js'
import type { PackageContent } from './read-content.js'

const advice =
  'installers verify what paths.json says: build the package again, and change no archive by hand'

/** Files that are missing on either side, listed or packed twice, or of another kind, size or checksum. */
export function checkPaths(listed: readonly ListedPath[], content: PackageContent): readonly Problem[] {
  const problems: Problem[] = []
  const report = (path: string, message: string) =>
    problems.push({ severity: 'error', check: 'paths', path, message, advice })
  for (const path of content.repeated) report(path, 'the archive holds it more than once')
  if (content.metadata.paths === undefined) {
    const message = 'the package has no info/paths.json'
    return [...problems, { severity: 'warning', check: 'paths', message, advice }]
  }
  const names = new Set<string>()
  for (const entry of listed) {
    const mistake = names.has(entry.path)
      ? 'paths.json lists it more than once'
      : compareEntry(entry, content.files.get(entry.path))
    if (mistake !== undefined) report(entry.path, mistake)
    names.add(entry.path)
  }
  for (const [path, { type }] of content.files)
    if (!path.startsWith('info/') && !names.has(path) && type !== 'directory')
      report(path, 'it is in the archive, but not in paths.json')
  return problems
}

function compareEntry(entry: ListedPath, facts: FileFacts | undefined): string | undefined {
  // A directory that holds something is not told apart.
  if (facts === undefined)
    return entry.type === 'directory' ? undefined : 'paths.json lists it, the archive does not have it'
  if (entry.type !== facts.type)
    return `paths.json says it is a ${entry.type}, the archive has a ${facts.type}`
  // What size and checksum of links mean differs between tools.
  if (facts.type !== 'file') return undefined
  if (entry.sizeBytes !== undefined && entry.sizeBytes !== facts.sizeBytes)
    return `paths.json says ${entry.sizeBytes} bytes, the archive has ${facts.sizeBytes}`
  if (entry.sha256 !== undefined && entry.sha256 !== facts.sha256)
    return 'its SHA-256 is not that of paths.json'
  return undefined
}
