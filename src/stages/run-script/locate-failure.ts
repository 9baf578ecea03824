/** Finds the line that failed, from what the script wrote: the languages tell, and bash traces its commands. */
import { sectionTexts } from './sections.js'
import type { PlacedSection } from './wrapper.js'

export interface ToldFailure {
  /** `file:line` in the recipe or script file that the user wrote. */
  readonly location: string
  /** The line itself. */
  readonly command: string
}

/** The failing line of a script that is not bash; undefined when its language says nothing that can be recognised. */
export function locateFailure(
  sections: readonly PlacedSection[],
  output: readonly string[],
): ToldFailure | undefined {
  // Only one section has failed, and what comes after it has written nothing.
  for (const section of sections.toReversed()) {
    const { interpreter, scriptPath, text } = section
    const line = scriptPath === undefined ? undefined : interpreter.failureLine?.(output, scriptPath)
    const location = line === undefined ? undefined : originOf(section, line)
    if (location !== undefined && line !== undefined) {
      return { location, command: text.split('\n')[line - 1]?.trim() ?? '' }
    }
  }
  return undefined
}

/** Where a line of the script file was written. */
function originOf({ body, interpreter }: PlacedSection, line: number): string | undefined {
  if (body.kind === 'file') return `${body.path}:${line}`
  let first = 1
  for (const { text, origin } of body.commands) {
    const count = interpreter.join([text.replace(/\n$/, '')]).split('\n').length
    if (line < first + count) return origin && `${origin.file}:${origin.line + line - first}`
    first += count
  }
  return undefined
}

/** Where a bash section was left with `exit`: the last traced command, when it stands in one line only. */
export function locateExit(
  section: PlacedSection,
  output: readonly string[],
): { readonly location?: string; readonly command: string } | undefined {
  const traced = output.filter((line) => /^\++ /.test(line)).at(-1)
  const command = traced?.replace(/^\++ /, '')
  if (command === undefined) return undefined
  const places = sectionTexts(section).flatMap(({ text, origin }) =>
    text
      .split('\n')
      .flatMap((line, offset) =>
        line.includes(command) && origin ? [`${origin.file}:${origin.line + offset}`] : [],
      ),
  )
  const [location] = places
  return { command, ...(places.length === 1 && location !== undefined && { location }) }
}
