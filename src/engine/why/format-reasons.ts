/** Lays out why a package is in an environment, for people. */
import type { Chain, Reason } from './types.js'

const shownChains = 5
const shownVersions = 3

/** One paragraph for each output and environment. */
export function formatReasons(reasons: readonly Reason[]): string {
  return `${reasons.map((reason) => formatReason(reason).join('\n')).join('\n\n')}\n`
}

function formatReason(reason: Reason): readonly string[] {
  const { name, version, build } = reason.package
  const more = reason.chains.length - shownChains
  const staging = reason.staging === undefined ? '' : `the staging output ${reason.staging} for `
  return [
    `${name} ${version} ${build}  in the ${reason.environment} environment of ${staging}${reason.output}`,
    ...reason.chains.slice(0, shownChains).flatMap(formatChain),
    ...(more > 0
      ? [`  ... and ${more} more ${more === 1 ? 'requirement needs' : 'requirements need'} it`]
      : []),
    ...formatNewer(reason),
  ]
}

function formatChain({ root, steps }: Chain): readonly string[] {
  const notes = [root.place, root.origin].filter((note) => note !== undefined)
  const head = `  ${root.spec}${notes.length > 0 ? `  (${notes.join(', ')})` : ''}`
  const needs = steps.flatMap((step, index) =>
    step.needs === undefined
      ? []
      : [`${'  '.repeat(index + 2)}${step.package} ${step.version} needs ${step.needs}`],
  )
  return [head, ...needs]
}

function formatNewer({ newer, versions, package: taken }: Reason): readonly string[] {
  if (newer.length === 0) {
    return [`  ${taken.version} is the ${versions === 1 ? 'only' : 'newest'} version in its channel`]
  }
  const lines = newer.slice(0, shownVersions).map(({ version, rejectedBy }) => {
    const reason =
      rejectedBy.length > 0
        ? `kept out by ${rejectedBy.slice(0, 3).join(', ')}`
        : 'kept out by what it needs itself, or by the choice of another package'
    return `  newer: ${version}, ${reason}`
  })
  const more = newer.length - shownVersions
  return more > 0 ? [...lines, `  ... and ${more} more newer versions`] : lines
}
