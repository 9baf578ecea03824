/** Decides which versions a version spec admits, and how the spec is written canonically (spec: environment.md B.2). */
import { compileTextPattern } from './text-pattern.js'
import { compareVersions, formatVersion, parseVersion, type Version, versionStartsWith } from './version.js'

export type VersionOperator = '==' | '!=' | '>' | '>=' | '<' | '<='

/** A condition on versions, as plain data. */
export type VersionSpec =
  | { readonly kind: 'any' }
  | { readonly kind: 'compare'; readonly operator: VersionOperator; readonly version: Version }
  /** `1.2.*`, negated `!=1.2.*`. */
  | { readonly kind: 'prefix'; readonly negated: boolean; readonly version: Version }
  /** `~=1.4.2`. */
  | { readonly kind: 'compatible'; readonly version: Version }
  /** `1.*.4` or `^1\.[24]$`, matched against the text of the version; lenient specs only (CEP 29). */
  | { readonly kind: 'pattern'; readonly negated: boolean; readonly text: string }
  | { readonly kind: 'and' | 'or'; readonly specs: readonly VersionSpec[] }

/** The canonical text: no blanks, parentheses only around an OR inside an AND. */
export function formatVersionSpec(spec: VersionSpec): string {
  switch (spec.kind) {
    case 'any':
      return '*'
    case 'compare':
      return spec.operator + formatVersion(spec.version)
    case 'prefix':
      return `${spec.negated ? '!=' : ''}${formatVersion(spec.version)}.*`
    case 'compatible':
      return `~=${formatVersion(spec.version)}`
    case 'pattern':
      return (spec.negated ? '!=' : '') + spec.text
    case 'or':
      return spec.specs.map(formatVersionSpec).join('|')
    case 'and':
      return spec.specs.map(formatAlternative).join(',')
  }
}

/** True when the version satisfies the spec. */
export function versionMatches(spec: VersionSpec, version: Version): boolean {
  switch (spec.kind) {
    case 'any':
      return true
    case 'compare':
      return satisfies(compareVersions(version, spec.version), spec.operator)
    case 'prefix':
      return versionStartsWith(version, spec.version) !== spec.negated
    case 'compatible':
      return isCompatible(version, spec.version)
    case 'pattern':
      return compileTextPattern(spec.text)(formatVersion(version)) !== spec.negated
    case 'or':
      return spec.specs.some((part) => versionMatches(part, version))
    case 'and':
      return spec.specs.every((part) => versionMatches(part, version))
  }
}

/** The version that `==VERSION` alone names, or undefined when the spec admits more. */
export function exactVersion(spec: VersionSpec): Version | undefined {
  return spec.kind === 'compare' && spec.operator === '==' ? spec.version : undefined
}

/** The spec that admits exactly this version. */
export function equalTo(version: string): VersionSpec {
  return { kind: 'compare', operator: '==', version: parseVersion(version) }
}

function formatAlternative(spec: VersionSpec): string {
  return spec.kind === 'or' ? `(${formatVersionSpec(spec)})` : formatVersionSpec(spec)
}

function satisfies(order: number, operator: VersionOperator): boolean {
  switch (operator) {
    case '==':
      return order === 0
    case '!=':
      return order !== 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
  }
}

/** `~=1.4.2` is `>=1.4.2,1.4.*`; a lone segment leaves only the lower bound. */
function isCompatible(version: Version, bound: Version): boolean {
  if (compareVersions(version, bound) < 0) return false
  if (bound.segments.length < 2) return version.epoch === bound.epoch
  return versionStartsWith(version, { epoch: bound.epoch, segments: bound.segments.slice(0, -1), local: [] })
}
