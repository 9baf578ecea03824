/** Judges what was found in the bytes of a package's files. */
import type { ListedPath } from './metadata.js'
import type { Problem } from './problem.js'
import type { ContentFindings } from './search-content.js'

/** Paths of the machine, placeholders that nobody replaces, and first lines that no other machine understands. */
export function checkFindings(
  findings: ReadonlyMap<string, ContentFindings>,
  listed: readonly ListedPath[],
): readonly Problem[] {
  const entries = new Map(listed.map((entry) => [entry.path, entry]))
  return [...findings].flatMap(([path, found]) => {
    if (!isChecked(path)) return []
    const problems = [...checkMachinePaths(found)]
    if (!path.startsWith('info/')) problems.push(...checkPlaceholder(path, found, entries.get(path)))
    // A template's first line is that of the file that is made from it, elsewhere.
    if (!path.startsWith('info/') && !path.endsWith('.in')) problems.push(...checkShebang(found))
    return problems.map((problem): Problem => ({ ...problem, path }))
  })
}

/** What people wrote into recipes and licenses is theirs; the rest of `info/` was written by the build tool. */
function isChecked(path: string): boolean {
  return !/^info\/(?:recipe|licenses|test|tests)\//.test(path) || path === 'info/recipe/rendered_recipe.yaml'
}

function checkMachinePaths({ buildPath, hostPath }: ContentFindings): readonly Problem[] {
  const problems: Problem[] = []
  if (buildPath !== undefined)
    problems.push({
      severity: 'error',
      check: 'build-path',
      message: `it contains \`${buildPath}\`, which existed only while the package was built`,
      advice:
        'install with `$PREFIX` in place of it, map it with `-ffile-prefix-map`, or replace it with `build.post_process`',
    })
  else if (hostPath !== undefined)
    problems.push({
      severity: 'warning',
      check: 'host-path',
      message: `it contains \`${hostPath}\`, a place of one machine`,
      advice: 'find out who wrote it, and replace it with `build.post_process` unless it is meant',
    })
  return problems
}

function checkPlaceholder(
  path: string,
  { placeholders, strangePrefix, isBinary }: ContentFindings,
  entry: ListedPath | undefined,
): readonly Problem[] {
  const unlisted = [...placeholders].find((text) => text !== entry?.prefixPlaceholder) ?? strangePrefix
  if (unlisted !== undefined) {
    // Python does not need the path that byte code names.
    const severity = /\.py[co]$/.test(path) ? 'warning' : 'error'
    const message = `it contains the prefix of the build (\`${shorten(unlisted)}\`), and paths.json does not say that it has to be replaced`
    const advice = 'remove it from `prefix_detection.ignore`, or take the path out with `build.post_process`'
    return [{ severity, check: 'placeholder', message, advice }]
  }
  if (entry?.prefixPlaceholder === undefined) return []
  if (!placeholders.has(entry.prefixPlaceholder)) {
    const message = `paths.json says that it contains \`${shorten(entry.prefixPlaceholder)}\`, which it does not`
    return [{ severity: 'error', check: 'placeholder', message, advice: 'build the package again' }]
  }
  if (entry.fileMode !== 'text' || !isBinary) return []
  const message = 'the prefix in it is replaced as in a text, but it is a binary file, which that can destroy'
  return [
    {
      severity: 'error',
      check: 'placeholder',
      message,
      advice: 'list it in `prefix_detection.force_file_type.binary`',
    },
  ]
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`
}

/** What every system has. */
const systemInterpreters = /^(?:\/usr\/bin\/env|\/bin\/(?:sh|bash)|\/usr\/bin\/(?:sh|bash))$/
/** Linux reads no more of a first line. */
const longestShebang = 127

function checkShebang({ shebang, placeholders }: ContentFindings): readonly Problem[] {
  if (shebang === undefined || shebang === '') return []
  const [program = ''] = shebang.split(/\s+/)
  const report = (message: string, advice: string): readonly Problem[] => [
    { severity: 'error', check: 'shebang', message, advice },
  ]
  // Attributes of Rust begin like first lines.
  if (program.startsWith('[')) return []
  if ([...placeholders].some((text) => program.startsWith(`${text}/`))) return []
  const advice =
    'begin it with `#!/usr/bin/env PROGRAM`, or with `$PREFIX/bin/PROGRAM`, which installers replace'
  if (!program.startsWith('/'))
    return report(`its first line \`#!${shorten(shebang)}\` names no absolute path`, advice)
  if (!systemInterpreters.test(program))
    return report(`its first line \`#!${shorten(shebang)}\` points outside of the package`, advice)
  if (shebang.length + 2 > longestShebang)
    return report(
      `its first line has ${shebang.length + 2} bytes, and systems read ${longestShebang}`,
      advice,
    )
  return []
}
