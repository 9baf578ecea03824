/** Decides what a version spec text means: `or := and ('|' and)*`, `and := term (',' term)*` (spec: environment.md B.2). */
import { SpecError } from './spec-error.js'
import { compileTextPattern } from './text-pattern.js'
import { parseVersion } from './version.js'
import type { VersionOperator, VersionSpec } from './version-spec.js'

/** Recipes are read strictly, repodata and command lines leniently. */
export interface SpecMode {
  readonly mode: 'strict' | 'lenient'
}

const maxNesting = 32

/**
 * Reads a version spec.
 * @throws SpecError with rattler's message (spec: render.md 6.6)
 */
export function parseVersionSpec(text: string, { mode }: SpecMode): VersionSpec {
  const source = text.replace(/\s+/g, '')
  const reader: Reader = { text, source, mode, position: 0 }
  const spec = readAlternatives(reader, 0)
  if (reader.position < source.length) throw unparsable(reader)
  return spec
}

interface Reader {
  readonly text: string
  /** The text without blanks. */
  readonly source: string
  readonly mode: SpecMode['mode']
  position: number
}

function unparsable({ text }: Reader): SpecError {
  return new SpecError(`unable to parse version spec: ${text.trim()}`)
}

function readAlternatives(reader: Reader, depth: number): VersionSpec {
  return join(
    'or',
    readList(reader, '|', () => readAll(reader, depth)),
  )
}

function readAll(reader: Reader, depth: number): VersionSpec {
  return join(
    'and',
    readList(reader, ',', () => readTerm(reader, depth)),
  )
}

function readList(reader: Reader, separator: string, read: () => VersionSpec): VersionSpec[] {
  const specs = [read()]
  while (reader.source[reader.position] === separator) {
    reader.position += 1
    specs.push(read())
  }
  return specs
}

/** A list of one is its member; `(a|b)|c` is `a|b|c`. */
function join(kind: 'and' | 'or', specs: readonly VersionSpec[]): VersionSpec {
  const [first] = specs
  if (first !== undefined && specs.length === 1) return first
  return { kind, specs: specs.flatMap((spec) => (spec.kind === kind ? spec.specs : [spec])) }
}

function readTerm(reader: Reader, depth: number): VersionSpec {
  if (reader.source[reader.position] !== '(') return readClause(reader)
  if (depth >= maxNesting) throw unparsable(reader)
  reader.position += 1
  const spec = readAlternatives(reader, depth + 1)
  if (reader.source[reader.position] !== ')') throw unparsable(reader)
  reader.position += 1
  return spec
}

const regex = /\^[^$]*\$(?=[,|)]|$)/y
// A lone `!` ends an epoch: `>=1!2`.
const clause = /([<>=!~]*)((?:[^,|()<>=!~]|!(?!=))+)/y

function readClause(reader: Reader): VersionSpec {
  const pattern = matchAt(regex, reader)
  if (pattern) return readRegex(pattern[0], reader)
  const match = matchAt(clause, reader)
  if (!match) throw unparsable(reader)
  const [, operator = '', operand = ''] = match
  if (!/^[A-Za-z0-9*][A-Za-z0-9._+!*-]*$/.test(operand)) throw unparsable(reader)
  return operand.includes('*')
    ? readGlob(operator, operand, reader)
    : readComparison(operator, operand, reader)
}

function matchAt(pattern: RegExp, reader: Reader): RegExpExecArray | undefined {
  pattern.lastIndex = reader.position
  const match = pattern.exec(reader.source)
  if (match) reader.position = pattern.lastIndex
  return match ?? undefined
}

function readRegex(text: string, reader: Reader): VersionSpec {
  if (reader.mode === 'strict') throw unparsable(reader)
  compileTextPattern(text)
  return { kind: 'pattern', negated: false, text }
}

const orders: readonly string[] = ['==', '!=', '>', '>=', '<', '<='] satisfies VersionOperator[]

function isOrder(operator: string): operator is VersionOperator {
  return orders.includes(operator)
}

function readComparison(operator: string, operand: string, reader: Reader): VersionSpec {
  if (operator === '' && reader.mode === 'strict') {
    throw new SpecError(
      `missing range specifier for '${operand}'. Did you mean '==${operand}' or '${operand}.*'?`,
    )
  }
  const order = operator === '' ? '==' : operator
  if (order === '=') return { kind: 'prefix', negated: false, version: parseVersion(operand) }
  if (order === '~=') return { kind: 'compatible', version: parseVersion(operand) }
  if (!isOrder(order)) throw unparsable(reader)
  return { kind: 'compare', operator: order, version: parseVersion(operand) }
}

function readGlob(operator: string, operand: string, reader: Reader): VersionSpec {
  const wildcardAllowed = operator === '' || operator === '!='
  if (!wildcardAllowed && operator !== '=' && operator !== '~=' && !isOrder(operator))
    throw unparsable(reader)
  if (!wildcardAllowed && reader.mode === 'strict') {
    throw new SpecError(`'*' is incompatible with '${operator}' operator'`)
  }
  const prefix = reader.mode === 'strict' ? operand.replace(/\.?\*$/, '') : operand.replace(/(\.?\*)+$/, '')
  if (prefix === '' || operand === '*.*') return { kind: 'any' }
  if (prefix.includes('*')) return readInnerGlob(operator, operand, reader)
  const version = parseVersion(prefix)
  switch (operator) {
    case '':
    case '=':
    case '==':
      return { kind: 'prefix', negated: false, version }
    case '!=':
      return { kind: 'prefix', negated: true, version }
    case '~=':
      return { kind: 'compatible', version }
    case '>':
      // As conda reads it: `>1.2.*` admits 1.2.5.
      return { kind: 'compare', operator: '>=', version }
    default:
      return { kind: 'compare', operator: operator as VersionOperator, version }
  }
}

function readInnerGlob(operator: string, operand: string, reader: Reader): VersionSpec {
  const supported = operator === '' || operator === '!='
  if (reader.mode === 'strict' || !supported) throw new SpecError('regex constraints are not supported')
  return { kind: 'pattern', negated: operator === '!=', text: operand.toLowerCase() }
}
