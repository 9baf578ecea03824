/** Decides how values look in lines for people: nothing in them can break the line or steer the terminal. */
import type { Json } from '../../text/index.js'

const odd = /[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]|\p{Bidi_Control}/gu

/** A text as it is; control characters as their escapes. */
export function showText(text: string): string {
  return text.replace(odd, (character) =>
    character === '\n' ? '\\n' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** JSON on one line. */
export function showJson(value: Json | undefined): string {
  return value === undefined ? 'undefined' : showText(JSON.stringify(value))
}

/** Bare where that cannot be misread, JSON otherwise. */
export function showBare(value: Json): string {
  return typeof value === 'string' && /^[^\s"',=][^"',=]*$/.test(value) && value.trim() === value
    ? showText(value)
    : showJson(value)
}

/** `a=1, b=2` of a variant. */
export function showVariant(variant: { readonly [key: string]: Json }): string {
  return Object.entries(variant)
    .map(([key, value]) => `${showText(key)}=${showBare(value)}`)
    .join(', ')
}

const widest = 60

/** Rows of cells as aligned columns; a cell that is very wide does not push the others. */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const count = Math.max(0, ...rows.map(({ length }) => length))
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(0, ...rows.map((row) => row[column]?.length ?? 0).filter((width) => width <= widest)),
  )
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
