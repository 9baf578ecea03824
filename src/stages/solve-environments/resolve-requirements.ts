/** Decides which match spec each requirement of a recipe becomes: variants fill bare names, pins take versions (spec: environment.md A.6). */
import {
  applyPin,
  formatMatchSpec,
  normalizePackageName,
  type Pin,
  parseMatchSpec,
  parseVersionSpec,
  SpecError,
} from '../../conda/index.js'
import type { RenderedRequirement } from '../../recipe/index.js'
import type { BuildPlan } from '../plan-builds/index.js'
import { badSpec, badVariantVersion, pinNotSolved, pinnedOutputMissing } from './errors.js'
import type { ChannelRecord, ResolvedDependency } from './types.js'

export interface RequirementContext {
  readonly plan: BuildPlan
  /** Packages that `pin_compatible` may pin to, the host's before the build's. */
  readonly solved: readonly ChannelRecord[]
  /** Only build and host requirements take their version from the variant. */
  readonly usesVariant: boolean
}

/** The requirements as specs, each with where it came from. */
export function resolveRequirements(
  requirements: readonly RenderedRequirement[] | undefined,
  context: RequirementContext,
): readonly ResolvedDependency[] {
  return (requirements ?? []).map((requirement) => resolveRequirement(requirement, context))
}

function resolveRequirement(
  requirement: RenderedRequirement,
  context: RequirementContext,
): ResolvedDependency {
  if (typeof requirement === 'string') return resolveSpec(requirement, context)
  if ('pin_subpackage' in requirement) return resolveSubpackagePin(requirement.pin_subpackage, context)
  return resolveCompatiblePin(requirement.pin_compatible, context)
}

/** The spec text of a requirement, whatever its origin. */
export function specOf(dependency: ResolvedDependency): string {
  return 'source' in dependency ? dependency.source : dependency.spec
}

function resolveSpec(text: string, { plan, usesVariant }: RequirementContext): ResolvedDependency {
  const name = usesVariant ? bareName(text) : undefined
  if (name === undefined) return { source: text }
  const key = name.replaceAll(/[-.]/g, '_')
  const value = Object.hasOwn(plan.output.variant, key) ? plan.output.variant[key] : undefined
  if (value === undefined) return { source: text }
  return { variant: name, spec: variantSpec(name, String(value)) }
}

/** The name of a spec that says nothing else. */
function bareName(text: string): string | undefined {
  try {
    const spec = parseMatchSpec(text, { mode: 'lenient', v3: true })
    return formatMatchSpec(spec) === spec.name ? spec.name : undefined
  } catch (error) {
    if (error instanceof SpecError) throw badSpec(text, error.message)
    throw error
  }
}

/** `3.11` means `3.11.*`; anything with operators or a build is a spec already. */
function variantSpec(name: string, value: string): string {
  const isPlainVersion = /^[A-Za-z0-9.]+$/.test(value)
  try {
    if (isPlainVersion) parseVersionSpec(`=${value}`, { mode: 'lenient' })
    return formatMatchSpec(
      parseMatchSpec(isPlainVersion ? `${name} =${value}` : `${name} ${value}`, { mode: 'lenient' }),
    )
  } catch (error) {
    if (error instanceof SpecError) throw badVariantVersion(name, value, error.message)
    throw error
  }
}

interface PinnedBuild {
  readonly version: string
  readonly build: string
}

function resolveSubpackagePin(pin: Pin, { plan }: RequirementContext): ResolvedDependency {
  const pinned = findOutput(pin.name, plan)
  if (!pinned) throw pinnedOutputMissing(pin.name, Object.keys(plan.output.subpackages))
  return { pin_subpackage: pin.name, ...pinFields(pin), spec: apply(pin, pinned) }
}

function findOutput(name: string, plan: BuildPlan): PinnedBuild | undefined {
  const wanted = normalizePackageName(name)
  if (wanted === normalizePackageName(plan.name)) return { version: plan.version, build: plan.buildString }
  const outputs = Object.values(plan.output.subpackages)
  const found = outputs.find((output) => normalizePackageName(output.name) === wanted)
  return found && { version: found.version, build: found.build_string }
}

function resolveCompatiblePin(pin: Pin, { solved }: RequirementContext): ResolvedDependency {
  const wanted = normalizePackageName(pin.name)
  const pinned = solved.find((record) => record.name === wanted)
  if (!pinned) throw pinNotSolved(pin.name)
  return { pin_compatible: pin.name, ...pinFields(pin), spec: apply(pin, pinned) }
}

function apply(pin: Pin, pinned: PinnedBuild): string {
  try {
    return applyPin(pin, pinned)
  } catch (error) {
    if (error instanceof SpecError) throw badSpec(pin.name, error.message)
    throw error
  }
}

function pinFields(pin: Pin): Omit<Pin, 'name'> {
  const { lower_bound, upper_bound, exact, build } = pin
  return {
    ...(lower_bound !== undefined && { lower_bound }),
    ...(upper_bound !== undefined && { upper_bound }),
    ...(exact && { exact }),
    ...(build !== undefined && { build }),
  }
}
