/** What is shown when a script fails: where, what it said, what to do next. */
import type { BuildEvent } from '../events/index.js'
import type { Json } from '../text/index.js'
import { formatDuration, formatPath, formatSize } from './format.js'
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
  const work = String(facts.workDirectory)
  return [
    '',
    justify(headline, `after ${formatDuration(Number(facts.ms ?? 0))}`, style),
    '',
    ...place(facts, style),
    ...tail(facts, style),
    ...clues(facts),
    '',
    '  Script execution failed.',
    `  Work directory: ${work}`,
    `  Prefix: ${String(facts.prefix)}`,
    `  Build prefix: ${facts.buildPrefix === undefined ? 'None' : String(facts.buildPrefix)}`,
    '',
    '  To run the script manually, use the following command:',
    `  cd "${work}" && ${facts.manual === undefined ? './conda_build.sh' : String(facts.manual)}`,
    ...interactive(work, facts),
    '',
    'Script failed to execute',
  ]
}

/** Not on cmd: a batch file that is called on its own changes nothing for the shell that called it. */
function interactive(work: string, facts: Facts): string[] {
  if (facts.manual !== undefined) return []
  return [
    '  To run commands interactively in the build environment:',
    `  cd "${work}" && source build_env.sh`,
  ]
}

type Facts = { readonly [key: string]: Json }

function what(facts: Facts): string {
  return facts.phase === 'test' ? 'Test failed' : 'script failed'
}

function place(facts: Facts, style: Style): string[] {
  const rows: string[] = []
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

function tail(facts: Facts, style: Style): string[] {
  return list(facts.tail).map((line) => style.paint.dim(`  | ${line}`))
}

function clues(facts: Facts): string[] {
  const rows: string[] = []
  if (typeof facts.freeBytes === 'number') {
    rows.push(row('disk', `no space left: ${formatSize(facts.freeBytes)} free where the script works`))
  }
  const withheld = list(facts.withheld)
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

function list(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}
