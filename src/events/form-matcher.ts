/**
 * Finds many texts at once: the search of Wu and Manber (1994), which skips ahead by what the last two characters of a
 * window allow. Output of scripts passes here, so it is made for speed.
 */

/** Where a text was found; `form` is its number in the list the matcher was made of. */
export interface Match {
  readonly start: number
  readonly end: number
  readonly form: number
}

export interface FormMatcher {
  /** Every occurrence, overlapping ones included, by start. */
  findAll(text: string): Match[]
  /** Start of the longest tail that is a proper beginning of a form; the text's length when there is none. */
  growingTail(text: string): number
}

/** A matcher for these texts, each at least 2 characters long. */
export function createFormMatcher(forms: readonly string[]): FormMatcher {
  if (forms.length === 0) return { findAll: () => [], growingTail: (text) => text.length }
  const tables = buildTables(forms)
  return {
    findAll: (text) => findAll(text, tables),
    growingTail: (text) => growingTail(text, tables),
  }
}

/** The UTF-8 bytes of a text, one character each. */
export function toBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

interface Tables {
  readonly forms: readonly string[]
  readonly window: number
  /** By the hash of two characters: how far the window may move on; 0 where a form may end its window. */
  readonly shifts: Uint8Array
  /** By the hash at the end of the window: the forms that have it there. */
  readonly ends: ReadonlyMap<number, readonly number[]>
  /** By first character, for tails. */
  readonly starts: ReadonlyMap<number, readonly number[]>
  readonly longest: number
}

/** A longer window would not skip faster, and its shifts would not fit a byte. */
const longestWindow = 200

function buildTables(forms: readonly string[]): Tables {
  const shortest = Math.min(...forms.map(({ length }) => length))
  const window = Math.min(shortest, longestWindow)
  const shifts = new Uint8Array(1 << 16).fill(window - 1)
  const ends = new Map<number, number[]>()
  const starts = new Map<number, number[]>()
  for (const [index, form] of forms.entries()) {
    for (let at = 1; at < window; at++) {
      const block = hashPair(form.charCodeAt(at - 1), form.charCodeAt(at))
      shifts[block] = Math.min(shifts[block] ?? 0, window - 1 - at)
    }
    append(ends, hashPair(form.charCodeAt(window - 2), form.charCodeAt(window - 1)), index)
    append(starts, form.charCodeAt(0), index)
  }
  const longest = Math.max(...forms.map(({ length }) => length))
  return { forms, window, shifts, ends, starts, longest }
}

function append(lists: Map<number, number[]>, key: number, value: number): void {
  const list = lists.get(key)
  if (list) list.push(value)
  else lists.set(key, [value])
}

/** Different pairs may share a number; candidates are compared in full. */
function hashPair(first: number, second: number): number {
  return ((first << 8) ^ second) & 0xffff
}

function findAll(text: string, tables: Tables): Match[] {
  const { window, shifts } = tables
  const found: Match[] = []
  let end = window - 1
  while (end < text.length) {
    const block = hashPair(text.charCodeAt(end - 1), text.charCodeAt(end))
    const shift = shifts[block] ?? 0
    if (shift === 0) collectAt(text, { start: end - window + 1, block }, { tables, found })
    end += shift || 1
  }
  return found
}

function collectAt(
  text: string,
  { start, block }: { readonly start: number; readonly block: number },
  { tables, found }: { readonly tables: Tables; readonly found: Match[] },
): void {
  for (const index of tables.ends.get(block) ?? []) {
    const form = tables.forms[index] ?? ''
    if (text.startsWith(form, start)) found.push({ start, end: start + form.length, form: index })
  }
}

function growingTail(text: string, { forms, starts, longest }: Tables): number {
  for (let start = Math.max(0, text.length - longest + 1); start < text.length; start++) {
    const candidates = starts.get(text.charCodeAt(start))
    if (candidates?.some((index) => continues(forms[index] ?? '', text, start))) return start
  }
  return text.length
}

/** Whether the rest of the text from `start` is a proper beginning of the form. */
function continues(form: string, text: string, start: number): boolean {
  const length = text.length - start
  if (form.length <= length) return false
  for (let at = 1; at < length; at++) {
    if (text.charCodeAt(start + at) !== form.charCodeAt(at)) return false
  }
  return true
}
