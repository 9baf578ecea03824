/** Decides which inputs of two builds differ, and which of them are the cause of the others. */
import { commonItems } from '../../text/index.js'
import { type Change, compareData } from '../compare-renderings.js'
import type { BuildInputs, Cause, EnvironmentChange, InputPackage } from './inputs.js'

export interface InputComparison {
  readonly causes: readonly Cause[]
  readonly environments: readonly EnvironmentChange[]
  /** Of the script, as the rendered recipe sets them. */
  readonly variables: readonly Change[]
}

/**
 * Variant values and recipe lines come first: a package that one of them names is their effect, and so is what else
 * differs in its environment then. Times count only when nothing else differs.
 */
export function compareInputs(before: BuildInputs, after: BuildInputs): InputComparison {
  const environments = (['build', 'host'] as const).flatMap((name) => [
    ...comparePackages(name, before.environments[name], after.environments[name]),
    // Records of older versions leave them out, and a recipe that gets a staging output tells it by its lines.
    ...(before.staging && after.staging
      ? comparePackages(`staging ${name}`, before.staging[name], after.staging[name])
      : []),
  ])
  const written = [...variantCauses(before, after), ...recipeCauses(before, after)]
  const names = new Set(environments.map(({ name }) => name))
  const isExplained = written.some((cause) => namesOneOf(cause, names))
  const causes = [
    ...written,
    ...(isExplained ? [] : environments.map(toCause)),
    ...sourceCauses(before, after, written),
    ...plainCauses(before, after),
  ]
  const variables = compareData(before.variables ?? {}, after.variables ?? {})
  return { causes: causes.length > 0 ? causes : timeCauses(before, after), environments, variables }
}

function comparePackages(
  environment: EnvironmentChange['environment'],
  before: readonly InputPackage[],
  after: readonly InputPackage[],
): readonly EnvironmentChange[] {
  const [old, now] = [byName(before), byName(after)]
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((name) => {
    const [left, right] = [old.get(name), now.get(name)]
    const isSame = left && right && showPackage(left) === showPackage(right)
    const isRebuilt = isSame && left.sha256 && right.sha256 && left.sha256 !== right.sha256
    if (isSame && !isRebuilt) return []
    const note = isRebuilt ? ' (built again)' : ''
    return [
      {
        environment,
        name,
        ...(left && { before: showPackage(left) }),
        ...(right && { after: `${showPackage(right)}${note}` }),
      },
    ]
  })
}

function byName(packages: readonly InputPackage[]): ReadonlyMap<string, InputPackage> {
  return new Map(packages.map((item) => [item.name, item]))
}

function showPackage({ version, build }: InputPackage): string {
  return `${version} ${build}`
}

function variantCauses(before: BuildInputs, after: BuildInputs): readonly Cause[] {
  const keys = new Set([...Object.keys(before.variant), ...Object.keys(after.variant)])
  return [...keys].flatMap((key): readonly Cause[] => {
    const [old, now] = [before.variant[key], after.variant[key]]
    if (JSON.stringify(old) === JSON.stringify(now)) return []
    return [
      {
        kind: 'variant',
        what: key,
        ...(old !== undefined && { before: old }),
        ...(now !== undefined && { after: now }),
      },
    ]
  })
}

/** Line by line, comments and empty lines left out. */
function recipeCauses(before: BuildInputs, after: BuildInputs): readonly Cause[] {
  if (before.recipe === undefined || after.recipe === undefined) {
    const [old, now] = [before.recipeSha256, after.recipeSha256]
    if (old === undefined || now === undefined || old === now) return []
    return [{ kind: 'recipe', what: 'the text of the recipe', before: old, after: now }]
  }
  const [left, right] = [meaningfulLines(before.recipe), meaningfulLines(after.recipe)]
  const common = commonItems(
    left.map(({ text }) => text),
    right.map(({ text }) => text),
  )
  const causes: Cause[] = []
  let [fromLeft, fromRight] = [0, 0]
  for (const pair of [...common, { left: left.length, right: right.length }]) {
    causes.push(...pairLines(left.slice(fromLeft, pair.left), right.slice(fromRight, pair.right)))
    fromLeft = pair.left + 1
    fromRight = pair.right + 1
  }
  return causes
}

interface Line {
  readonly number: number
  readonly text: string
}

function meaningfulLines(text: string): readonly Line[] {
  return text
    .split('\n')
    .map((line, index) => ({ number: index + 1, text: line.trimEnd() }))
    .filter((line) => !/^\s*(?:#.*)?$/.test(line.text))
}

function pairLines(before: readonly Line[], after: readonly Line[]): readonly Cause[] {
  return Array.from({ length: Math.max(before.length, after.length) }, (_, index): Cause => {
    const [old, now] = [before[index], after[index]]
    const at = `recipe.yaml:${(now ?? old)?.number ?? 0}`
    const texts = { ...(old && { before: old.text.trim() }), ...(now && { after: now.text.trim() }) }
    return { kind: 'recipe', what: at, at, ...texts }
  })
}

/** What compilers and C libraries stand for has other names than their keys. */
const toolKeys = /_compiler(?:_version)?$|_stdlib(?:_version)?$/

function namesOneOf(cause: Cause, packages: ReadonlySet<string>): boolean {
  if (cause.kind === 'recipe' && cause.at === undefined) return packages.size > 0
  if (cause.kind === 'variant')
    return (
      (toolKeys.test(cause.what) && packages.size > 0) ||
      packages.has(cause.what.replaceAll('_', '-')) ||
      packages.has(cause.what)
    )
  const words = [cause.before, cause.after].flatMap(
    (text) =>
      String(text ?? '')
        .toLowerCase()
        .match(/[\w.-]+/g) ?? [],
  )
  return words.some((word) => packages.has(word))
}

function toCause({ environment, name, before, after }: EnvironmentChange): Cause {
  return {
    kind: 'package',
    what: `${name} (${environment})`,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  }
}

/** The checksum of an archive stands in the recipe; a directory has none, and a branch moves by itself. */
function sourceCauses(before: BuildInputs, after: BuildInputs, written: readonly Cause[]): readonly Cause[] {
  return after.sources.flatMap((now): readonly Cause[] => {
    const old = before.sources.find(({ name }) => name === now.name)
    if (old?.identity === undefined || now.identity === undefined || old.identity === now.identity) return []
    if (now.kind === 'url' || (now.kind === 'git' && written.some(({ kind }) => kind === 'recipe'))) return []
    return [{ kind: 'source', what: now.name, before: old.identity, after: now.identity }]
  })
}

function plainCauses(before: BuildInputs, after: BuildInputs): readonly Cause[] {
  const [old, now] = [before.channels.join(', '), after.channels.join(', ')]
  return [
    ...(before.tool === after.tool
      ? []
      : [{ kind: 'tool' as const, what: 'build tool', before: before.tool, after: after.tool }]),
    ...(old === now ? [] : [{ kind: 'channels' as const, what: 'channels', before: old, after: now }]),
  ]
}

function timeCauses({ timestampSeconds: before }: BuildInputs, { timestampSeconds: after }: BuildInputs) {
  return before === after ? [] : [{ kind: 'timestamp' as const, what: 'time of the build', before, after }]
}
