/** Decides how explanations of run dependencies look to people. */
import type { RunDependencyExplanation } from './explain-solved.js'
import { showText } from './show-text.js'

/** The dependency, then what caused it, then the line of the recipe. */
export function formatRunDependency(explanation: RunDependencyExplanation): string {
  const { id, spec, at } = explanation
  const asks = explanation.exporter ? `${explanation.exporter.name} is asked for at` : 'written at'
  const rows = [
    ...causeLines(explanation),
    ...(at === undefined ? [] : [`${asks} ${at}`]),
    ...(at === undefined && explanation.exporter
      ? [`${explanation.exporter.name} is asked for by no line that names it`]
      : []),
  ]
  return `${[`${showText(spec)}  (${id})`, ...rows.map((row) => `  ${showText(row)}`)].join('\n')}\n`
}

function causeLines({ cause, exporter, variant, staging }: RunDependencyExplanation): readonly string[] {
  if (cause === 'run-export') {
    if (exporter === undefined) return ['run export']
    const { name, version, build, environment, strength } = exporter
    const kind = strength === undefined ? '' : ` (${strength})`
    const where = staging === undefined ? '' : ` of the staging output ${staging}`
    return [`run export${kind} of ${name} ${version} ${build} in the ${environment} environment${where}`]
  }
  if (cause === 'variant') return [`the bare name takes the version of the variant key ${variant}`]
  return cause === 'pin' ? ['a pin on another package'] : []
}
