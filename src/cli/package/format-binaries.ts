/** The programs and libraries of a package, for people and for scripts. */
import type { BinaryReport, InspectionReport, ListedBinary } from '../../engine/index.js'
import { formatPlural } from '../../report/index.js'

type PackageBinary = Extract<ListedBinary, { readonly exports: number }>

/** A block of lines for each file; empty when nothing was asked for. */
export function formatBinaries(binaries: readonly ListedBinary[] | undefined): string {
  if (binaries === undefined) return ''
  if (binaries.length === 0) return '\nBinaries: none\n'
  return [
    '',
    `Binaries (${formatPlural(binaries.length, 'file')}):`,
    ...binaries.flatMap(formatBinary),
    '',
  ].join('\n')
}

function formatBinary(binary: ListedBinary): readonly string[] {
  const { kind } = binary
  const path = oneLine(binary.path)
  if ('damage' in binary) return [`  ${path}  ${kind}, damaged: ${oneLine(binary.damage)}`]
  const { processors, soname, needed, runPath, versions } = binary
  const libraries = needed.map(({ name, isInPackage }) => (isInPackage ? `${name} (in this package)` : name))
  return [
    `  ${path}  ${kind}, ${processors.join(' and ')}, ${formatPlural(binary.exports, 'export')}`,
    ...formatItems(nameTitles[kind], soname === undefined ? [] : [soname]),
    ...formatItems('needs', libraries),
    ...formatItems('run path', runPath),
    ...formatItems('versions', versions),
  ]
}

const nameTitles = { ELF: 'soname', PE: 'name', 'Mach-O': 'id' } as const

const [titleWidth, lineWidth] = [8, 100]

/** Side by side as long as there is room; nothing for an empty list. */
function formatItems(title: string, items: readonly string[]): readonly string[] {
  const lines: string[] = []
  for (const [index, item] of items.entries()) {
    const text = oneLine(item) + (index < items.length - 1 ? ',' : '')
    const last = lines.at(-1)
    const isFull = last === undefined || last.length + text.length + 1 > lineWidth - titleWidth - 6
    if (isFull) lines.push(text)
    else lines[lines.length - 1] = `${last} ${text}`
  }
  return lines.map((line, index) => `    ${(index === 0 ? title : '').padEnd(titleWidth)}  ${line}`)
}

/** Names are what the package says: a line break in one would look like another file, a sequence for terminals hide one. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?')
}

/** In the spelling of the metadata documents. */
export function binariesToJson(binaries: readonly ListedBinary[]): NonNullable<InspectionReport['binaries']> {
  return binaries.map((binary) => ('damage' in binary ? binary : toJson(binary)))
}

function toJson({
  path,
  kind,
  processors,
  soname,
  needed,
  runPath,
  versions,
  exports,
}: PackageBinary): BinaryReport {
  return {
    path,
    kind,
    processors,
    ...(soname !== undefined && { soname }),
    needed: needed.map(({ name, isInPackage }) => ({ name, in_package: isInPackage })),
    run_path: runPath,
    versions,
    exports,
  }
}
