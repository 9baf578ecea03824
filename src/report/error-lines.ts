/** Errors and warnings as text: what happened, where, what to do. */
import type { BuildEvent, ShownDiagnostic } from '../events/index.js'
import { failureCard } from './failure-card.js'
import { formatPlural } from './format.js'
import { retryCommands } from './next-commands.js'
import type { Style } from './style.js'

type Failed = Extract<BuildEvent, { type: 'build-failed' }>

/** All lines of a failure; mistakes of a file come in their order. */
export function errorLines(event: Failed, style: Style): string[] {
  if (event.code === 'script/failed' || event.code === 'test/script-failed') return failureCard(event, style)
  if (event.code === 'bug') return bugLines(event, style)
  const diagnostics = event.diagnostics.length > 0 ? event.diagnostics : [asDiagnostic(event)]
  const lines = [
    ...preface(event),
    ...diagnostics.flatMap((diagnostic) => diagnosticLines(diagnostic, style)),
  ]
  const explanation = event.details?.explanation
  if (Array.isArray(explanation)) lines.push('', ...explanation.map((line) => `  ${String(line)}`))
  for (const { purpose, command } of retryCommands(event.details ?? {}))
    lines.push('', `  ${purpose}`, `  ${command}`)
  return event.diagnostics.length > 1 ? [...lines, '', counted(event)] : lines
}

/** One diagnostic with its code frame and hint. */
export function diagnosticLines(diagnostic: ShownDiagnostic, style: Style): string[] {
  const { paint } = style
  const paintLevel = diagnostic.severity === 'error' ? paint.red : paint.yellow
  const head = `${paintLevel(`${diagnostic.severity}[${diagnostic.code}]`)}: ${paint.bold(diagnostic.message)}`
  const frame = diagnostic.frame?.split('\n') ?? (diagnostic.location ? [`  --> ${diagnostic.location}`] : [])
  const hint = diagnostic.hint ? [`  ${paint.cyan('help')}: ${diagnostic.hint}`] : []
  return [head, ...frame, ...hint]
}

/** The line that scripts look for before a recipe error (contract.md 3). */
function preface(event: Failed): string[] {
  if (event.code.startsWith('load/')) return ['Failed to parse recipe', '']
  if (event.code.startsWith('render/')) return ['Failed to render recipe with variants', '']
  if (event.code.startsWith('solve/')) return ['Failed to resolve dependencies', '']
  return []
}

function asDiagnostic(event: Failed): ShownDiagnostic {
  const { code, message, hint } = event
  return {
    severity: 'error',
    code: code as ShownDiagnostic['code'],
    message,
    ...(hint !== undefined && { hint }),
  }
}

/** How many there are, and how to learn more of the first one. */
function counted({ diagnostics }: Failed): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length
  const warnings = diagnostics.length - errors
  const counts = [formatPlural(errors, 'error'), ...(warnings > 0 ? [formatPlural(warnings, 'warning')] : [])]
  return `${counts.join(', ')} · krait help ${diagnostics[0]?.code} explains a code`
}

function bugLines(event: Failed, style: Style): string[] {
  const stack = typeof event.details?.stack === 'string' ? event.details.stack.split('\n') : []
  return [
    `${style.paint.red('error[bug]')}: ${style.paint.bold(event.message)}`,
    ...stack.map((line) => `  ${line.trim()}`),
    '  This is a mistake in krait, not in your recipe. Its report needs the lines above and the recipe.',
  ]
}
