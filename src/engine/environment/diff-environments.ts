/** Compares the environment of a build script with that of tests, or with the caller's shell (spec: features.md D18). */
import { showText } from '../explain/show-text.js'
import type { DescribedVariable } from './types.js'

/** `krait env diff --json` of one output. Names only: what is in the caller's environment is nobody's business. */
export interface EnvironmentDifference {
  /** The output: `name-version-build`. */
  readonly id: string
  /** The left side and the right one. */
  readonly between: readonly ['build', 'test' | 'shell']
  /** Names that the right side has not. */
  readonly onlyLeft: readonly string[]
  /** Names that the left side has not. */
  readonly onlyRight: readonly string[]
  /** Those that both sides have, with other values. */
  readonly different: readonly string[]
  /** Variables that only the right side has and the script reads, with the place of the first reading. */
  readonly usedByScript: readonly { readonly name: string; readonly location?: string }[]
}

export interface Side {
  readonly name: 'build' | 'test' | 'shell'
  readonly variables: readonly Pick<DescribedVariable, 'name' | 'value'>[]
}

/** What one side has and the other has not, by name. */
export function diffVariables(left: Side['variables'], right: Side['variables']) {
  const leftValues = new Map(left.map(({ name, value }) => [name, value]))
  const rightValues = new Map(right.map(({ name, value }) => [name, value]))
  return {
    onlyLeft: [...leftValues.keys()].filter((name) => !rightValues.has(name)).sort(),
    onlyRight: [...rightValues.keys()].filter((name) => !leftValues.has(name)).sort(),
    different: [...leftValues]
      .filter(([name, value]) => rightValues.has(name) && rightValues.get(name) !== value)
      .map(([name]) => name)
      .sort(),
  }
}

/** Lists of names under headings. */
export function formatDifference(difference: EnvironmentDifference): string {
  const { id, between, onlyLeft, onlyRight, different, usedByScript } = difference
  const [left, right] = between
  const shown = right === 'shell' ? 'your shell' : `the ${right} script`
  const used = usedByScript.map(({ name, location }) => (location ? `${name} (${location})` : name))
  return [
    `# ${showText(id)}  ${left} script against ${shown}`,
    ...list(`only in the ${left} script`, onlyLeft),
    ...list(`only in ${shown}`, onlyRight),
    ...list('different values', different),
    ...list(`used by the script, but only in ${shown}`, used),
    '',
  ].join('\n')
}

function list(heading: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${heading}:`, ...names.map((name) => `  ${showText(name)}`)]
}
