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
  let end = 0
  return starts.map((_, at) => {
    // What sorts before the first page belongs to it.
    const next = starts[at + 1]
    const isOwn = (item: Item | undefined) =>
      item !== undefined && (next === undefined || nameOf(item) < next)
    const start = end
    while (isOwn(items[end])) end += 1
    return items.slice(start, end)
  })
}

/** The pages that take the place of one whose items are these now: none, one, or as many as there are too many items. */
export function splitIntoPages<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  if (items.length === 0) return []
  if (items.length <= 2 * itemsPerPage) return [items]
  const count = Math.ceil(items.length / itemsPerPage)
  return Array.from({ length: count }, (_, at) => items.slice(at * itemsPerPage, (at + 1) * itemsPerPage))
}
