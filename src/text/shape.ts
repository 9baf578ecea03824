/** Says whether data has the form that code relies on, and where it first has not. */
import type { Json } from './canonical-json.js'

/** What a value has to be; made by the functions below. */
export type Shape =
  | { readonly is: 'anything' }
  | { readonly is: 'text'; readonly what: string; readonly accepts: (text: string) => boolean }
  | { readonly is: 'flag' }
  | { readonly is: 'number'; readonly min: number; readonly max: number; readonly whole: boolean }
  | { readonly is: 'nothing' }
  | { readonly is: 'list'; readonly of: Shape }
  | { readonly is: 'map'; readonly of: Shape }
  | { readonly is: 'object'; readonly members: Members }
  | { readonly is: 'tagged'; readonly kinds: { readonly [key: string]: Shape } }
  | { readonly is: 'either'; readonly shapes: readonly Shape[] }

/** Keys that have to be there, and with a `?` behind them those that may be absent; other keys may hold anything. */
export interface Members {
  readonly [key: string]: Shape
}

export const anything: Shape = { is: 'anything' }
export const flag: Shape = { is: 'flag' }
export const nothing: Shape = { is: 'nothing' }
export const text: Shape = textThat('a text', () => true)

/** A text that a test accepts. @param what it is called in messages: `a version` */
export function textThat(what: string, accepts: (text: string) => boolean): Shape {
  return { is: 'text', what, accepts }
}

/** One of a few words. */
export function wordOf(...words: readonly string[]): Shape {
  return textThat(inWords(words.map(quote)), (word) => words.includes(word))
}

/** A number without fraction; both ends belong to it. */
export function wholeNumber(min: number, max: number): Shape {
  return { is: 'number', min, max, whole: true }
}

export const anyNumber: Shape = { is: 'number', min: -Infinity, max: Infinity, whole: false }

export function listOf(of: Shape): Shape {
  return { is: 'list', of }
}

/** A mapping with any keys. */
export function mapOf(of: Shape): Shape {
  return { is: 'map', of }
}

/** @param members `{ name: text, 'license?': text }` */
export function objectWith(members: Members): Shape {
  return { is: 'object', members }
}

/** A mapping whose kind is told by the first of these keys that it has. */
export function taggedBy(kinds: { readonly [key: string]: Shape }): Shape {
  return { is: 'tagged', kinds }
}

/** Shapes that differ in their outermost form: a text or a list. */
export function eitherOf(...shapes: readonly Shape[]): Shape {
  return { is: 'either', shapes }
}

/** A place that does not hold what belongs there. */
export interface Mismatch {
  /** `recipe.requirements.host[2]` */
  readonly place: string
  /** What is there: `the text \`x\``, `nothing`. */
  readonly found: string
  /** What belongs there: `a list`. */
  readonly expected: string
}

/** The first place where a value has another shape; `undefined` when it has this one. @param place what the value is called */
export function findMismatch(value: Json | undefined, shape: Shape, place: string): Mismatch | undefined {
  if (!hasForm(value, shape)) return { place, found: describe(value), expected: nameOf(shape) }
  switch (shape.is) {
    case 'list':
      return first(Object.entries(value as readonly Json[]), ([at, item]) =>
        findMismatch(item, shape.of, `${place}[${at}]`),
      )
    case 'map':
      return first(Object.entries(value as object), ([key, item]) =>
        findMismatch(item, shape.of, memberPlace(place, key)),
      )
    case 'object':
      return first(Object.entries(shape.members), ([key, member]) =>
        findInMember(value as JsonObject, { key, member, place }),
      )
    case 'tagged': {
      const kind = Object.keys(shape.kinds).find((key) => Object.hasOwn(value as object, key)) ?? ''
      return findMismatch(value, shape.kinds[kind] ?? anything, place)
    }
    case 'either':
      return findMismatch(value, shape.shapes.find((one) => hasForm(value, one)) ?? anything, place)
    default:
      return undefined
  }
}

type JsonObject = { readonly [key: string]: Json }

/** The value itself, without what is in it. */
function hasForm(value: Json | undefined, shape: Shape): boolean {
  switch (shape.is) {
    case 'anything':
      return value !== undefined
    case 'text':
      return typeof value === 'string' && shape.accepts(value)
    case 'flag':
      return typeof value === 'boolean'
    case 'number':
      return isNumber(value, shape)
    case 'nothing':
      return value === null
    case 'list':
      return Array.isArray(value)
    case 'tagged':
      return isMapping(value) && Object.keys(shape.kinds).some((key) => Object.hasOwn(value, key))
    case 'either':
      return shape.shapes.some((one) => hasForm(value, one))
    default:
      return isMapping(value)
  }
}

function isNumber(value: Json | undefined, { min, max, whole }: Extract<Shape, { is: 'number' }>): boolean {
  if (typeof value !== 'number' || (whole && !Number.isSafeInteger(value))) return false
  return value >= min && value <= max
}

function isMapping(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function findInMember(
  value: JsonObject,
  { key, member, place }: { readonly key: string; readonly member: Shape; readonly place: string },
): Mismatch | undefined {
  const name = key.replace(/\?$/, '')
  // A key like `constructor` must not be found where nobody wrote it.
  const item = Object.hasOwn(value, name) ? value[name] : undefined
  if (item === undefined && name !== key) return undefined
  return findMismatch(item, member, memberPlace(place, name))
}

function memberPlace(place: string, key: string): string {
  return `${place === '' ? '' : `${place}.`}${key}`
}

function first<T>(items: readonly T[], find: (item: T) => Mismatch | undefined): Mismatch | undefined {
  for (const item of items) {
    const found = find(item)
    if (found !== undefined) return found
  }
  return undefined
}

function nameOf(shape: Shape): string {
  switch (shape.is) {
    case 'text':
      return shape.what
    case 'flag':
      return '`true` or `false`'
    case 'number':
      return numberName(shape)
    case 'list':
      return 'a list'
    case 'tagged':
      return `a mapping with ${inWords(Object.keys(shape.kinds).map(quote))}`
    case 'either':
      return inWords([...new Set(shape.shapes.map(nameOf))])
    case 'nothing':
      return '`null`'
    case 'anything':
      return 'something'
    default:
      return 'a mapping'
  }
}

function numberName({ min, max, whole }: Extract<Shape, { is: 'number' }>): string {
  if (!whole) return 'a number'
  if (max === Number.MAX_SAFE_INTEGER) return `a whole number from ${min}`
  return min === max ? quote(String(min)) : `a whole number from ${min} to ${max}`
}

function describe(value: Json | undefined): string {
  if (value === undefined) return 'missing'
  if (Array.isArray(value)) return 'a list'
  if (isMapping(value)) return 'a mapping'
  const text = String(value)
  const shown = quote(text.length > 60 ? `${text.slice(0, 60)}…` : text)
  return typeof value === 'string' ? `the text ${shown}` : shown
}

function quote(word: string): string {
  return `\`${word}\``
}

function inWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
