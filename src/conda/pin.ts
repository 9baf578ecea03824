/** Decides which match spec a pin becomes once the pinned package is known (spec: render.md 6.8, environment.md A.6). */
import { formatMatchSpec } from './format-match-spec.js'
import type { MatchSpec } from './match-spec.js'
import { parsePackageName } from './package-name.js'
import { SpecError } from './spec-error.js'
import {
  formatVersion,
  parseVersion,
  type Version,
  type VersionComponent,
  type VersionSegment,
} from './version.js'
import { equalTo, type VersionSpec } from './version-spec.js'

/** A pin as the recipe asks for it; bounds are `x.x` expressions or versions. */
export interface Pin {
  readonly name: string
  readonly lower_bound?: string
  readonly upper_bound?: string
  readonly exact?: true
  readonly build?: string
}

/**
 * The canonical spec text, for example `numpy >=1.26,<2.0a0`; without any bound the bare name.
 * @param pinned version and build string of the pinned package
 * @throws SpecError for a bound without `x`, or a malformed version
 */
export function applyPin(pin: Pin, pinned: { readonly version: string; readonly build: string }): string {
  const name = parsePackageName(pin.name)
  if (pin.exact) return formatMatchSpec({ name, version: equalTo(pinned.version), build: pinned.build })
  const version = parseVersion(pinned.version)
  const bounds: VersionSpec[] = []
  if (pin.lower_bound !== undefined) {
    bounds.push({ kind: 'compare', operator: '>=', version: lowerBound(pin.lower_bound, version) })
  }
  if (pin.upper_bound !== undefined) {
    bounds.push({ kind: 'compare', operator: '<', version: upperBound(pin.upper_bound, version) })
  }
  return formatMatchSpec(toSpec(name, bounds, pin.build))
}

function toSpec(name: string, bounds: readonly VersionSpec[], build: string | undefined): MatchSpec {
  const [first] = bounds
  if (first === undefined) return { name, ...(build !== undefined && { build }) }
  const version: VersionSpec = bounds.length === 1 ? first : { kind: 'and', specs: bounds }
  return { name, version, ...(build !== undefined && { build }) }
}

function lowerBound(bound: string, version: Version): Version {
  if (!isExpression(bound)) return parseVersion(bound)
  return { ...version, segments: firstSegments(bound, version) }
}

function upperBound(bound: string, version: Version): Version {
  if (!isExpression(bound)) return parseVersion(bound)
  const segments = bumpLast(firstSegments(bound, version))
  return parseVersion(formatVersion({ epoch: version.epoch, segments, local: [] }))
}

function isExpression(bound: string): boolean {
  return /^[x.]+$/.test(bound)
}

function firstSegments(expression: string, version: Version): readonly VersionSegment[] {
  const count = expression.split('x').length - 1
  if (count === 0) throw new SpecError(`the pin expression '${expression}' has no \`x\``)
  return version.segments.slice(0, count)
}

/** One more in the last number; words become `a`, or `.0a0` follows, so that pre-releases of the bound stay out. */
function bumpLast(segments: readonly VersionSegment[]): readonly VersionSegment[] {
  const last = segments.at(-1)
  if (!last) return segments
  const components = bumpNumber(last.components)
  const word = components.findLastIndex(
    (component) => typeof component === 'string' && !isKeptWord(component),
  )
  if (word >= 0) components[word] = 'a'
  const bumped: VersionSegment = {
    ...last,
    components,
    implicitZero: last.implicitZero && components[0] === 0,
  }
  const tail: VersionSegment = { separator: '.', components: [0, 'a', 0], implicitZero: false }
  return [...segments.slice(0, -1), bumped, ...(word >= 0 ? [] : [tail])]
}

function isKeptWord(component: string): boolean {
  return component === 'dev' || component === 'post' || /^[_-]/.test(component)
}

function bumpNumber(components: readonly VersionComponent[]): VersionComponent[] {
  const at = components.findLastIndex((component) => typeof component !== 'string')
  return components.map((component, index) => {
    if (index !== at || typeof component === 'string') return component
    return typeof component === 'bigint' ? component + 1n : component + 1
  })
}
