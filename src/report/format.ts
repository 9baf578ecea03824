/** Numbers, sizes, times and paths as people read them. */
import path from 'node:path'

/** `1,204` */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}

/** `1 file`, `1,204 files` */
export function formatPlural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** `312 B`, `38 kB`, `1.2 MB`: decimal units, as disks and downloads are measured. */
export function formatSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  const units = ['kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 'B'
  for (const next of units) {
    if (value < 999.5) break
    value /= 1000
    unit = next
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${unit}`
}

/** `0.1 s`, `14.2 s`, `3 min 20 s` */
export function formatDuration(ms: number): string {
  const seconds = ms / 1000
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
}

/** `00:03:10` */
export function formatElapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}

/** The path relative to the current directory when that is shorter and stays below it or beside it. */
export function formatPath(file: string, currentDirectory: string): string {
  const relative = path.relative(currentDirectory, file)
  if (relative === '') return '.'
  return relative.startsWith('../../..') || relative.length >= file.length ? file : relative
}

/** Removes terminal control sequences; `keepColors` leaves colours and weights alone. */
export function stripControls(text: string, keepColors = false): string {
  const sequences =
    /\x1b\[[0-9;?]*([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f]/g
  const cleaned = text.replace(sequences, (sequence, final: string | undefined) =>
    keepColors && final === 'm' ? sequence : '',
  )
  return keepColors ? cleaned : cleaned.replaceAll('\x1b', '')
}
