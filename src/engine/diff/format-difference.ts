/** Decides how differences between builds and variants look to people: what differs, then because of what. */
import { formatChange } from '../compare-renderings.js'
import { showBare, showText } from '../explain/show-text.js'
import type { BuildDifference } from './compare-builds.js'
import type { VariantDifference } from './compare-variants.js'
import type { Cause, EnvironmentChange } from './inputs.js'

/** @param content how the contents of the packages differ, in words */
export function formatBuildDifference(difference: BuildDifference, content: string | undefined): string {
  const { before, after, causes, environments, variables, isSame } = difference
  if (isSame)
    return content ?? 'no difference in what was recorded; the packages are not there to be compared\n'
  const sections = [
    ...section('environments', environments.map(formatEnvironment)),
    ...section('variables', variables.map(formatChange)),
  ]
  const head = content === undefined ? [`${before} -> ${after}`] : [content.trimEnd()]
  const because =
    causes.length > 0 ? causes.map(formatCause) : ['nothing that was recorded: the build is not reproducible']
  return [...head, ...sections, '', 'because', ...because.map((line) => `  ${line}`), ''].join('\n')
}

export function formatVariantDifference({ changes, causes, isSame }: VariantDifference): string {
  if (isSame) return 'no difference\n'
  const because = causes.length > 0 ? ['because', ...causes.map((cause) => `  ${formatCause(cause)}`)] : []
  return `${[...changes.map(formatChange), ...because].join('\n')}\n`
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)]
}

function formatEnvironment({ environment, name, before, after }: EnvironmentChange): string {
  if (before === undefined) return `+ ${name} ${after} (${environment})`
  return after === undefined
    ? `- ${name} ${before} (${environment})`
    : `~ ${name} ${before} -> ${after} (${environment})`
}

/** `variant tone: calm -> loud (variants.yaml:2:5)`, `recipe.yaml:7: - zlib 1.2.* -> - zlib 1.3.*` */
function formatCause({ kind, what, before, after, at }: Cause): string {
  const name = at === what ? what : `${kind} ${what}`
  const place = at === undefined || at === what ? '' : ` (${at})`
  const show = (value: Cause['before']) =>
    typeof value === 'string' && /^[0-9a-f]{40,}$/.test(value) ? value.slice(0, 12) : showBare(value ?? null)
  if (before === undefined && after === undefined) return showText(`${name}${place}`)
  if (before === undefined) return showText(`${name}: added ${show(after)}${place}`)
  if (after === undefined) return showText(`${name}: removed ${show(before)}${place}`)
  return showText(`${name}: ${show(before)} -> ${show(after)}${place}`)
}
