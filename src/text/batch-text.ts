/** Joins the texts that come in one go, because each write to a file costs more than the text. */

export interface TextBatch {
  add(text: string): void
  /** Passes on what is left, now. */
  flush(): void
}

/** Passes texts on together as soon as the code that is running has ended. */
export function createTextBatch(write: (text: string) => void): TextBatch {
  let pending: string[] = []
  const flush = () => {
    if (pending.length === 0) return
    const text = pending.join('')
    pending = []
    write(text)
  }
  return {
    add: (text) => {
      if (pending.length === 0) queueMicrotask(flush)
      pending.push(text)
    },
    flush,
  }
}
