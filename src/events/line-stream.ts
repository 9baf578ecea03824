/** Turns the raw output of a child process into masked lines. */
import type { Masker } from './masker.js'
import { redactUrls } from './redact-urls.js'

/** A line that never ends is cut here, so that a flood cannot fill the memory. */
const longestLine = 1 << 20

export interface LineStream {
  push(chunk: Uint8Array): void
  /** Flushes what is held back and the last line without a line end. */
  end(): void
}

/**
 * Masks the bytes, then splits them, then decodes UTF-8: in this order, or a secret over several lines or chunks would
 * show. A line that was redrawn with carriage returns keeps its last state.
 */
export function createLineStream(masker: Masker, onLine: (line: string) => void): LineStream {
  const masked = masker.stream()
  // Pieces of the line that has not ended yet; joining them for each chunk would take quadratic time.
  let pending: string[] = []
  let pendingLength = 0
  const flush = (rest: string) => {
    const line = pending.length === 0 ? rest : pending.join('') + rest
    pending = []
    pendingLength = 0
    onLine(redactUrls(decode(lastState(line))))
  }
  const keep = (piece: string) => {
    if (piece === '') return
    const start = startOfLastState(piece)
    // What a progress bar showed before its last state is nobody's line.
    if (start > 0) {
      pending = []
      pendingLength = 0
    }
    pending.push(start === 0 ? piece : piece.slice(start))
    pendingLength += piece.length - start
    if (pendingLength > longestLine) flush('')
  }
  const take = (bytes: string) => {
    let start = 0
    for (let end = bytes.indexOf('\n'); end !== -1; end = bytes.indexOf('\n', start)) {
      flush(bytes.slice(start, end))
      start = end + 1
    }
    keep(start === 0 ? bytes : bytes.slice(start))
  }
  return {
    push: (chunk) =>
      take(masked.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1'))),
    end: () => {
      take(masked.end())
      if (pending.length > 0) flush('')
    },
  }
}

/** Behind the last carriage return that something follows; 0 when there is none. */
function startOfLastState(piece: string): number {
  let end = piece.length
  while (end > 0 && piece[end - 1] === '\r') end -= 1
  return piece.slice(0, end).lastIndexOf('\r') + 1
}

function lastState(line: string): string {
  if (!line.includes('\r')) return line
  const states = line.split('\r').filter((state) => state !== '')
  return states.at(-1) ?? ''
}

/** Most lines are ASCII, and those are their own text. */
function decode(bytes: string): string {
  return /^[\x00-\x7f]*$/.test(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8')
}
