/** Doubts about file names: none of them stops the build (spec: package.md 1.6). */

import { comparePackagePaths } from '../../conda/index.js'
import type { Warning } from '../../errors/index.js'
import { groupBy } from '../../text/index.js'
import { mixedCase, mixedExtensions, oddName } from './warnings/errors.js'

/** One doubt for each kind of trouble that the names may make elsewhere. */
export function checkNames(paths: readonly string[]): readonly Warning[] {
  return [...caseDoubts(paths), ...nameDoubts(paths), ...extensionDoubts(paths)]
}

/** Groups of paths that are one path where case does not matter. */
export function findCaseCollisions(paths: readonly string[]): readonly (readonly string[])[] {
  const groups = groupBy(paths, (path) => path.normalize('NFKC').toUpperCase().toLowerCase())
  return [...groups.values()]
    .filter((group) => group.length > 1)
    .map((group) => group.sort(comparePackagePaths))
}

function caseDoubts(paths: readonly string[]): Warning[] {
  const collisions = findCaseCollisions(paths)
  if (collisions.length === 0) return []
  return [mixedCase(collisions.flat())]
}

const nameRules: readonly { readonly what: string; readonly applies: (path: string) => boolean }[] = [
  { what: 'contains spaces', applies: (path) => path.includes(' ') },
  { what: 'contains non-ASCII characters', applies: (path) => /[^\x00-\x7f]/.test(path) },
  { what: 'is longer than 200 bytes', applies: (path) => Buffer.byteLength(path) > 200 },
]

/** One line per cause: a package with a thousand such names would drown everything else. */
function nameDoubts(paths: readonly string[]): Warning[] {
  return nameRules.flatMap(({ what, applies }) => {
    const [first, ...others] = paths.filter(applies)
    return first === undefined ? [] : [oddName(what, first, others.length)]
  })
}

const extensionGroups: readonly (readonly string[])[] = [
  ['.cc', '.CC', '.cpp', '.CPP'],
  ['.htm', '.HTM', '.html', '.HTML'],
  ['.jpg', '.JPG', '.jpeg', '.JPEG'],
  ['.jsonl', '.JSONL', '.ndjson', '.NDJSON'],
  ['.txt', '.TXT', '.text', '.TEXT'],
  ['.yaml', '.YAML', '.yml', '.YML'],
]

function extensionDoubts(paths: readonly string[]): Warning[] {
  const counts = new Map<string, number>()
  for (const path of paths) {
    const extension = /\.[^./]+$/.exec(path)?.[0]
    if (extension) counts.set(extension, (counts.get(extension) ?? 0) + 1)
  }
  return extensionGroups.flatMap((group) => {
    const used = group.filter((extension) => counts.has(extension)).sort()
    if (used.length < 2) return []
    const list = used.map((extension) => `${extension} (${counts.get(extension)})`).join(', ')
    return [mixedExtensions(list)]
  })
}
