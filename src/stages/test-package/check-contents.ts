/** The `package_contents` tests: what has to be in a package and what must not be. */
import type { RenderedPackageContentsTest } from '../../recipe/index.js'
import { compileGlob } from '../../text/index.js'
import { type ContentsSectionName, type ContentsTarget, contentsGlobs } from './contents-globs.js'
import { contentsTestFailed } from './errors.js'

type Contents = RenderedPackageContentsTest['package_contents']

/**
 * Compares the paths of a package (relative, `/`-separated, without `info/`) with one test.
 * All problems are collected; rejects with `test/package-contents`.
 */
export function checkPackageContents(
  contents: Contents,
  paths: readonly string[],
  target: ContentsTarget,
): void {
  const matched = new Set<string>()
  const problems = sections.flatMap((section) => [
    ...missingFiles(section, contents, { paths, target, matched }),
    ...unwantedFiles(section, contents, { paths, target, matched }),
  ])
  const unmatched = contents.strict ? paths.filter((path) => !matched.has(path)) : []
  if (unmatched.length > 0) {
    problems.push(
      `Strict mode: ${unmatched.length} unmatched files found: ${unmatched.slice(0, 5).join(', ')}`,
    )
  }
  if (problems.length > 0) throw contentsTestFailed(problems)
}

interface Check {
  readonly paths: readonly string[]
  readonly target: ContentsTarget
  /** Paths that some `exists` entry has matched. */
  readonly matched: Set<string>
}

function missingFiles(section: ContentsSectionName, contents: Contents, check: Check): string[] {
  const choices = expected(contents[section], 'exists').flatMap((entry) =>
    contentsGlobs(section, entry, check.target),
  )
  return choices.flatMap((globs) => {
    const found = matching(globs, check.paths)
    for (const path of found) check.matched.add(path)
    return found.length === 0 ? [`No match for ${section} glob: ${globs.join(', ')}`] : []
  })
}

function unwantedFiles(section: ContentsSectionName, contents: Contents, check: Check): string[] {
  return expected(contents[section], 'not_exists').flatMap((entry) => {
    const globs = contentsGlobs(section, entry, check.target).flat()
    const found = matching(globs, check.paths)
    if (found.length === 0) return []
    const what = `Found matches for ${section} 'not_exists' glob: ${entry}`
    return [`${what} - files should not exist (${found.slice(0, 5).join(', ')})`]
  })
}

const sections: readonly ContentsSectionName[] = ['files', 'site_packages', 'bin', 'lib', 'include']

function expected(section: Contents[ContentsSectionName], what: 'exists' | 'not_exists'): readonly string[] {
  if (section === undefined) return []
  if (isList(section)) return what === 'exists' ? section : []
  return section[what] ?? []
}

function isList(section: NonNullable<Contents[ContentsSectionName]>): section is readonly string[] {
  return Array.isArray(section)
}

function matching(globs: readonly string[], paths: readonly string[]): string[] {
  const compiled = globs.map(compileGlob)
  return paths.filter((path) => compiled.some((glob) => glob.matches(path)))
}
