/** Decides why a variant key is, or is not, part of the hash (spec: render.md 7.5, 7.6). */
import type { Branch, Read, RenderedRequirement, VariantValue } from '../../recipe/index.js'
import type { Json, Span } from '../../text/index.js'
import { configuredKeys, normalizeKey, variantSource, zippedWith } from './configured-variants.js'
import { findOrigin } from './explain-value.js'
import { placeOf } from './place.js'
import { recipeTexts } from './recipe-texts.js'
import type { ExplainSubject, UsedKey, ValueSource } from './types.js'
import { allPaths, findValue, formatPath, nameOf, type ValuePath } from './value-path.js'

/** All keys of the hash, in its order. */
export function usedKeys(subject: ExplainSubject): readonly UsedKey[] {
  return Object.entries(subject.output.variant).map(([key, value]) => usedKey(key, value, subject))
}

/** Keys of the variant files, and variables of the environment, that are not in the hash. */
export function leftOutKeys(subject: ExplainSubject): readonly { key: string; reason: string }[] {
  const { variant } = subject.output
  const keys = configuredKeys(subject.options).filter((key) => !Object.hasOwn(variant, key))
  const environment = allReads(subject)
    .filter(({ read }) => read.from.kind === 'env')
    .map(({ read }) => read.name)
  return [
    ...keys.map((key) => ({ key, reason: leftOutBecause(key, subject) })),
    ...[...new Set(environment)].map((key) => ({ key, reason: 'environment values never are' })),
  ]
}

/** Why one key counts, and who gave its value. */
export function usedKey(key: string, value: VariantValue, subject: ExplainSubject): UsedKey {
  const fromRecipe = pinReason(key, value, subject) ?? virtualPackageReason(key, value, subject)
  if (fromRecipe) return { key, value, ...fromRecipe }
  if (key === 'target_platform') return { key, value, ...targetReason(value, subject) }
  return { key, value, reason: usedBecause(key, subject), from: variantSource(key, value, subject) }
}

type Reason = Pick<UsedKey, 'reason' | 'from'>

function targetReason(value: VariantValue, subject: ExplainSubject): Reason {
  const noarch = findOrigin(['build', 'noarch'], subject)
  if (value !== 'noarch' || noarch === undefined) {
    return { reason: 'always', from: variantSource('target_platform', value, subject) }
  }
  return { reason: 'always; noarch', from: { kind: 'recipe', at: placeOf(noarch.span, subject) } }
}

function pinReason(key: string, value: VariantValue, subject: ExplainSubject): Reason | undefined {
  const isPinned = (item: Json) => {
    const pin =
      typeof item === 'object' && item !== null && 'pin_subpackage' in item ? item.pin_subpackage : {}
    return (
      typeof pin === 'object' && pin !== null && 'exact' in pin && normalizeKey(nameOf(item) ?? '') === key
    )
  }
  const path = findRequirement(isPinned, subject)
  if (path === undefined || !String(value).includes(' ')) return undefined
  return { reason: `exact pin in ${formatPath(path)}`, from: writtenAt(path, subject) }
}

function virtualPackageReason(key: string, value: VariantValue, subject: ExplainSubject): Reason | undefined {
  if (!key.startsWith('__')) return undefined
  const path = findRequirement((item) => item === value, subject)
  return path && { reason: `virtual package in ${formatPath(path)}`, from: writtenAt(path, subject) }
}

function writtenAt(path: ValuePath, subject: ExplainSubject): ValueSource {
  const origin = findOrigin(path, subject)
  return origin ? { kind: 'recipe', at: placeOf(origin.span, subject) } : { kind: 'platform' }
}

function findRequirement(isIt: (item: Json) => boolean, { output }: ExplainSubject): ValuePath | undefined {
  // Rendered requirements are plain JSON.
  const requirements = output.recipe.requirements as unknown as Json
  const path = allPaths(requirements).find((candidate) => {
    const found = findValue(requirements, candidate)
    return candidate.length > 0 && found !== undefined && isIt(found.value)
  })
  return path && ['requirements', ...path]
}

function usedBecause(key: string, subject: ExplainSubject): string {
  if (key === 'channel_sources' || key === 'channel_targets') return 'always, when a variant file has it'
  return readReason(key, subject) ?? freeReason(key, subject) ?? mentionReason(key, subject)
}

interface LocatedRead {
  readonly read: Read
  readonly span: Span
  /** What read it, in words. */
  readonly by: string
}

