/** What is shown when a script fails: where, what it said, what to do next. */
import type { BuildEvent } from '../events/index.js'
import type { Json } from '../text/index.js'
import { formatDuration, formatPath, formatSize } from './format.js'
import { nextCommands } from './next-commands.js'
import { justify } from './stage-line.js'
import type { Style } from './style.js'

type Failed = Extract<BuildEvent, { type: 'build-failed' }>

/** The card for `script/failed` and `test/script-failed`; keeps the texts that scripts look for (contract.md 3). */
export function failureCard(event: Failed, style: Style): string[] {
  const facts = event.details ?? {}
  const { paint, symbol } = style
  const headline = paint.bold(
    `${paint.red(symbol.failed)} ${what(facts)}: ${event.output ?? ''}, ${event.message}`,
  )
  return [
    '',
    justify(headline, `after ${formatDuration(Number(facts.ms ?? 0))}`, style),
    '',
    ...place(facts, style),
    ...tail(facts, style),
    ...clues(facts),
    '',
    '  Script execution failed.',
    `  Work directory: ${String(facts.workDirectory)}`,
    `  Prefix: ${String(facts.prefix)}`,
    `  Build prefix: ${facts.buildPrefix === undefined ? 'None' : String(facts.buildPrefix)}`,
    '',
    ...nextCommands({ ...facts, ...recipeShown(facts, style) }).flatMap(({ purpose, command }) => [
      `  ${purpose}`,
      `  ${command}`,
    ]),
    '',
    'Script failed to execute',
  ]
}

type Facts = { readonly [key: string]: Json }

function recipeShown({ recipeDirectory }: Facts, { currentDirectory }: Style): Facts {
  if (typeof recipeDirectory !== 'string') return {}
  return { recipeDirectory: formatPath(recipeDirectory, currentDirectory) }
}

function what(facts: Facts): string {
  return facts.phase === 'test' ? 'Test failed' : 'script failed'
}

function place(facts: Facts, style: Style): string[] {
  const rows: string[] = []
  if (facts.step !== undefined) rows.push(row('step', text(facts.step)))
  if (facts.location !== undefined)
    rows.push(row(shortLocation(String(facts.location), style), text(facts.command)))
  else if (facts.command !== undefined) rows.push(row('command', text(facts.command)))
  rows.push(row('log', formatPath(String(facts.logPath), style.currentDirectory)), '')
  return rows
}

function shortLocation(location: string, style: Style): string {
  const [, file = location, line = ''] = /^(.*):(\d+)$/.exec(location) ?? []
  const shown = file.startsWith('/') ? formatPath(file, style.currentDirectory) : file
  return line ? `${shown}:${line}` : shown
}

/** The first error stands above the last lines unless it is one of them. */
function tail(facts: Facts, style: Style): string[] {
  const lines = list(facts.tail)
  const first = firstErrorText(facts)
  const above = first === undefined || lines.includes(first) ? [] : [first, '...']
  return [...above, ...lines].map((line) => (line === first ? `  | ${line}` : style.paint.dim(`  | ${line}`)))
}

function firstErrorText({ firstError }: Facts): string | undefined {
  if (typeof firstError !== 'object' || firstError === null || !('text' in firstError)) return undefined
  return text(firstError.text)
}

function clues(facts: Facts): string[] {
  const rows: string[] = []
  const first = firstErrorText(facts)
  if (first !== undefined) rows.push(row('first error', first))
  if (facts.likely !== undefined) rows.push(row('likely', text(facts.likely)))
  if (typeof facts.freeBytes === 'number') {
    rows.push(row('disk', `no space left: ${formatSize(facts.freeBytes)} free where the script works`))
  }
  const withheld = names(facts.withheld)
  if (withheld.length > 0) {
    const verb = withheld.length === 1 ? 'is set in your shell, is' : 'are set in your shell, are'
    const was = withheld.length === 1 ? 'was' : 'were'
    rows.push(
      row(
        'withheld',
        `${withheld.join(', ')} ${verb} used by this script, and ${was} not passed (strict isolation)`,
      ),
    )
  }
  const missing = list(facts.missingSecrets)
  if (missing.length > 0) rows.push(row('secrets', `not in your environment: ${missing.join(', ')}`))
  return rows.length === 0 ? [] : ['', ...rows]
}

function row(name: string, value: string): string {
  return `  ${name.padEnd(16)} ${value}`
}

function text(value: Json | undefined): string {
  return value === undefined ? '' : String(value)
}

/** `NAME (file:line)` */
function names(value: Json | undefined): readonly string[] {
  return (Array.isArray(value) ? value : []).map((item) => {
    const { name, location } = item as { readonly name: string; readonly location?: string }
    return location === undefined ? name : `${name} (${location})`
  })
}

function list(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}
