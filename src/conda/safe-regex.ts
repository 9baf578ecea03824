/**
 * Decides what the regular expressions of match specs mean: the common subset of literals, `.`, classes, groups, `|` and
 * quantifiers, run as a state machine over all alternatives at once, so that no pattern can take exponential time.
 */
import { SpecError } from './spec-error.js'

const maxLength = 500
const maxStates = 2000
const maxRepeat = 100

/**
 * A test for whole texts, ignoring case. The pattern begins with `^` and ends with `$`.
 * @throws SpecError when the pattern is malformed, too long, or uses look-around or back references
 */
export function compileSafeRegex(pattern: string): (text: string) => boolean {
  const fail = (reason: string) => new SpecError(`invalid regular expression \`${pattern}\`: ${reason}`)
  if (pattern.length > maxLength) throw fail(`longer than ${maxLength} characters`)
  const reader: Reader = { source: pattern.slice(1, -1), position: 0, fail }
  const node = readAlternatives(reader)
  if (reader.position < reader.source.length) throw fail('unbalanced parenthesis')
  const states = compileStates(node, fail)
  return (text) => run(states, text.toLowerCase())
}

type Node =
  | { readonly kind: 'character'; readonly matches: (character: string) => boolean }
  | { readonly kind: 'sequence' | 'choice'; readonly nodes: readonly Node[] }
  | { readonly kind: 'repeat'; readonly node: Node; readonly min: number; readonly max: number }

interface Reader {
  readonly source: string
  position: number
  readonly fail: (reason: string) => SpecError
}

function readAlternatives(reader: Reader): Node {
  const nodes = [readSequence(reader)]
  while (reader.source[reader.position] === '|') {
    reader.position += 1
    nodes.push(readSequence(reader))
  }
  return { kind: 'choice', nodes }
}

function readSequence(reader: Reader): Node {
  const nodes: Node[] = []
  for (;;) {
    const next = reader.source[reader.position]
    if (next === undefined || next === '|' || next === ')') return { kind: 'sequence', nodes }
    nodes.push(readQuantified(reader))
  }
}

const quantifier = /([*+?])|\{(\d{1,3})(,?)(\d{0,3})\}/y

function readQuantified(reader: Reader): Node {
  const node = readAtom(reader)
  quantifier.lastIndex = reader.position
  const match = quantifier.exec(reader.source)
  if (!match) return node
  reader.position = quantifier.lastIndex
  // Lazy quantifiers admit the same whole texts as greedy ones.
  if (reader.source[reader.position] === '?') reader.position += 1
  const { min, max } = readBounds(match)
  if (min > maxRepeat || (max !== Number.POSITIVE_INFINITY && max > maxRepeat) || max < min) {
    throw reader.fail(`repetition beyond ${maxRepeat} or in the wrong order`)
  }
  return { kind: 'repeat', node, min, max }
}

function readBounds([, sign, from, comma, to]: RegExpExecArray): { min: number; max: number } {
  if (sign === '*') return { min: 0, max: Number.POSITIVE_INFINITY }
  if (sign === '+') return { min: 1, max: Number.POSITIVE_INFINITY }
  if (sign === '?') return { min: 0, max: 1 }
  const min = Number(from)
  if (comma === '') return { min, max: min }
  return { min, max: to ? Number(to) : Number.POSITIVE_INFINITY }
}

function readAtom(reader: Reader): Node {
  const character = reader.source.charAt(reader.position)
  reader.position += 1
  switch (character) {
    case '(':
      return readGroup(reader)
    case '[':
      return { kind: 'character', matches: readClass(reader) }
    case '.':
      return { kind: 'character', matches: () => true }
    case '\\':
      return { kind: 'character', matches: readEscape(reader) }
    case '^':
    case '$':
      // Anchors at the rim of an alternative change nothing, because whole texts are matched.
      return { kind: 'sequence', nodes: [] }
    case '*':
    case '+':
    case '?':
      throw reader.fail('nothing to repeat')
    default:
      return { kind: 'character', matches: equals(character) }
  }
}

function readGroup(reader: Reader): Node {
  if (reader.source.startsWith('?:', reader.position)) reader.position += 2
  else if (reader.source[reader.position] === '?')
    throw reader.fail('look-around and named groups are not supported')
  const node = readAlternatives(reader)
  if (reader.source[reader.position] !== ')') throw reader.fail('unbalanced parenthesis')
  reader.position += 1
  return node
}

