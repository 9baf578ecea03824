/** Decides what is said about mistakes in the YAML itself, and which of them only follow from others. */
import { type Diagnostic, toDiagnostic } from '../../errors/index.js'
import { positionAt, type Span, type YamlProblem } from '../../text/index.js'
import { duplicateKey, ignoredPart, tooManyMistakes, yamlSyntax } from './errors.js'
import { type Loader, mostShown, report, warn } from './loader.js'

/** Takes over what the YAML parser found, with what to do about it. */
export function reportYaml(loader: Loader, problems: readonly YamlProblem[]): void {
  const broken: number[] = []
  for (const problem of problems.slice(0, mostShown)) {
    if (problem.severity === 'warning') warn(loader, ignoredPart(problem.message, problem.span))
    else if (/keys must be unique/.test(problem.message)) reportDuplicate(loader, problem.span)
    else if (!reportLocal(loader, problem)) reportBroken(loader, problem, broken)
  }
  const [first] = broken
  if (first !== undefined) loader.brokenAt = first
}

/** Diagnostics in the order of the file, without those that only follow from broken YAML. */
export function sortedDiagnostics(loader: Loader): Diagnostic[] {
  const wrong = loader.diagnostics.filter(({ code }) => code === 'load/yaml-syntax')
  const sorted = loader.diagnostics
    .slice(0, mostShown)
    .filter((diagnostic) => !isConsequence(diagnostic, wrong, loader) && !isRepeated(diagnostic, loader))
    .map((diagnostic, index) => ({ diagnostic, index }))
    .sort((left, right) => startOf(left.diagnostic) - startOf(right.diagnostic) || left.index - right.index)
    .map(({ diagnostic }) => diagnostic)
  const isCut = loader.diagnostics.length >= mostShown
  return isCut ? [...sorted, toDiagnostic(tooManyMistakes(mostShown, loader.source.file))] : sorted
}

function reportDuplicate(loader: Loader, span: Span): void {
  const key = /^["']?([^"':\n]*)/.exec(lineFrom(loader, span.start))?.[1]?.trim() ?? ''
  const end = span.start + Math.max(1, key.length)
  report(loader, duplicateKey(key, placeOf(loader, span.start), { ...span, end }))
}

/** Mistakes that leave the rest of the file readable. */
function reportLocal(loader: Loader, { message, span }: YamlProblem): boolean {
  const { text } = loader.source
  const marked = /(?:anchor|tag|such as) `([^`]+)`/.exec(message)?.[1]
  if (marked !== undefined) {
    const written = marked.startsWith('tag:') ? '!' : marked
    let start = Math.max(0, text.lastIndexOf(written, span.start))
    while (written === '!' && text.charAt(start - 1) === '!') start -= 1
    const length = /^[^\s,\]}]*/.exec(lineFrom(loader, start))?.[0].length ?? 1
    const hint = written === '!' ? 'leave the tag out; quotes make a text' : noAnchors
    complain(loader, message, { span: { ...span, start, end: start + Math.max(1, length) }, hint })
    return true
  }
  if (/keys in mappings must be scalar/.test(message)) {
    const inside = /\{+\s*([^{}]*?)\s*\}/.exec(lineFrom(loader, Math.max(0, span.start - 1)))?.[1] ?? 'name'
    complain(loader, message, { span, hint: `write \`\${{ ${inside} }}\`` })
    return true
  }
  const line = lineFrom(loader, span.start)
  const colon = /Nested mappings/.test(message) && /^["']?[^\n]*?\$\{\{/.test(line) ? line.search(/:\s/) : -1
  if (colon === -1) return false
  const start = span.start + colon
  complain(loader, '`: ` inside of `${{ }}` makes YAML see a mapping', {
    span: { ...span, start, end: start + 2 },
    hint: `put the whole value in quotes: \`'${line.trim().replaceAll("'", '"')}'\``,
  })
  return true
}

const noAnchors = 'recipes have no anchors: write the value out, or give it a name in `context`'

/** Words of the parser for what follows from an earlier mistake. */
const consequences =
  /Unexpected .* token in YAML stream|Implicit keys need|Nested mappings|Unexpected scalar at node end|implicit map keys need/i

function reportBroken(loader: Loader, { message, span }: YamlProblem, broken: number[]): void {
  const { line } = positionAt(loader.source.text, span.start)
  const isLater = broken.length > 0
  const onSameLine = broken.some((start) => positionAt(loader.source.text, start).line === line)
  if (onSameLine || (isLater && consequences.test(message)) || broken.length >= mostBroken) return
  broken.push(span.start)
  complain(loader, message, { span, hint: hintFor(message) })
}

/** A file that is not YAML at all would give thousands. */
const mostBroken = 20

const hints: readonly (readonly [RegExp, string])[] = [
  [/Tabs are not allowed/, 'indent with blanks'],
  [/Flow (?:sequence|map)|flow collection/i, 'every `[` and `{` needs its `]` and `}`'],
  [/Missing closing/, 'close the text with the quote it begins with'],
  [/indent/i, 'keys of one mapping begin in the same column'],
  [/Nested mappings|Implicit keys|Unexpected scalar/, 'put texts that have `: ` in them in quotes'],
  [/Map(?:ping)? values? (?:are|is) not allowed/i, 'put texts that have `: ` in them in quotes'],
]

function hintFor(message: string): string {
  const known = hints.find(([pattern]) => pattern.test(message))
  return known?.[1] ?? 'check brackets, quotes and indentation from here upwards'
}

function complain(loader: Loader, message: string, place: { span: Span; hint: string }): void {
  report(loader, yamlSyntax(`${placeOf(loader, place.span.start)}: ${message}`, place.span, place.hint))
}

function placeOf(loader: Loader, offset: number): string {
  const { line, column } = positionAt(loader.source.text, offset)
  return `${line}:${column}`
}

function lineFrom({ source }: Loader, start: number): string {
  const end = source.text.indexOf('\n', start)
  return source.text.slice(start, end === -1 ? undefined : end).trimEnd()
}

/** What a broken structure makes of the rest of the file says nothing about the recipe. */
function isConsequence(diagnostic: Diagnostic, wrong: readonly Diagnostic[], loader: Loader): boolean {
  const { code, span } = diagnostic
  if (code === 'load/yaml-syntax' || code === 'load/duplicate-key' || span === undefined) return false
  const { text } = loader.source
  const isAbout = (start: number) =>
    start <= span.end && (start >= span.start || !text.slice(start, span.start).includes('\n'))
  if (code === 'load/wrong-type' && wrong.some((other) => isAbout(startOf(other)))) return true
  const { brokenAt } = loader
  if (brokenAt === undefined) return false
  const isEmpty = span.start === span.end
  return isEmpty || span.end >= brokenAt
}

/** A warning is left out when the same place turned out to be a mistake. */
function isRepeated({ severity, code, span }: Diagnostic, loader: Loader): boolean {
  if (severity === 'error' || code !== 'load/template-syntax') return false
  return loader.diagnostics.some(
    (other) => other.severity === 'error' && other.code === code && other.span?.start === span?.start,
  )
}

function startOf(diagnostic: Diagnostic): number {
  return diagnostic.span?.start ?? 0
}
