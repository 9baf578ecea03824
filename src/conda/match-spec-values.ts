/** Decides what each key of a match spec's bracket means. */
import { parseChannel } from './channel.js'
import { parseCondition } from './condition.js'
import { type BuildNumberSpec, type MatchSpec, splitWords } from './match-spec.js'
import type { BracketEntry } from './match-spec-bracket.js'
import type { MatchSpecOptions } from './parse-match-spec.js'
import { parseVersionSpec } from './parse-version-spec.js'
import { findPlatform } from './platform.js'
import { SpecError } from './spec-error.js'
import { compileTextPattern } from './text-pattern.js'

type SpecPart = Partial<MatchSpec>
type ReadValue = (value: string, options: MatchSpecOptions) => SpecPart

const plainKeys: Readonly<Record<string, ReadValue>> = {
  version: (value, options) => ({ version: parseVersionSpec(value, options) }),
  build: (value) => {
    compileTextPattern(value)
    return { build: value }
  },
  build_number: (value) => ({ buildNumber: parseBuildNumber(value) }),
  fn: (value) => ({ fileName: value }),
  url: (value) => ({ url: value }),
  md5: (value) => ({ md5: parseHash(value, 32) }),
  sha256: (value) => ({ sha256: parseHash(value, 64) }),
  channel: (value) => channelParts(value),
  subdir: (value) => ({ subdir: value }),
  license: (value) => ({ license: value }),
  license_family: (value) => ({ licenseFamily: value }),
  track_features: (value) => ({ trackFeatures: splitWords(value) }),
  namespace: (value) => ({ namespace: value }),
}

const v3Keys: Readonly<Record<string, (value: readonly string[]) => SpecPart>> = {
  extras: (values) => ({ extras: values.map(checkExtra) }),
  flags: (values) => ({ flags: values.map(checkFlag) }),
  when: ([value = '']) => ({ when: parseCondition(value) }),
}

/**
 * What one `key=value` adds to a spec.
 * @throws SpecError `invalid bracket key: KEY`
 */
export function readBracketValue({ key, value }: BracketEntry, options: MatchSpecOptions): SpecPart {
  const readV3 = options.v3 && Object.hasOwn(v3Keys, key) ? v3Keys[key] : undefined
  if (readV3) {
    const values = typeof value === 'string' ? [value] : value
    if (values.length === 0) throw new SpecError('invalid bracket')
    return readV3(values)
  }
  const read = Object.hasOwn(plainKeys, key) ? plainKeys[key] : undefined
  if (!read) throw new SpecError(`invalid bracket key: ${key}`)
  if (typeof value !== 'string') throw new SpecError('invalid bracket')
  return read(value, options)
}

/** `channel` or `channel/subdir`; URLs get a trailing slash. */
export function channelParts(text: string): SpecPart {
  const { channel, subdir } = splitSubdir(text)
  const { url } = parseChannel(channel)
  return { channel: channel.includes('://') ? url : channel, ...(subdir !== undefined && { subdir }) }
}

/** The last part of a channel is a subdir when it has the name of one. */
export function splitSubdir(text: string): { readonly channel: string; readonly subdir?: string } {
  const trimmed = text.replace(/\/+$/, '')
  const slash = trimmed.lastIndexOf('/')
  const tail = trimmed.slice(slash + 1)
  const hasSubdir = slash > 0 && (tail === 'noarch' || findPlatform(tail) !== undefined)
  return hasSubdir ? { channel: trimmed.slice(0, slash), subdir: tail } : { channel: trimmed }
}

function parseBuildNumber(text: string): BuildNumberSpec {
  const match = /^(==|=|!=|>=|<=|>|<)?\s*(\d{1,15})$/.exec(text.trim())
  if (!match) throw new SpecError('invalid build number spec: invalid version: could not parse build number')
  const [, operator = '==', digits] = match
  return {
    operator: (operator === '=' ? '==' : operator) as BuildNumberSpec['operator'],
    value: Number(digits),
  }
}

function parseHash(text: string, digits: number): string {
  if (text.length === digits && /^[0-9a-f]+$/i.test(text)) return text.toLowerCase()
  throw new SpecError('unable to parse hash digest from hex')
}

function checkExtra(name: string): string {
  if (/^[a-z0-9_.+-]{1,64}$/.test(name)) return name
  throw new SpecError(
    `invalid extras group name '${name}': names must match the pattern [a-z0-9_.+-] and be between 1 and 64 characters long`,
  )
}

function checkFlag(flag: string): string {
  if (/^[a-z0-9_*]+(:[a-z0-9_*]+)?$/.test(flag)) return flag
  throw new SpecError(`invalid flag matcher: ${flag}`)
}
