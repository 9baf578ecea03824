/** The part of a terminal or pipe that reporters write to. */
export interface OutputStream {
  write(text: string): void
  readonly isTerminal: boolean
  /** Columns of a terminal now; undefined for a pipe. */
  columns(): number | undefined
}
