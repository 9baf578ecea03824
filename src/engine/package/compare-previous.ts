/** Compares sizes and the list of files with those of an earlier build. */
import type { FileFacts } from './difference.js'
import type { FileChange, PreviousChanges, Problem } from './problem.js'

type Files = ReadonlyMap<string, FileFacts>

/** A package may grow by this part of its size, or by this many bytes, before somebody has to look. */
const expectedGrowth = 0.25
const unremarkableBytes = 1_000_000

/** A package that grew much is an error; files that are gone are a doubt. */
export function comparePrevious(
  before: Files,
  after: Files,
  { name, isGrowthExpected }: PreviousName,
): readonly Problem[] {
  const growth = isGrowthExpected ? [] : checkGrowth(before, after, name)
  return [...growth, ...checkRemoved(before, after, name)]
}

interface PreviousName {
  /** File name of the build before. */
  readonly name: string
  /** A policy says how much the package may grow. */
  readonly isGrowthExpected: boolean
}

function checkGrowth(before: Files, after: Files, name: string): readonly Problem[] {
  const [had, has] = [totalBytes(before), totalBytes(after)]
  const growth = has - had
  if (growth <= unremarkableBytes || growth <= had * expectedGrowth) return []
  const [path, bytes] = largestGrowth(before, after)
  const kind = before.has(path) ? 'grew by' : 'is new and has'
  return [
    {
      severity: 'error',
      check: 'size',
      path,
      message: `the content has ${has} bytes, ${growth} more than in \`${name}\`; most of it is here, which ${kind} ${bytes} bytes`,
      advice: 'leave out what should not be packaged with `build.files`, or compare with a newer build',
    },
  ]
}

function largestGrowth(before: Files, after: Files): readonly [string, number] {
  let largest: readonly [string, number] = ['', 0]
  for (const [path, { sizeBytes, type }] of after) {
    const bytes = sizeBytes - (before.get(path)?.sizeBytes ?? 0)
    if (type === 'file' && bytes > largest[1]) largest = [path, bytes]
  }
  return largest
}

/** What all files take unpacked, without links and `info/`. */
export function totalBytes(files: Files): number {
  return contentFiles(files).reduce((sum, [, { sizeBytes }]) => sum + sizeBytes, 0)
}

/** Regular files outside of `info/`. */
export function contentFiles(files: Files): [string, FileFacts][] {
  return [...files].filter(([path, { type }]) => type === 'file' && !path.startsWith('info/'))
}

/** Which files came, went and have another size, outside of `info/`; in the order of paths. */
export function listChanges(before: Files, after: Files): PreviousChanges {
  const paths = [...new Set([...before.keys(), ...after.keys()])]
  const changes = paths
    .filter((path) => !path.startsWith('info/'))
    .sort()
    .map((path): FileChange => {
      const [had, has] = [before.get(path)?.sizeBytes, after.get(path)?.sizeBytes]
      return { path, ...(had !== undefined && { before: had }), ...(has !== undefined && { after: has }) }
    })
  return {
    contentBytes: totalBytes(before),
    files: changes.filter((change) => change.before !== change.after),
  }
}

function checkRemoved(before: Files, after: Files, name: string): readonly Problem[] {
  const gone = [...before.keys()].filter((path) => !path.startsWith('info/') && !after.has(path))
  const [path, ...others] = gone
  if (path === undefined) return []
  const more = others.length > 0 ? ` (and ${others.length} more)` : ''
  const message = `\`${name}\` had it, this package has not${more}`
  const advice = 'compare both with `krait package diff`, and see that it is meant'
  return [{ severity: 'warning', check: 'files', path, message, advice }]
}
