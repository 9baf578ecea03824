/** Words a place of a file the way editors open it. */
import { formatLocation, type Span } from '../../text/index.js'
import type { ExplainSubject } from './types.js'

/** `file:line:column`. */
export function placeOf(span: Span, { texts }: Pick<ExplainSubject, 'texts'>): string {
  const text = texts.get(span.file)
  return text === undefined ? span.file : formatLocation(span, text)
}

/** What is written there, or its first line when there are several. */
export function textOf(span: Span, { texts }: Pick<ExplainSubject, 'texts'>): string {
  const [first = '', ...rest] = (texts.get(span.file) ?? '').slice(span.start, span.end).trim().split('\n')
  return rest.length > 0 ? `${first.trimEnd()} ...` : first
}
