/** Collects the mistakes of one file while it is being read. */
import { type BuildError, type Diagnostic, toDiagnostic } from '../../errors/index.js'
import { positionAt, type SourceText, type YamlNode, type YamlProblem } from '../../text/index.js'
import { duplicateKey, ignoredPart, wrongType, yamlSyntax } from './errors.js'

/** The file, and what was found wrong in it so far. */
export interface Loader {
  readonly source: SourceText
  readonly diagnostics: Diagnostic[]
}

export function report(loader: Loader, error: BuildError): void {
  loader.diagnostics.push(toDiagnostic(error))
}

export function warn(loader: Loader, error: BuildError): void {
  loader.diagnostics.push({ ...toDiagnostic(error), severity: 'warning' })
}

/** Reports a node of the wrong kind. */
export function reportType(loader: Loader, node: YamlNode, expected: string, hint?: string): undefined {
  report(loader, wrongType(expected, `non-${expected.split(' ')[0] ?? expected}`, node.span, hint))
  return undefined
}

/** Takes over what the YAML parser found. */
export function reportYaml(loader: Loader, problem: YamlProblem): void {
  const { line, column } = positionAt(loader.source.text, problem.span.start)
  const place = `${line}:${column}`
  if (problem.severity === 'warning') warn(loader, ignoredPart(problem.message, problem.span))
  else if (!/keys must be unique/.test(problem.message)) {
    report(loader, yamlSyntax(`${place}: ${problem.message}`, problem.span))
  } else {
    const key = /^["']?([^"':\n]*)/.exec(loader.source.text.slice(problem.span.start))?.[1]?.trim() ?? ''
    report(
      loader,
      duplicateKey(key, place, { ...problem.span, end: problem.span.start + Math.max(1, key.length) }),
    )
  }
}

/** Diagnostics in the order of the file. */
export function sortedDiagnostics(loader: Loader): Diagnostic[] {
  return loader.diagnostics
    .map((diagnostic, index) => ({ diagnostic, index }))
    .sort((left, right) => startOf(left.diagnostic) - startOf(right.diagnostic) || left.index - right.index)
    .map(({ diagnostic }) => diagnostic)
}

function startOf(diagnostic: Diagnostic): number {
  return diagnostic.span?.start ?? 0
}

/** True for a value that YAML users write to mean nothing. */
export function isNullWord(node: YamlNode): boolean {
  return (
    node.kind === 'scalar' && node.plain && (node.text === '' || node.text === '~' || node.text === 'null')
  )
}
