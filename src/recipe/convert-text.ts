/** Decides whether a text is acceptable for its field, and how it is spelled in the rendered recipe. */
import { parseMatchSpec, parsePackageName, parseVersion, SpecError } from '../conda/index.js'
import { findGlobProblem } from '../text/index.js'
import type { ChoiceField, IntegerField, TextFormat } from './field.js'
import { checkLicense } from './spdx.js'

/**
 * A text that does not fit its field; the message is rattler-build's where it has one (spec: render.md 14).
 */
export class FieldError extends Error {
  readonly hint: string | undefined

  constructor(message: string, hint?: string) {
    super(message)
    this.name = 'FieldError'
    this.hint = hint
  }
}

/** The text in the spelling of the rendered recipe. @throws FieldError when the field cannot have it */
export function convertText(format: TextFormat, text: string): string {
  return converters[format](text)
}

/** A whole number. @throws FieldError */
export function convertInteger(field: IntegerField, text: string): number {
  if (text === '') throw new FieldError('cannot parse integer from empty string')
  if (!/^[+-]?\d+$/.test(text)) throw new FieldError('invalid digit found in string', 'write a whole number')
  const number = Number(text)
  if (number >= field.min && number <= field.max) return number
  throw new FieldError(
    number < field.min ? 'invalid digit found in string' : 'number too large to fit in target type',
  )
}

/** One of the allowed words, or undefined for a word that means absence. @throws FieldError */
export function convertChoice(field: ChoiceField, text: string): string | undefined {
  if (field.absent?.includes(text)) return undefined
  if (field.values.includes(text)) return text
  throw new FieldError(
    field.complaint.replace('{}', () => text),
    `valid values: ${field.values.join(', ')}`,
  )
}

const converters: Readonly<Record<TextFormat, (text: string) => string>> = {
  text: (text) => text,
  trimmed: (text) => text.trim(),
  'package-name': convertPackageName,
  version: convertVersion,
  url: convertUrl,
  'url-or-path': convertUrlOrPath,
  sha256: (text) => convertChecksum('SHA256', 64, text),
  md5: (text) => convertChecksum('MD5', 32, text),
  license: convertLicense,
  glob: convertGlob,
  regex: convertRegex,
  'entry-point': convertEntryPoint,
  'build-flag': convertBuildFlag,
  'python-version': convertPythonVersion,
  'env-value': convertEnvValue,
}

function convertPackageName(text: string): string {
  rethrow(() => parsePackageName(text))
  return text
}

function convertVersion(text: string): string {
  rethrow(() => parseVersion(text))
  return text
}

function convertPythonVersion(text: string): string {
  rethrow(() => parseMatchSpec(`python=${text}`, { mode: 'lenient' }))
  return text
}

/** Runs a parser of the conda vocabulary; its mistakes become the field's. */
function rethrow(parse: () => unknown): void {
  try {
    parse()
  } catch (error) {
    throw error instanceof SpecError ? new FieldError(error.message) : error
  }
}

function convertUrl(text: string): string {
  const url = parseUrl(text)
  if (url) return url
  const reason = /^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(text) ? 'invalid URL' : 'relative URL without a base'
  throw new FieldError(
    `Invalid URL '${text}': ${reason}`,
    'write the whole address, starting with `https://`',
  )
}

function parseUrl(text: string): string | undefined {
  return URL.canParse(text) ? new URL(text).href : undefined
}

/** URLs are normalised; ssh texts (`git@host:path`) and paths stay as they are. */
function convertUrlOrPath(text: string): string {
  return parseUrl(text) ?? text
}

function convertChecksum(what: string, digits: number, text: string): string {
  if (text === '') return '0'.repeat(digits)
  if (text.length === digits && /^[0-9a-fA-F]+$/.test(text)) return text.toLowerCase()
  throw new FieldError(
    `Invalid ${what} checksum: ${text}`,
    `a ${what} checksum has ${digits} hexadecimal digits`,
  )
}

function convertLicense(text: string): string {
  const mistake = checkLicense(text)
  if (mistake === undefined) return text
  const because = `failed to parse SPDX license: '${text}', because: ${mistake.reason}`
  throw new FieldError(because, mistake.hint ?? 'license expressions are explained at spdx.org/licenses')
}

function convertGlob(text: string): string {
  const mistake = findGlobProblem(text)
  if (mistake !== undefined) throw new FieldError(`Invalid glob pattern '${text}': ${mistake}`)
  return text
}

function convertRegex(text: string): string {
  const unsupported = unsupportedRegex(text)
  if (unsupported) throw new FieldError(`Invalid regular expression: ${text}: ${unsupported}`)
  try {
    new RegExp(translateRegex(text))
    return text
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : ''
    throw new FieldError(`Invalid regular expression: ${text}: ${reason}`)
  }
}

/** What Rust's expressions, which run in linear time, do not have. */
function unsupportedRegex(text: string): string | undefined {
  const withoutEscapes = text.replace(/\\[^1-9]/g, '')
  if (/\\[1-9]/.test(withoutEscapes)) return 'backreferences are not supported'
  return /\(\?<?[=!]/.test(withoutEscapes) ? 'look-around is not supported' : undefined
}

/** Rust's syntax is nearly JavaScript's: inline flags, `(?P<name>` and the anchors `\A` and `\z` differ. */
function translateRegex(text: string): string {
  return text
    .replace(/\(\?P</g, '(?<')
    .replace(/\(\?[imsUux-]+\)/g, '')
    .replace(/\(\?[imsUux-]+:/g, '(?:')
    .replace(/\\A/g, '^')
    .replace(/\\z/g, '$')
}

/** Python identifiers with dots between them. */
const dottedName = /^[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*$/u

function convertEntryPoint(text: string): string {
  const [command, target, ...more] = text.split('=')
  const [module, name, ...rest] = (target ?? '').split(':')
  const parts = [command, module, name].map((part) => part?.trim() ?? '')
  const areNames = [parts[1], parts[2]].every((part) => dottedName.test(part ?? ''))
  if (more.length > 0 || rest.length > 0 || parts[0] === '' || !areNames) {
    throw new FieldError(`invalid entry point '${text}'`, 'write `command = module:function`')
  }
  return `${parts[0]} = ${parts[1]}:${parts[2]}`
}

function convertBuildFlag(text: string): string {
  if (/^[a-z0-9_]+(?::[a-z0-9_]+)?$/.test(text)) return text
  throw new FieldError(`invalid flag '${text}'`, 'flags are lower-case words: `gpu` or `blas:openblas`')
}

function convertEnvValue(text: string): string {
  if (!text.includes('\n')) return text
  throw new FieldError('the value of an environment variable cannot contain a newline')
}
