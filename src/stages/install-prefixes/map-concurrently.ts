/** Runs a few asynchronous steps at the same time. */

/** Results in the order of the items; the first failure rejects once the steps that already run have ended. */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  limit: number,
  step: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results = new Map<number, R>()
  const queue = items.entries()
  let failure: { readonly error: unknown } | undefined
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (failure) return
      try {
        results.set(index, await step(item))
      } catch (error) {
        failure ??= { error }
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker))
  if (failure) throw failure.error
  return items.map((_, index) => results.get(index) as R)
}
