/** What differs between two packages, as lines for people. */
import { formatChange, isSameContent, type PackageDifference } from '../../engine/index.js'
import { formatPlural, formatSize } from '../../report/index.js'

type FileDifference = PackageDifference['files'][number]
type FileFacts = NonNullable<FileDifference['before']>

/** A section for each kind of difference; the last line counts them. */
export function formatPackageDiff(difference: PackageDifference): string {
  const { before, after, metadata, dependencies, files, isIdentical } = difference
  if (isIdentical) return 'no difference: the archives are identical\n'
  if (isSameContent(difference))
    return 'no difference in content; only how the archives are compressed, or the times in them, differ\n'
  const counts = [
    [metadata.length, 'value'],
    [dependencies.length, 'requirement'],
    [files.length, 'file'],
  ] as const
  const differing = counts.filter(([count]) => count > 0)
  const total = differing.reduce((sum, [count]) => sum + count, 0)
  return [
    `${before.id} -> ${after.id}`,
    ...section('metadata', metadata.map(formatChange)),
    ...section('requirements', dependencies.map(formatDependency)),
    ...section('files', files.flatMap(formatFile)),
    '',
    `${joinWords(differing.map(([count, noun]) => formatPlural(count, noun)))} ${total === 1 ? 'differs' : 'differ'}\n`,
  ].join('\n')
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)]
}

function joinWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

function formatDependency({ list, before, after }: PackageDifference['dependencies'][number]): string {
  const kind = list === 'constrains' ? ' (constrains)' : ''
  if (before === undefined) return `+ ${after}${kind}`
  return after === undefined ? `- ${before}${kind}` : `~ ${before} -> ${after}${kind}`
}

function formatFile(file: FileDifference): readonly string[] {
  const { path, before, after, binary, text } = file
  if (before === undefined && after !== undefined) return [`+ ${path} (${describe(after)})`]
  if (before === undefined || after === undefined) return [`- ${path}`]
  return [
    `~ ${path}: ${aspects(before, after).join(', ')}`,
    ...(binary ? formatBinary(binary) : []),
    ...(text ? formatText(text) : []),
  ]
}

function describe({ type, sizeBytes, linkTarget }: FileFacts): string {
  if (type === 'symlink') return `link to ${linkTarget}`
  return type === 'directory' ? 'directory' : formatSize(sizeBytes)
}

function aspects(before: FileFacts, after: FileFacts): readonly string[] {
  if (before.type !== after.type) return [`${before.type} -> ${after.type}`]
  const found: string[] = []
  if (before.linkTarget !== after.linkTarget)
    found.push(`link to ${before.linkTarget} -> ${after.linkTarget}`)
  else if (before.sizeBytes !== after.sizeBytes) found.push(`${before.sizeBytes} -> ${after.sizeBytes} bytes`)
  else if (before.sha256 !== after.sha256) found.push(`other content, ${before.sizeBytes} bytes as before`)
  if (before.mode !== after.mode) found.push(`mode ${before.mode} -> ${after.mode}`)
  if (before.prefix !== after.prefix)
    found.push(`placeholder ${before.prefix ?? 'none'} -> ${after.prefix ?? 'none'}`)
  return found
}

function formatBinary(binary: NonNullable<FileDifference['binary']>): readonly string[] {
  const { soname, runPath, processors, needed, exports, versions } = binary
  return [
    ...(soname ? [`soname ${soname.before ?? 'none'} -> ${soname.after ?? 'none'}`] : []),
    ...(runPath ? [`rpath ${showPath(runPath.before)} -> ${showPath(runPath.after)}`] : []),
    ...formatList('processor', processors),
    ...formatList('needs', needed),
    ...formatList('exports', exports),
    ...formatList('version', versions),
  ].map((line) => `    ${line}`)
}

function showPath(entries: readonly string[]): string {
  return entries.length === 0 ? 'none' : entries.join(':')
}

/** More names than this are counted. */
const mostNames = 10

function formatList(what: string, list: NonNullable<FileDifference['binary']>['needed']): readonly string[] {
  if (list === undefined) return []
  const show = (sign: string, names: readonly string[]) => {
    const shown = names.slice(0, mostNames).map((name) => `${what} ${sign} ${name}`)
    const left = names.length - shown.length
    return left > 0 ? [...shown, `${what} ${sign} ${left} more (--json lists them)`] : shown
  }
  return [...show('-', list.removed), ...show('+', list.added)]
}

/** More lines than this of one file are counted. */
const mostLines = 40

function formatText({ lines, omitted }: NonNullable<FileDifference['text']>): readonly string[] {
  const left = lines.length + omitted - mostLines
  const shown = lines.slice(0, mostLines).map((line) => `    ${line}`)
  return left > 0 ? [...shown, `    ... ${formatPlural(left, 'more line')}`] : shown
}
