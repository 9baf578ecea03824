/** Decides what the text of a match spec means (spec: environment.md B.3, render.md 6.6). */
import { pathToFileURL } from 'node:url'
import { parseArchiveName } from './archive-name.js'
import { deprecatedCondition, type MatchSpec, maxSpecLength } from './match-spec.js'
import { type BracketEntry, parseBracket, splitBracket, stripComment } from './match-spec-bracket.js'
import { channelParts, readBracketValue } from './match-spec-values.js'
import { parsePackageName } from './package-name.js'
import { parseVersionSpec, type SpecMode } from './parse-version-spec.js'
import { SpecError } from './spec-error.js'
import { exactVersion, type VersionSpec } from './version-spec.js'

export interface MatchSpecOptions extends SpecMode {
  /** Admits the keys `extras`, `flags` and `when` (CEP 43, 44, 45). */
  readonly v3?: boolean
}

/**
 * Reads a match spec: strictly as recipes are read, or leniently as repodata and command lines are.
 * @throws SpecError with the message texts of render.md 6.6
 */
export function parseMatchSpec(text: string, options: MatchSpecOptions): MatchSpec {
  if (text.length > maxSpecLength) throw new SpecError(`a match spec has at most ${maxSpecLength} characters`)
  const source = stripComment(text).trim()
  if (deprecatedCondition.test(source)) {
    throw new SpecError(
      `the '; if' syntax for conditional dependencies is deprecated, use '[when="..."]' bracket syntax instead`,
    )
  }
  const { body, bracket } = splitBracket(source)
  const entries = bracket === undefined ? [] : parseBracket(bracket)
  const positional = isLocation(body) ? readLocation(body) : readPositional(body, options)
  return withBracket(positional, entries, options)
}

function isLocation(body: string): boolean {
  return (
    !body.includes('::') && (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(body) || /^(\/|[A-Za-z]:[\\/])/.test(body))
  )
}

function readLocation(body: string): MatchSpec {
  const url = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(body) ? body : pathToFileURL(body).href
  const fileName = url.slice(url.lastIndexOf('/') + 1)
  const archive = parseArchiveName(fileName)
  if (!archive) throw new SpecError(`the url '${body}' does not end in the file name of a package`)
  return { name: parsePackageName(archive.name), url }
}

function readPositional(body: string, options: MatchSpecOptions): MatchSpec {
  const { channel, namespace, rest } = splitChannel(body)
  const nameEnd = rest.search(/[\s<>=!~]|$/)
  const name = readName(rest.slice(0, nameEnd))
  const { version, build } = readVersionAndBuild(rest.slice(nameEnd).trim(), options)
  return {
    name,
    ...(version && { version }),
    ...(build !== undefined && { build }),
    ...(channel && channelParts(channel)),
    ...(namespace && { namespace }),
  }
}

/** `channel:namespace:rest`, split at the last two colons. */
function splitChannel(body: string): { channel: string; namespace: string; rest: string } {
  const last = body.lastIndexOf(':')
  if (last < 0) return { channel: '', namespace: '', rest: body.trim() }
  const first = body.lastIndexOf(':', last - 1)
  return {
    channel: last === 0 || first < 0 ? '' : body.slice(0, first).trim(),
    namespace: (last === 0 ? '' : body.slice(first + 1, last)).trim(),
    rest: body.slice(last + 1).trim(),
  }
}

function readName(text: string): string {
  if (text === '') throw new SpecError('missing package name')
  const isRegex = text.startsWith('^') && text.endsWith('$')
  if (isRegex || text.includes('*')) {
    const kind = isRegex ? 'regex' : 'glob'
    throw new SpecError(
      `"${text}" looks like a ${kind} but only exact package names are allowed, package names can only contain 0-9, a-z, A-Z, -, _, or .`,
    )
  }
  try {
    return parsePackageName(text)
  } catch (error) {
    throw new SpecError(`invalid package name '${text}': ${(error as SpecError).message}`)
  }
}

interface VersionAndBuild {
  readonly version?: VersionSpec
  readonly build?: string
}

function readVersionAndBuild(text: string, { mode }: SpecMode): VersionAndBuild {
  if (text === '') return {}
  const end = versionGroupEnd(text)
  const versionText = text.slice(0, end).trim()
  const buildText = text.slice(end).trim()
  const build = mode === 'lenient' ? buildText.replace(/^=\s*/, '') : checkBuild(buildText)
  if (build === '') return { version: parseVersionSpec(versionText, { mode }) }
  return { version: readVersionBesideBuild(versionText, { mode }), build }
}

/** In three parts `name=1.8=b` the version is exact, as conda reads it; `name=1.8.*=b` is a prefix. */
function readVersionBesideBuild(versionText: string, { mode }: SpecMode): VersionSpec {
  const isPlainEquality = mode === 'lenient' && /^=[^=*,|]+$/.test(versionText)
  return parseVersionSpec(isPlainEquality ? `=${versionText}` : versionText, { mode })
}

function checkBuild(build: string): string {
  if (/^[A-Za-z0-9_*]*$/.test(build)) return build
  throw new SpecError(
    `the build string '${build}' is not valid, it can only contain alphanumeric characters and underscores`,
  )
}

const atom = /\s*(?:\^[^$]*\$|[<>=!~]*\s*(?:[^\s,|()<>=!~]|!(?!=))*)/y

/** Where the version ends and a build may begin: after an atom that no `,`, `|` or open parenthesis continues. */
function versionGroupEnd(text: string): number {
  let position = 0
  let depth = 0
  const skip = (pattern: RegExp): string => {
    pattern.lastIndex = position
    const [match = ''] = pattern.exec(text) ?? []
    position += match.length
    return match
  }
  for (;;) {
    const start = position
    depth += skip(/[\s(]*/y).replaceAll(/\s/g, '').length
    skip(atom)
    while (depth > 0 && skip(/\s*\)/y)) depth -= 1
    const continues = skip(/\s*[,|]+/y) !== ''
    if ((!continues && depth === 0) || position === start) return position
  }
}

function withBracket(
  spec: MatchSpec,
  entries: readonly BracketEntry[],
  options: MatchSpecOptions,
): MatchSpec {
  let result = spec
  const seen = new Set<string>()
  for (const entry of entries) {
    const isRepeated =
      seen.has(entry.key) || (entry.key in spec && (entry.key === 'version' || entry.key === 'build'))
    if (isRepeated && options.mode === 'strict')
      throw new SpecError(`found multiple values for: ${entry.key}`)
    seen.add(entry.key)
    result = { ...result, ...readBracketValue(entry, options) }
  }
  return result
}

/** The spec that selects exactly this build. */
export function exactSpec(name: string, version: string, build: string): MatchSpec {
  return {
    name: parsePackageName(name),
    version: parseVersionSpec(`==${version}`, { mode: 'strict' }),
    build,
  }
}

/** True for `name ==version build` without wildcards. */
export function isExactSpec(spec: MatchSpec): boolean {
  return (
    spec.version !== undefined &&
    exactVersion(spec.version) !== undefined &&
    /^[^*^?]+$/.test(spec.build ?? '*')
  )
}
