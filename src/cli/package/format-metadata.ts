/** The metadata of a package as a table for people. */
import type { ListedPath, PackageMetadata } from '../../engine/index.js'
import { formatPlural, formatSize } from '../../report/index.js'
import type { Json } from '../../text/index.js'

/** What is shown beside the index. */
export interface Sections {
  readonly paths: boolean
  readonly runExports: boolean
  readonly about: boolean
}

/** Lines of `name  value`, then a section for each list; texts may hold anything that the package holds. */
export function formatMetadata(
  metadata: PackageMetadata,
  paths: readonly ListedPath[],
  sections: Sections,
): string {
  const { index, about = {}, runExports = {} } = metadata
  const rows = [...indexRows(index), ...aboutRows(about, sections.about)]
  return [
    ...formatRows(rows),
    ...formatList('Depends', index.depends),
    ...formatList('Constrains', index.constrains),
    ...(sections.runExports ? formatRunExports(runExports) : []),
    ...(sections.paths ? formatPaths(paths) : []),
    '',
  ].join('\n')
}

type Row = readonly [string, Json | undefined]
type Document = PackageMetadata['index']

function indexRows(index: Document): readonly Row[] {
  return [
    ['Name', index.name],
    ['Version', index.version],
    ['Build', index.build],
    ['Build number', index.build_number],
    ['Subdir', index.subdir],
    ['Noarch', index.noarch],
    ['Timestamp', formatTimestamp(index.timestamp)],
    ['License', index.license],
    ['Track features', index.track_features],
  ]
}

function aboutRows(about: Document, isComplete: boolean): readonly Row[] {
  const usual: readonly Row[] = [
    ['Summary', about.summary],
    ['Description', about.description],
    ['Homepage', about.home],
    ['Repository', about.dev_url],
    ['Documentation', about.doc_url],
  ]
  if (!isComplete) return usual
  const known = new Set(['summary', 'description', 'home', 'dev_url', 'doc_url', 'license'])
  return [...usual, ...Object.entries(about).filter(([key]) => !known.has(key))]
}

/** Milliseconds or, in old packages, seconds. */
function formatTimestamp(value: Json | undefined): string | undefined {
  if (typeof value !== 'number') return undefined
  const date = new Date(value > 253_402_300_799 ? value : value * 1000)
  return Number.isNaN(date.getTime())
    ? String(value)
    : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

function formatRows(rows: readonly Row[]): readonly string[] {
  const shown = rows.flatMap(([name, value]) => {
    const text = showValue(value)
    return text === '' ? [] : [[name, text] as const]
  })
  const width = Math.max(...shown.map(([name]) => name.length))
  return shown.map(([name, text]) => {
    const [first = '', ...more] = text.trimEnd().split('\n')
    return [`${name.padEnd(width)}  ${first}`, ...more.map((line) => `${' '.repeat(width)}  ${line}`)].join(
      '\n',
    )
  })
}

function showValue(value: Json | undefined): string {
  if (value === undefined || value === null) return ''
  if (Array.isArray(value)) return value.map(showValue).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function formatList(title: string, value: Json | undefined): readonly string[] {
  if (!Array.isArray(value) || value.length === 0) return []
  return ['', `${title}:`, ...value.map((item: Json) => `  ${showValue(item)}`)]
}

function formatRunExports(runExports: Document): readonly string[] {
  const kinds = Object.entries(runExports)
  if (kinds.length === 0) return ['', 'Run exports: none']
  return kinds.flatMap(([kind, list]) => formatList(`Run exports (${kind.replaceAll('_', ' ')})`, list))
}

function formatPaths(paths: readonly ListedPath[]): readonly string[] {
  const sizeOf = ({ sizeBytes, type }: ListedPath) =>
    type === 'directory' || sizeBytes === undefined ? '-' : formatSize(sizeBytes)
  const wide = { path: 0, size: 0 }
  for (const entry of paths) {
    wide.path = Math.max(wide.path, entry.path.length)
    wide.size = Math.max(wide.size, sizeOf(entry).length)
  }
  const lines = paths.map((entry) =>
    [
      `  ${entry.path.padEnd(wide.path)}`,
      sizeOf(entry).padStart(wide.size),
      typeNames[entry.type],
      (entry.fileMode ?? '-').padEnd(6),
      entry.sha256 ?? '-',
    ].join('  '),
  )
  return ['', `${formatPlural(paths.length, 'path')}:`, ...lines]
}

const typeNames = { file: 'file   ', symlink: 'symlink', directory: 'dir    ' } as const
