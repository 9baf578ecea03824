/**
 * Decides hash and build string of every output, in an order in which pinned siblings come first (spec:
 * render.md 7.6, 8).
 */
import { hashVariant } from '../../conda/index.js'
import type { BuildError } from '../../errors/index.js'
import type {
  BuildHash,
  RenderedOutput,
  RenderedRecipe,
  RenderedRequirement,
  VariantValue,
} from '../../recipe/index.js'
import { compareText } from '../../template/index.js'
import { renderBuildString } from './build-string.js'
import { type Draft, givenBuildNumber } from './draft.js'
import { missingOutput } from './errors.js'
import { normalizeKey } from './merge-variants.js'
import { bestMatch, exactPin, groupByName, orderDrafts } from './order-drafts.js'
import { placeOfNeed } from './place-of-need.js'
import {
  leaf,
  mapOf,
  memberOf,
  plainValue,
  provenanceOf,
  type Traced,
  type TracedLeaf,
  tracedValue,
} from './traced.js'

/**
 * Rendered outputs without repetitions, dependencies first. @throws BuildError for cycles, missing outputs,
 * bad build strings
 */
export function finishDrafts(drafts: readonly Draft[]): RenderedOutput[] {
  const byName = groupByName(drafts)
  const ordered = orderDrafts(drafts)
  const buildStrings = new Map<Draft, string>()
  const outputs = new Map<string, RenderedOutput>()
  const subpackages: Subpackages = {}
  for (const draft of ordered) {
    const variant = finalVariant(draft, byName, buildStrings)
    const hash = prefixedHash(draft, variant)
    const rendered = renderBuildString(draft, { variant, hash })
    const buildString = rendered.value
    buildStrings.set(draft, buildString)
    const identity = [
      draft.normalizedName,
      draft.version,
      buildString,
      draft.noarch ?? '',
      variant.get('target_platform') ?? '',
    ]
    const key = identity.join('\n')
    if (outputs.has(key)) continue
    subpackages[draft.name] = { name: draft.name, version: draft.version, build_string: buildString }
    outputs.set(
      key,
      toOutput(draft, { variant, hash, buildString: rendered, subpackages: sortedByName(subpackages) }),
    )
  }
  return [...outputs.values()]
}

/**
 * A skipped output, for those who want to say why nothing is built; its hash leaves pins out. It is finished when
 * somebody looks at it: of a large matrix most is skipped, and few ask for more than that.
 * @param again gives the draft once more, so that it need not be kept
 */
export function skippedOutput(draft: Draft, again: () => Draft): RenderedOutput {
  const { variant, directoryName } = draft
  let known: RenderedOutput | undefined
  const output = () => {
    known ??= finishSkipped(again())
    return known
  }
  return {
    get recipe() {
      return output().recipe
    },
    get variant() {
      return sortedVariant(variant)
    },
    get hash() {
      return output().hash
    },
    targetPlatform: targetPlatformOf(draft),
    directoryName,
    subpackages: {},
    skip: true,
    get provenance() {
      return output().provenance
    },
  }
}

function finishSkipped(draft: Draft): RenderedOutput {
  const { variant } = draft
  return toOutput(draft, {
    variant,
    hash: prefixedHash(draft, variant),
    buildString: leaf(''),
    subpackages: {},
  })
}

function targetPlatformOf({ noarch, session }: Draft): string {
  return noarch ? 'noarch' : session.options.platforms.target
}

type Subpackages = Record<
  string,
  { readonly name: string; readonly version: string; readonly build_string: string }
>

function sortedByName(subpackages: Subpackages): Subpackages {
  return Object.fromEntries(Object.entries(subpackages).sort(([left], [right]) => compareText(left, right)))
}

