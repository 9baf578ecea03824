/** Decides the canonical text of a match spec: `[channel::]name[ version][ build][key="value", ...]` (spec: render.md 6.6). */
import type { Condition } from './condition.js'
import { deprecatedCondition, type MatchSpec, maxSpecLength } from './match-spec.js'
import { splitSubdir } from './match-spec-values.js'
import { SpecError } from './spec-error.js'
import { formatVersionSpec } from './version-spec.js'

/**
 * The canonical text; parsing it leniently gives the same spec again.
 * @throws SpecError for the few specs that no text says: the values taken together are too long, or read like `; if`
 */
export function formatMatchSpec(spec: MatchSpec): string {
  const version = spec.version && formatVersionSpec(spec.version)
  const versionIsPositional = version !== undefined && plainVersion.test(version)
  const buildIsPositional = versionIsPositional && spec.build !== undefined && plainBuild.test(spec.build)
  const positional = [
    formatOrigin(spec) + spec.name,
    ...(versionIsPositional ? [version] : []),
    ...(buildIsPositional ? [spec.build] : []),
  ]
  const entries = [
    ...(version === undefined || versionIsPositional ? [] : [`version=${quote(version)}`]),
    ...bracketEntries(spec, buildIsPositional),
  ]
  return checkText(positional.join(' ') + formatBracket(entries))
}

/** Versions and builds that mean the same outside a bracket: no blank, quote, bracket, `#` or `:`. */
const plainVersion = /^[\w.+!*?<=>~,|()^$\\{}-]+$/
const plainBuild = /^[\w.+*?()^$\\{}-]+$/

/** `python>=3.9 and (a or b)`: versions without a blank, anything more in brackets. */
export function formatCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'spec':
      return formatConditionSpec(condition.spec)
    case 'or':
      return condition.conditions.map(formatCondition).join(' or ')
    case 'and':
      return condition.conditions
        .map((part) => (part.kind === 'or' ? `(${formatCondition(part)})` : formatCondition(part)))
        .join(' and ')
  }
}

function formatConditionSpec(spec: MatchSpec): string {
  const { name, version, ...rest } = spec
  const text = version && formatVersionSpec(version)
  if (text !== undefined && Object.keys(rest).length === 0 && /^[<>=!~]/.test(text)) return name + text
  const entries = [
    ...(text === undefined ? [] : [`version=${quote(text)}`]),
    ...bracketEntries({ name, ...rest }, false),
  ]
  return formatOrigin(spec) + name + formatBracket(entries)
}

function formatBracket(entries: readonly string[]): string {
  return entries.length > 0 ? `[${entries.join(', ')}]` : ''
}

/** True when `channel/subdir:namespace:` says where the package is from; URLs, paths and odd texts go into the bracket. */
function hasPlainOrigin({ channel, subdir, namespace }: MatchSpec): boolean {
  return (
    channel !== undefined &&
    /^[\w.@+-][\w./@+-]*$/.test(channel) &&
    !/^\.{1,2}(\/|$)/.test(channel) &&
    splitSubdir(channel + (subdir === undefined ? '' : `/${subdir}`)).subdir === subdir &&
    (namespace === undefined || /^[\w.@+-]+$/.test(namespace))
  )
}

function formatOrigin(spec: MatchSpec): string {
  if (!hasPlainOrigin(spec)) return ''
  const subdir = spec.subdir === undefined ? '' : `/${spec.subdir}`
  return `${spec.channel}${subdir}:${spec.namespace ?? ''}:`
}

function bracketEntries(spec: MatchSpec, buildIsPositional: boolean): string[] {
  const inOrigin = hasPlainOrigin(spec)
  const entries: (readonly [string, string | undefined])[] = [
    ['extras', formatList(spec.extras)],
    ['flags', formatList(spec.flags)],
    ['md5', quote(spec.md5)],
    ['sha256', quote(spec.sha256)],
    ['build_number', spec.buildNumber && quote(spec.buildNumber.operator + spec.buildNumber.value)],
    ['build', buildIsPositional ? undefined : quote(spec.build)],
    ['fn', quote(spec.fileName)],
    ['url', quote(spec.url)],
    ['license', quote(spec.license)],
    ['license_family', quote(spec.licenseFamily)],
    ['track_features', quote(spec.trackFeatures?.join(' '))],
    ['channel', inOrigin ? undefined : quote(formatChannel(spec.channel))],
    ['subdir', inOrigin ? undefined : quote(spec.subdir)],
    ['namespace', inOrigin ? undefined : quote(spec.namespace)],
    ['when', spec.when && quote(formatCondition(spec.when))],
  ]
  return entries.flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]))
}

function formatList(values: readonly string[] | undefined): string | undefined {
  return values && `[${values.join(', ')}]`
}

/** The last part of a channel is read as its subdir when it is one; one more keeps it, and `subdir` has the last word. */
function formatChannel(channel: string | undefined): string | undefined {
  return channel !== undefined && splitSubdir(channel).subdir !== undefined ? `${channel}/noarch` : channel
}

/** In double quotes, or in single ones when that needs no backslash; `\d` stays as it is, as other engines read it. */
function quote(value: string): string
function quote(value: string | undefined): string | undefined
function quote(value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  const text = value.replace(/\\(?=[\\'"]|$)/g, '\\\\')
  if (text.includes('"') && !text.includes("'")) return `'${text}'`
  return `"${text.replaceAll('"', '\\"')}"`
}

function checkText(text: string): string {
  if (text.length > maxSpecLength || deprecatedCondition.test(text)) {
    throw new SpecError(`the match spec cannot be written as text: ${text.slice(0, 80)}`)
  }
  return text
}
