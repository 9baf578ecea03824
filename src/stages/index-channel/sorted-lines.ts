/** Replaces lines of a long sorted list without taking the others apart. */
import { type Bytes, interleave } from './join-bytes.js'

const separator = ',\n'

/**
 * @param list sorted lines of the form `"name":value`, with `,` and a line break between them
 * @param names whose lines go, and come again as `made` has them
 * @param made value of a line by name, JSON
 */
export function replaceLines(
  list: Buffer,
  names: Iterable<string>,
  made: ReadonlyMap<string, string>,
): readonly Bytes[] {
  const parts: Bytes[] = []
  let from = 0
  const keep = (to: number) => {
    const run = list.subarray(from, to)
    if (run.length > 0) parts.push(to < list.length ? run.subarray(0, -separator.length) : run)
  }
  for (const name of [...names].sort()) {
    const key = Buffer.from(`${JSON.stringify(name)}:`)
    const start = findLine(list, key)
    keep(start)
    const value = made.get(name)
    if (value !== undefined) parts.push(`${key}${value}`)
    from = startsWith(list, start, key) ? endOfLine(list, start) : start
  }
  keep(list.length)
  return interleave(parts, separator)
}

/** Where the first line starts that is not before `key`; the quote at the end of a name sorts before all that names are made of. */
function findLine(list: Buffer, key: Buffer): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const start = middle === 0 ? 0 : list.lastIndexOf('\n', middle - 1) + 1
    if (Buffer.compare(list.subarray(start, start + key.length), key) < 0) low = endOfLine(list, start)
    else high = start
  }
  return low
}

/** With its separator. */
function endOfLine(list: Buffer, start: number): number {
  const end = list.indexOf('\n', start)
  return end === -1 ? list.length : end + 1
}

function startsWith(list: Buffer, start: number, key: Buffer): boolean {
  return list.subarray(start, start + key.length).equals(key)
}
