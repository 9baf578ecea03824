/** The lines at the bottom of a terminal that are drawn again and again. */
import { stripControls } from './format.js'
import type { OutputStream } from './output-stream.js'

export interface LiveRegion {
  /** Replaces the drawn lines. */
  draw(lines: readonly string[]): void
  /** Writes lines that stay, above the region. */
  write(lines: readonly string[]): void
  clear(): void
}

export function createLiveRegion(stream: OutputStream): LiveRegion {
  let drawn = 0
  const clear = () => {
    if (drawn > 0) stream.write(`\x1b[${drawn}A\x1b[0J`)
    drawn = 0
  }
  return {
    clear,
    draw: (lines) => {
      const width = stream.columns() ?? 80
      const fitting = lines.map((line) => cut(line, width - 1))
      const up = drawn > 0 ? `\x1b[${drawn}A\x1b[0J` : ''
      // One write, so that the terminal never shows the moment in between.
      stream.write(`${up}${fitting.map((line) => `${line}\n`).join('')}`)
      drawn = fitting.length
    },
    write: (lines) => {
      clear()
      stream.write(lines.map((line) => `${line}\n`).join(''))
    },
  }
}

/** A line that wrapped would break the counting of lines; colours are dropped when it has to be cut. */
function cut(line: string, width: number): string {
  const plain = stripControls(line)
  return plain.length <= width ? line : `${plain.slice(0, Math.max(0, width - 1))}`
}
