/** Collects the mistakes of one file while it is being read. */
import { type BuildError, type Diagnostic, toDiagnostic, type Warning } from '../../errors/index.js'
import type { SourceText, YamlNode } from '../../text/index.js'
import { wrongType } from './errors.js'

/** The file, and what was found wrong in it so far. */
export interface Loader {
  readonly source: SourceText
  readonly diagnostics: Diagnostic[]
  /** Offset from which on the structure of the file is not what its author meant. */
  brokenAt?: number
}

/** Nobody reads more mistakes of one file, and a hostile file can hold one on every line. */
export const mostShown = 1000

export function report(loader: Loader, error: BuildError): void {
  loader.diagnostics.push(toDiagnostic(error))
}

export function warn(loader: Loader, warning: Warning): void {
  loader.diagnostics.push({ ...warning, severity: 'warning' })
}

/** Reports a node of the wrong kind. */
export function reportType(loader: Loader, node: YamlNode, expected: string, hint?: string): undefined {
  const got = `non-${expected.split(' ')[0] ?? expected}`
  report(loader, wrongType(expected, got, node.span, hint ?? shapeHint(expected, node)))
  return undefined
}

function shapeHint(expected: string, node: YamlNode): string {
  if (expected.startsWith('mapping')) {
    const isList = node.kind === 'sequence'
    return isList ? 'write `key: value` lines without `-`' : 'write `key: value` lines below it'
  }
  if (expected.startsWith('scalar')) return 'write a single text or number'
  const example = node.kind === 'scalar' && node.text !== '' ? (node.text.split('\n')[0] ?? '') : 'item'
  return node.kind === 'scalar' ? `write a list: \`- ${example}\`` : 'write a list, each item behind a `-`'
}

/** True for a value that YAML users write to mean nothing. */
export function isNullWord(node: YamlNode): boolean {
  return (
    node.kind === 'scalar' && node.plain && (node.text === '' || node.text === '~' || node.text === 'null')
  )
}
