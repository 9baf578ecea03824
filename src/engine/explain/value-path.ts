/** Decides what a path such as `requirements.run[0]` stands for in a rendered recipe. */
import type { Json } from '../../text/index.js'

/** Keys and indexes from the top of the recipe. */
export type ValuePath = readonly (string | number)[]

/** The parts of `a.b[0]["odd.key"]`; undefined when it is not a path. */
export function parsePath(text: string): ValuePath | undefined {
  const parts: (string | number)[] = []
  const pattern = /(?:^|(?!^)\.)([^.[\]"]+)|\[(\d{1,9})\]|\[("(?:[^"\\]|\\.)*")\]/y
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text)
    if (match === null) return undefined
    const [, key, index, quoted] = match
    if (quoted === undefined) parts.push(key ?? Number(index))
    else {
      const unquoted = unquote(quoted)
      if (unquoted === undefined) return undefined
      parts.push(unquoted)
    }
  }
  return parts.length > 0 ? parts : undefined
}

/** The text of a path, as `parsePath` reads it. */
export function formatPath(path: ValuePath): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`
      if (/[.[\]"]/.test(part) || part === '') return `[${JSON.stringify(part)}]`
      return index === 0 ? part : `.${part}`
    })
    .join('')
}

/** RFC 6901, as the provenance is keyed. */
export function toPointer(path: ValuePath): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/**
 * The path that exists, and its value. In a list a name stands for the item that begins with it
 * (`requirements.run.libzlib`).
 */
export function findValue(root: Json, path: ValuePath): { path: ValuePath; value: Json } | undefined {
  let value = root
  const found: (string | number)[] = []
  for (const part of path) {
    const key = isList(value) && typeof part === 'string' ? findItem(value, part) : part
    const member = key === undefined ? undefined : memberOf(value, key)
    if (key === undefined || member === undefined) return undefined
    found.push(key)
    value = member
  }
  return { path: found, value }
}

/** Every path below a value, the value itself included. */
export function allPaths(value: Json, path: ValuePath = []): ValuePath[] {
  if (typeof value !== 'object' || value === null) return [path]
  const members: [string | number, Json][] = isList(value)
    ? value.map((item, index) => [index, item])
    : Object.entries(value)
  return [path, ...members.flatMap(([key, member]) => allPaths(member, [...path, key]))]
}

/** `Array.isArray` does not narrow readonly arrays. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

function memberOf(value: Json, key: string | number): Json | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (isList(value)) return typeof key === 'number' ? value[key] : undefined
  const name = String(key)
  return Object.hasOwn(value, name) ? (value as { readonly [key: string]: Json })[name] : undefined
}

/** The package name of a spec or of a pin. */
function findItem(items: readonly Json[], name: string): number | undefined {
  const index = items.findIndex((item) => nameOf(item) === name)
  return index === -1 ? undefined : index
}

/** The name that an item of a list goes by. */
export function nameOf(item: Json): string | undefined {
  if (typeof item === 'string') return /^[^\s<>=!~[]+/.exec(item)?.[0]
  if (typeof item !== 'object' || item === null || isList(item)) return undefined
  const pin = Object.values(item)[0]
  const name = typeof pin === 'object' && pin !== null && !isList(pin) ? pin.name : undefined
  return typeof name === 'string' ? name : undefined
}

function unquote(text: string): string | undefined {
  try {
    return String(JSON.parse(text))
  } catch {
    return undefined
  }
}