function equals(character: string): (candidate: string) => boolean {
  const lower = character.toLowerCase()
  return (candidate) => candidate === lower
}

const classes: Readonly<Record<string, RegExp>> = {
  d: /^[0-9]$/,
  D: /^[^0-9]$/,
  w: /^[a-z0-9_]$/,
  W: /^[^a-z0-9_]$/,
  s: /^\s$/,
  S: /^\S$/,
}

function readEscape(reader: Reader): (candidate: string) => boolean {
  const character = reader.source.charAt(reader.position)
  reader.position += 1
  const known = Object.hasOwn(classes, character) ? classes[character] : undefined
  if (known) return (candidate) => known.test(candidate)
  if (character === '' || /[a-z0-9]/i.test(character))
    throw reader.fail(`unsupported escape \`\\${character}\``)
  return equals(character)
}

function readClass(reader: Reader): (candidate: string) => boolean {
  const negated = reader.source[reader.position] === '^'
  if (negated) reader.position += 1
  const tests: ((candidate: string) => boolean)[] = []
  while (reader.source[reader.position] !== ']' || tests.length === 0) {
    if (reader.position >= reader.source.length) throw reader.fail('unterminated character class')
    tests.push(readClassMember(reader))
  }
  reader.position += 1
  return (candidate) => tests.some((test) => test(candidate)) !== negated
}

function readClassMember(reader: Reader): (candidate: string) => boolean {
  const { source } = reader
  const from = source.charAt(reader.position)
  reader.position += 1
  if (from === '\\') return readEscape(reader)
  const to = source[reader.position + 1]
  if (source[reader.position] !== '-' || to === undefined || to === ']') return equals(from)
  reader.position += 2
  const low = from.toLowerCase()
  const high = to.toLowerCase()
  return (candidate) => candidate >= low && candidate <= high
}

/** A state goes on to `next` states without input, or to the one state after it when its character matches. */
interface State {
  matches: ((character: string) => boolean) | undefined
  readonly next: number[]
}

interface Program {
  readonly states: readonly State[]
  readonly start: number
  readonly accept: number
}

function compileStates(node: Node, fail: (reason: string) => SpecError): Program {
  const states: State[] = []
  const add = (): number => {
    if (states.length >= maxStates) throw fail('too complex')
    return states.push({ matches: undefined, next: [] }) - 1
  }
  const connect = (from: number, to: number) => states[from]?.next.push(to)
  const build = (part: Node, from: number): number => {
    switch (part.kind) {
      case 'character': {
        const state = states[from]
        const to = add()
        if (state) state.matches = part.matches
        connect(from, to)
        return to
      }
      case 'sequence':
        return part.nodes.reduce((at, member) => build(member, enter(at)), from)
      case 'choice':
        return join(part.nodes.map((member) => build(member, enter(from))))
      case 'repeat':
        return repeat(part, from)
    }
  }
  const enter = (from: number): number => {
    const to = add()
    connect(from, to)
    return to
  }
  const join = (ends: readonly number[]): number => {
    const to = add()
    for (const end of ends) connect(end, to)
    return to
  }
  const repeat = (part: Extract<Node, { kind: 'repeat' }>, from: number): number => {
    let at = from
    for (let count = 0; count < part.min; count += 1) at = build(part.node, enter(at))
    if (part.max === Number.POSITIVE_INFINITY) {
      const loop = enter(at)
      connect(build(part.node, enter(loop)), loop)
      return enter(loop)
    }
    const ends = [at]
    for (let count = part.min; count < part.max; count += 1) {
      at = build(part.node, enter(at))
      ends.push(at)
    }
    return join(ends)
  }
  const start = add()
  return { states, start, accept: build(node, enter(start)) }
}

function run({ states, start, accept }: Program, text: string): boolean {
  let current = closure(states, [start])
  for (const character of text) {
    const targets: number[] = []
    for (const index of current) {
      const state = states[index]
      if (state?.matches?.(character)) targets.push(...state.next)
    }
    if (targets.length === 0) return false
    current = closure(states, targets)
  }
  return current.has(accept)
}

function closure(states: readonly State[], seeds: readonly number[]): ReadonlySet<number> {
  const reached = new Set(seeds)
  for (const index of reached) {
    const state = states[index]
    if (state && !state.matches) for (const next of state.next) reached.add(next)
  }
  return reached
}
