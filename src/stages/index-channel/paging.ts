/** Divides what an index lists into pages, so that a change concerns only a few of its thousands of packages. */

/** Few items on a page make a change quick, few pages make all the rest quick. */
const itemsPerPage = 64

/**
 * The items of each page as it has to be now; all of them together when there is no page yet.
 * @param starts the first name on each page, sorted
 * @param items sorted by name
 */
export function divide<Item>(
  starts: readonly string[],
  items: readonly Item[],
  nameOf: (item: Item) => string,
): readonly (readonly Item[])[] {
  if (starts.length === 0) return [items]
  let from = 0
  return starts.map((_, at) => {
    // What sorts before the first page belongs to it.
    const next = starts[at + 1]
    let to = next === undefined ? items.length : from
    for (; next !== undefined && to < items.length; to += 1) {
      const item = items[to]
      if (item !== undefined && nameOf(item) >= next) break
    }
    const own = items.slice(from, to)
    from = to
    return own
  })
}

/** The pages that take the place of one whose items are these now: none, one, or as many as there are too many items. */
export function splitIntoPages<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  if (items.length === 0) return []
  if (items.length <= 2 * itemsPerPage) return [items]
  const count = Math.ceil(items.length / itemsPerPage)
  return Array.from({ length: count }, (_, at) => items.slice(at * itemsPerPage, (at + 1) * itemsPerPage))
}
