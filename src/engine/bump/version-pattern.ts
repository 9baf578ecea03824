/** Decides how versions are written in tags and file names, and which of them are not final yet. */
import { parseVersion } from '../../conda/index.js'

/** A name that holds a version: what stands before and after it, and between its numbers. */
export interface VersionPattern {
  readonly before: string
  readonly after: string
  readonly separator: string
}

/** The pattern of a name such as `v1.2.3` or `release-1_2_3.tar.gz`; undefined when the version is not in it. */
export function findPattern(name: string, version: string): VersionPattern | undefined {
  for (const separator of ['.', '_', '-']) {
    const written = version.replaceAll('.', separator)
    // From the end: `python3-3` is version 3 of python3.
    const at = name.lastIndexOf(written)
    if (at === -1) continue
    const [before, after] = [name.slice(0, at), name.slice(at + written.length)]
    if (!/\d$/.test(before) && !/^\d/.test(after)) return { before, after, separator }
  }
  return undefined
}

/** The version in a name of this pattern; undefined when the name has another form, or no version that packages can have. */
export function readVersion(name: string, { before, after, separator }: VersionPattern): string | undefined {
  if (name.length <= before.length + after.length) return undefined
  if (!name.startsWith(before) || !name.endsWith(after)) return undefined
  const written = name.slice(before.length, name.length - after.length)
  const version = written.replaceAll(separator, '.')
  return isVersion(version) ? version : undefined
}

/** True for what a package can have as its version and begins with a number. */
export function isVersion(text: string): boolean {
  if (!/^\d[A-Za-z\d._+!]*$/.test(text)) return false
  try {
    parseVersion(text)
    return true
  } catch {
    return false
  }
}

/** Alphas, betas, candidates and snapshots; a lone letter at the end (`2024a`, `1.1.1w`) is none. */
export function isPrerelease(version: string): boolean {
  const words = /alpha|beta|rc|dev|pre|preview|nightly|snapshot|canary/i
  return words.test(version) || /\d[._]?[abc]\d/i.test(version)
}
