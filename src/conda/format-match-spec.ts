/** Decides the canonical text of a match spec: `[channel::]name[ version][ build][key="value", ...]` (spec: render.md 6.6). */
import type { Condition } from './condition.js'
import type { MatchSpec } from './match-spec.js'
import { formatVersionSpec } from './version-spec.js'

/** The canonical text; parsing it again gives the same spec. */
export function formatMatchSpec(spec: MatchSpec): string {
  const { version, build } = spec
  const buildIsPositional = version !== undefined && build !== undefined && /^[^\s|,[\]'"=]+$/.test(build)
  const positional = [
    formatOrigin(spec) + spec.name,
    ...(version ? [formatVersionSpec(version)] : []),
    ...(buildIsPositional ? [build] : []),
  ]
  const entries = bracketEntries(spec, buildIsPositional)
  return positional.join(' ') + (entries.length > 0 ? `[${entries.join(', ')}]` : '')
}

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
  if (!version) return formatMatchSpec(spec)
  const text = formatVersionSpec(version)
  const isPlain = Object.keys(rest).length === 0 && /^[<>=!~]/.test(text)
  if (isPlain) return name + text
  const entries = [`version=${quote(text)}`, ...bracketEntries({ name, ...rest }, false)]
  return `${name}[${entries.join(', ')}]`
}

function hasNamedChannel({ channel }: MatchSpec): boolean {
  return channel !== undefined && !channel.includes('://')
}

function formatOrigin(spec: MatchSpec): string {
  if (!hasNamedChannel(spec)) return ''
  const subdir = spec.subdir === undefined ? '' : `/${spec.subdir}`
  return `${spec.channel}${subdir}:${spec.namespace ?? ''}:`
}

function bracketEntries(spec: MatchSpec, buildIsPositional: boolean): string[] {
  const inOrigin = hasNamedChannel(spec)
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
    ['channel', inOrigin ? undefined : quote(spec.channel)],
    ['subdir', inOrigin ? undefined : quote(spec.subdir)],
    ['namespace', inOrigin ? undefined : quote(spec.namespace)],
    ['when', spec.when && quote(formatCondition(spec.when))],
  ]
  return entries.flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]))
}

function formatList(values: readonly string[] | undefined): string | undefined {
  return values && `[${values.join(', ')}]`
}

function quote(value: string): string
function quote(value: string | undefined): string | undefined
function quote(value: string | undefined): string | undefined {
  return value === undefined ? undefined : `"${value.replace(/[\\"]/g, '\\$&')}"`
}
