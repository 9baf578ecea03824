/** Finds the line that failed in scripts that are not bash, from what their language wrote about it. */
import type { PlacedSection } from './wrapper.js'

export interface ToldFailure {
  /** Recipe or script file of the user's, and the line in it, from 1. */
  readonly file: string
  readonly line: number
  /** The line itself. */
  readonly text: string
}

/** The failing line as the user wrote it; undefined when the language says nothing that can be recognised. */
export function locateFailure(
  sections: readonly PlacedSection[],
  output: readonly string[],
): ToldFailure | undefined {
  // Only one section has failed, and what comes after it has written nothing.
  for (const section of sections.toReversed()) {
    const { interpreter, scriptPath, text } = section
    const line = scriptPath === undefined ? undefined : interpreter.failureLine?.(output, scriptPath)
    const origin = line === undefined ? undefined : originOf(section, line)
    if (origin && line !== undefined) return { ...origin, text: text.split('\n')[line - 1]?.trim() ?? '' }
  }
  return undefined
}

/** Where a line of the script file was written. */
function originOf({ body, interpreter }: PlacedSection, line: number) {
  if (body.kind === 'file') return { file: body.path, line }
  let first = 1
  for (const { text, origin } of body.commands) {
    const count = interpreter.join([text.replace(/\n$/, '')]).split('\n').length
    if (line < first + count) return origin && { file: origin.file, line: origin.line + line - first }
    first += count
  }
  return undefined
}
