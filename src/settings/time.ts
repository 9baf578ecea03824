/** Reads points in time. */
import { notATime } from './errors.js'

const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/

/** Milliseconds since the epoch of an RFC 3339 time. */
export function parseTime(text: string, origin: string): number {
  const ms = rfc3339.test(text) ? Date.parse(text.replace(' ', 'T')) : Number.NaN
  if (Number.isNaN(ms)) throw notATime(text, origin)
  return ms
}
