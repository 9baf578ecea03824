/** The part of a terminal or pipe that reporters write to. */
export interface OutputStream {
  write(text: string): void
  /** Waits until the reader has taken what was written; undefined when it keeps up. */
  drained(): Promise<void> | undefined
  readonly isTerminal: boolean
  /** Columns of a terminal now; undefined for a pipe. */
  columns(): number | undefined
}
