/** Reads points in time and durations. */
import { notADuration, notATime, notElapsed, notSince } from './errors.js'

const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/

/** Milliseconds since the epoch of an RFC 3339 time. */
export function parseTime(text: string, origin: string): number {
  const ms = readTime(text)
  if (Number.isNaN(ms)) throw notATime(text, origin)
  return ms
}

function readTime(text: string): number {
  return rfc3339.test(text) ? Date.parse(text.replace(' ', 'T')) : Number.NaN
}

const units: Readonly<Record<string, number>> = { '': 1000, s: 1000, m: 60_000, h: 3_600_000 }

/** Milliseconds of `90`, `90s`, `20m`, `2h` or `1h30m`; a bare number is seconds. */
export function parseDuration(text: string, origin: string): number {
  const isWhole = /^\d+$/.test(text)
  const parts = isWhole || /^(?:\d+[smh])+$/.test(text) ? [...text.matchAll(/(\d+)([smh]?)/g)] : []
  const ms = parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (units[unit] ?? 0), 0)
  // A timer takes no more than 2^31 - 1 milliseconds.
  if (ms <= 0 || ms > 2 ** 31 - 1) throw notADuration(text, origin)
  return ms
}

const ageUnits: Readonly<Record<string, number>> = { ...units, d: 86_400_000, w: 7 * 86_400_000 }

/** Milliseconds of `30d`, `2w`, `12h` or `1d12h`: how long ago something was; no timer ever waits for it. */
export function parseAge(text: string, origin: string): number {
  const parts = /^(?:\d{1,9}[smhdw])+$/.test(text) ? [...text.matchAll(/(\d+)([smhdw])/g)] : []
  if (parts.length === 0) throw notADuration(text, origin)
  return parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (ageUnits[unit] ?? 0), 0)
}

/** Milliseconds of `00:03:10`, `3:10` or `190`: how long after the start of something. */
export function parseElapsed(text: string, origin: string): number {
  const parts = /^(?:\d{1,5}:)?(?:\d{1,5}:)?\d{1,9}(?:\.\d+)?$/.test(text) ? text.split(':') : []
  if (parts.length === 0) throw notElapsed(text, origin)
  return Math.round(parts.reduce((sum, part) => sum * 60 + Number(part), 0) * 1000)
}

/** Milliseconds since the epoch of a time, or of what was so long ago: `10m`, `2h`, `2026-01-31T00:00:00Z`. */
export function parseSince(text: string, origin: string, nowMs: number): number {
  const ms = /^(?:\d{1,9}[smhdw])+$/.test(text) ? nowMs - parseAge(text, origin) : readTime(text)
  if (Number.isNaN(ms)) throw notSince(text, origin)
  return ms
}