/** Every read of rendering: of values, the branches that led to them, those that were not taken, and of `skip`. */
function allReads({ output }: ExplainSubject): readonly LocatedRead[] {
  const { origins, dropped, skips } = output.provenance
  const values = [...origins.values()].flatMap(({ span, template = '', branches, reads }) => [
    ...reads.map((read) => ({ read, span, by: reader(template, read.name) })),
    ...branches.flatMap(readsOfBranch),
  ])
  return [
    ...values,
    ...dropped.flatMap(({ branch }) => readsOfBranch(branch)),
    ...skips.flatMap(({ text, span, reads, branches }) => [
      ...reads.map((read) => ({ read, span, by: `\`skip: ${oneLine(text)}\`` })),
      ...branches.flatMap(readsOfBranch),
    ]),
  ]
}

function readsOfBranch({ reads, span, selector }: Branch): LocatedRead[] {
  return reads.map((read) => ({ read, span, by: `\`if: ${selector}\`` }))
}

function readReason(key: string, subject: ExplainSubject): string | undefined {
  const found = allReads(subject).filter(({ read }) => read.from.kind === 'variant' && read.name === key)
  const unique = [...new Map(found.map((located) => [located.span.start, located])).values()]
  const [first, ...more] = unique
  if (first === undefined) return undefined
  const others = more.length === 0 ? '' : ` and ${more.length} more`
  return `read by ${first.by}, ${placeOf(first.span, subject)}${others}`
}

/** `compiler('c')` reads keys that its template does not name. */
function reader(template: string, key: string): string {
  const calls = template.matchAll(/\b(?:compiler|stdlib)\(\s*(?:'([^']*)'|"([^"]*)")\s*\)/g)
  const call = [...calls].find(([, single, double]) => key.startsWith(`${single ?? double}_`))?.[0]
  return call ?? `\`${oneLine(template)}\``
}

function oneLine(text: string): string {
  const [first = '', ...rest] = text.trim().split('\n')
  return rest.length > 0 ? `${first} ...` : first
}

/** A requirement that is nothing but a name takes its version from the variant. */
function freeReason(key: string, subject: ExplainSubject): string | undefined {
  const { build = [], host = [] } = subject.output.recipe.requirements
  const isFree = (item: RenderedRequirement) => typeof item === 'string' && normalizeKey(item) === key
  const paths: ValuePath[] = [
    ...build.flatMap((item, index) => (isFree(item) ? [['requirements', 'build', index]] : [])),
    ...host.flatMap((item, index) => (isFree(item) ? [['requirements', 'host', index]] : [])),
  ]
  const [path] = paths
  const origin = path && findOrigin(path, subject)
  return path && origin && `bare \`${key}\` in ${formatPath(path)}, ${placeOf(origin.span, subject)}`
}

function mentionReason(key: string, subject: ExplainSubject): string {
  const keys = subject.output.recipe.build.variant?.use_keys ?? []
  if (keys.some((name) => normalizeKey(name) === key)) return 'listed in build.variant.use_keys'
  const mention = findMention(key, subject)
  if (mention === undefined) {
    return 'always, when a variant file has it: scripts may see a variable of this name'
  }
  return mention.isBare ? `bare \`${key}\` in ${mention.place}` : `read by ${mention.place}`
}

interface Mention {
  readonly isBare: boolean
  readonly place: string
}

/** Where the recipe says a key, as a variable or as a requirement that is nothing but a name. */
function findMention(key: string, subject: ExplainSubject): Mention | undefined {
  for (const { path, text, span, names } of recipeTexts(subject)) {
    const isRequirement = path === 'requirements.build' || path === 'requirements.host'
    const isBare = isRequirement && normalizeKey(text.trim().toLowerCase()) === key
    if (isBare || names.has(key)) return { isBare, place: `${path}, ${placeOf(span, subject)}` }
  }
  return undefined
}

function leftOutBecause(key: string, subject: ExplainSubject): string {
  const { build, context } = subject.output.recipe
  if (build.variant?.ignore_keys?.some((name) => normalizeKey(name) === key)) {
    return 'listed in build.variant.ignore_keys'
  }
  if (key === 'python' && build.noarch === 'python') return 'a noarch: python package fits every python'
  if (Object.hasOwn(context, key)) return `\`context.${key}\` takes its place`
  const mention = findMention(key, subject)
  if (mention !== undefined) return `only mentioned where it is not reached: ${mention.place}`
  const used = zippedWith(key, subject.options).find((other) => Object.hasOwn(subject.output.variant, other))
  return used === undefined ? 'never read' : `never read, only zipped with ${used}`
}