function finalVariant(
  draft: Draft,
  byName: ReadonlyMap<string, readonly Draft[]>,
  buildStrings: ReadonlyMap<Draft, string>,
): Map<string, VariantValue> {
  const variant = new Map(draft.variant)
  for (const key of draft.useKeys.map(normalizeKey)) {
    const item = draft.combination.get(key)
    if (item) variant.set(key, item.value)
  }
  for (const key of draft.ignoreKeys) variant.delete(normalizeKey(key))
  for (const name of [...exactPins(draft)].sort(compareText)) {
    const pinned = bestMatch(draft, byName.get(name) ?? [])
    const buildString = pinned && buildStrings.get(pinned)
    if (pinned === undefined || buildString === undefined) {
      throw missingOutput(name, [...byName.keys()], placeOfNeed(draft, name))
    }
    variant.set(normalizeKey(name), `${pinned.version} ${buildString}`)
  }
  return variant
}

/** Every exact pin on something that is no output of this recipe. */
export function findMissingOutputs(drafts: readonly Draft[]): BuildError[] {
  const names = [...groupByName(drafts).keys()]
  return drafts.flatMap((draft) =>
    [...exactPins(draft)]
      .filter((name) => !names.includes(name))
      .map((name) => missingOutput(name, names, placeOfNeed(draft, name))),
  )
}

function exactPins(draft: Draft): ReadonlySet<string> {
  const {
    build = [],
    host = [],
    run = [],
    run_constraints = [],
    extras = {},
    run_exports = {},
  } = draft.requirements
  const all: RenderedRequirement[] = [
    ...build,
    ...host,
    ...run,
    ...run_constraints,
    ...Object.values(extras).flat(),
    ...Object.values(run_exports).flat(),
  ]
  const names = all.map(exactPin).filter((name) => name !== undefined)
  return new Set(names.filter((name) => name !== draft.normalizedName))
}

function prefixedHash(draft: Draft, variant: ReadonlyMap<string, VariantValue>): BuildHash {
  const { hash, prefix = '' } = hashVariant(Object.fromEntries(variant), { noarch: draft.noarch })
  const { buildStringPrefix } = draft.session.options
  const whole = buildStringPrefix === undefined ? prefix : `${buildStringPrefix}_${prefix}`
  return whole === '' ? { hash } : { hash, prefix: whole }
}

interface Finished {
  readonly variant: ReadonlyMap<string, VariantValue>
  readonly hash: BuildHash
  readonly buildString: TracedLeaf
  readonly subpackages: RenderedOutput['subpackages']
}

function toOutput(draft: Draft, finished: Finished): RenderedOutput {
  const members = new Map<string, Traced>([
    ...draft.members,
    ['schema_version', leaf(1)],
    ['context', contextOf(draft)],
    ['build', buildOf(draft, finished.buildString)],
    ['requirements', draft.members.get('requirements') ?? mapOf([])],
  ])
  const recipe = mapOf(recipeOrder.map((key) => [key, members.get(key)]))
  return {
    // The schema gives the shape; `rendered-types.test.ts` proves that it is this type.
    recipe: plainValue(recipe) as unknown as RenderedRecipe,
    variant: sortedVariant(finished.variant),
    hash: finished.hash,
    targetPlatform: targetPlatformOf(draft),
    directoryName: draft.directoryName,
    subpackages: finished.subpackages,
    skip: draft.skip,
    provenance: provenanceOf(recipe, draft),
  }
}

const recipeOrder = [
  'schema_version',
  'context',
  'package',
  'source',
  'build',
  'requirements',
  'tests',
  'about',
  'extra',
  'staging_caches',
  'inherits_from',
]

function contextOf(draft: Draft): Traced {
  return mapOf(
    [...draft.session.context].map(([key, { value, ...origin }]) => [
      key,
      tracedValue(value, { ...origin, branches: [] }),
    ]),
  )
}

/** `number` and `string` come first; the number may be replaced from outside. */
function buildOf(draft: Draft, buildString: TracedLeaf): Traced {
  const build = draft.members.get('build')
  const buildNumber = givenBuildNumber(draft)
  const number = buildNumber === undefined ? memberOf(build, 'number') : leaf(buildNumber)
  const rest = build?.kind === 'map' ? [...build.members].filter(([key]) => key !== 'number') : []
  return mapOf([['number', number], ['string', buildString], ...rest])
}

function sortedVariant(variant: ReadonlyMap<string, VariantValue>): RenderedOutput['variant'] {
  return Object.fromEntries([...variant].sort(([left], [right]) => compareText(left, right)))
}
