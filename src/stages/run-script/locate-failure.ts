/** Finds the line of the user's that a script in another language than bash failed in. */
import path from 'node:path'
import { sectionTexts } from './sections.js'
import type { PlacedSection } from './wrapper.js'

/** `file:line`, out of what the language itself says about where it stopped; undefined when it says nothing. */
export function locateFailure(section: PlacedSection, output: readonly string[]): string | undefined {
  const script = scriptOf(section)
  if (script === undefined) return undefined
  const name = path.basename(script).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const place = new RegExp(`${name}["')]*(?:,? line |:)(\\d+)`)
  const lines = output.flatMap((line) => place.exec(line)?.[1] ?? []).map(Number)
  // Python's frames end with the innermost one, everybody else's begin with it.
  const line = section.interpreter.names[0] === 'python' ? lines.at(-1) : lines[0]
  return line === undefined ? undefined : toOrigin(line, section)
}

function scriptOf({ body, command }: PlacedSection): string | undefined {
  if (body.kind === 'file') return body.path
  return command?.find((argument) => /[/\\]conda_build_(?:script|step\d+)\.\w+$/.test(argument))
}

/** From a line of the script that runs, counted from 1, to where it was written. */
function toOrigin(line: number, { body, text }: PlacedSection): string | undefined {
  if (body.kind === 'file') return `${body.path}:${line}`
  let searched = 0
  for (const { text: command, origin } of body.commands) {
    const content = command.replace(/\n$/, '')
    const start = text.indexOf(content, searched)
    if (start === -1) return undefined
    searched = start + content.length
    const first = text.slice(0, start).split('\n').length
    const offset = line - first
    if (origin && offset >= 0 && offset < content.split('\n').length) {
      return `${origin.file}:${origin.line + offset}`
    }
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
