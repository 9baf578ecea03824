/** Turns the raw output of a child process into masked lines. */
import { StringDecoder } from 'node:string_decoder'
import type { Masker } from './masker.js'

/** A line that never ends is cut here, so that a flood cannot fill the memory. */
const longestLine = 1 << 20

export interface LineStream {
  push(chunk: Uint8Array): void
  /** Flushes what is held back and the last line without a line end. */
  end(): void
}

/**
 * Decodes UTF-8 across chunk borders, masks, then splits: in this order, or a secret over several lines or chunks would
 * show. A line that was redrawn with carriage returns keeps its last state.
 */
export function createLineStream(masker: Masker, onLine: (line: string) => void): LineStream {
  const decoder = new StringDecoder('utf8')
  const masked = masker.stream()
  let pending = ''
  const take = (text: string) => {
    pending += text
    const lines = pending.split('\n')
    pending = lines.pop() ?? ''
    for (const line of lines) onLine(lastState(line))
    if (pending.length > longestLine) {
      onLine(lastState(pending))
      pending = ''
    }
  }
  return {
    push: (chunk) =>
      take(masked.push(decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)))),
    end: () => {
      take(masked.push(decoder.end()) + masked.end())
      if (pending !== '') onLine(lastState(pending))
      pending = ''
    },
  }
}

function lastState(line: string): string {
  const states = line.split('\r').filter((state) => state !== '')
  return states.at(-1) ?? ''
}
