/** What two lists have in common, in order. */

/** A longest common subsequence, as positions in both lists; of long lists only their common beginning and end. */
export function commonItems(
  before: readonly string[],
  after: readonly string[],
): { left: number; right: number }[] {
  if (before.length * after.length > mostComparisons) return commonEnds(before, after)
  const lengths = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1))
  const lengthAt = (left: number, right: number) => lengths[left]?.[right] ?? 0
  for (let left = before.length - 1; left >= 0; left--) {
    const row = lengths[left] ?? new Uint32Array()
    for (let right = after.length - 1; right >= 0; right--) {
      row[right] =
        before[left] === after[right]
          ? lengthAt(left + 1, right + 1) + 1
          : Math.max(lengthAt(left + 1, right), lengthAt(left, right + 1))
    }
  }
  const common: { left: number; right: number }[] = []
  let [left, right] = [0, 0]
  while (left < before.length && right < after.length) {
    if (before[left] === after[right]) common.push({ left: left++, right: right++ })
    else if (lengthAt(left + 1, right) >= lengthAt(left, right + 1)) left++
    else right++
  }
  return common
}

function commonEnds(before: readonly string[], after: readonly string[]): { left: number; right: number }[] {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before[start] === after[start]) start++
  let back = 0
  while (back < shorter - start && before.at(-1 - back) === after.at(-1 - back)) back++
  return [
    ...range(0, start).map((index) => ({ left: index, right: index })),
    ...range(0, back).map((index) => ({
      left: before.length - back + index,
      right: after.length - back + index,
    })),
  ]
}

/** Above this many comparisons, lists are compared from the front and from the back only. */
const mostComparisons = 1_000_000

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index)
}
