/** Decides how explanations look to people: what it is, then where everything came from. */

import { groupBy } from '../../text/index.js'
import { alignColumns, showBare, showJson, showText } from './show-text.js'
import type {
  ExplainedBranch,
  ExplainedRead,
  ExplainedValue,
  Explanation,
  GroupExplanation,
  HashExplanation,
  KeyExplanation,
  ValueSource,
} from './types.js'

/** The text for all outputs, ending in a newline; outputs with the same explanation share one. */
export function formatExplanations(explanations: readonly Explanation[]): string {
  const isAlone = explanations.length === 1
  return [...groupBy(explanations, formatExplanation)]
    .map(([text, same]) =>
      isAlone ? text : `${same.map(({ id }) => `# ${showText(id)}\n`).join('')}${text}`,
    )
    .join('\n')
}

function formatExplanation(explanation: Explanation): string {
  return `${linesOf(explanation).join('\n')}\n`
}

function linesOf(explanation: Explanation): string[] {
  switch (explanation.kind) {
    case 'value':
      return valueLines(explanation)
    case 'group':
      return groupLines(explanation)
    case 'variant':
      return keyLines(explanation)
    case 'hash':
      return hashLines(explanation)
  }
}

function valueLines(value: ExplainedValue): string[] {
  const rows = [
    ...(value.template === undefined ? [] : [['template', showText(value.template), value.at ?? '']]),
    ...(value.template === undefined && value.at ? [['written', value.at]] : []),
    ...(value.note ? [['note', value.note]] : []),
    ...readRows(value.reads, ''),
    ...value.branches.flatMap(branchRows),
  ]
  return [`${value.path} = ${value.spelling ?? showJson(value.value)}`, ...indented(alignColumns(rows))]
}

/** Context variables may follow from each other in long chains. */
const deepestInset = 12

/** A read, and below it what a context variable was made of. */
function readRows(reads: readonly ExplainedRead[], inset: string): string[][] {
  return reads.flatMap((read) => [
    ['read', `${inset}${showText(read.name)} = ${showJson(read.value)}`, showSource(read.from)],
    ...(read.template === undefined ? [] : [['', `${inset}  from ${showText(read.template)}`, '']]),
    ...readRows(read.reads ?? [], `${inset}  `.slice(0, deepestInset)),
  ])
}

function branchRows(branch: ExplainedBranch): string[][] {
  const head = ['branch', `if: ${showText(branch.selector)}, took ${branch.took}`, branch.at]
  return [head, ...readRows(branch.reads, '  ')]
}

function groupLines({ path, values, dropped }: GroupExplanation): string[] {
  const rows = values.map((value) => [
    value.path.startsWith(path) ? value.path.slice(path.length).replace(/^\./, '') : value.path,
    showBare(value.value),
    value.at ?? value.note ?? '',
    groupNote(value),
  ])
  const left = dropped.map(({ text, at, reason, branch }) => [
    showText(text),
    at,
    `${showText(reason)}${branch ? ` (${branch.reads.map(showRead).join(', ') || 'constant'})` : ''}`,
  ])
  return [
    path,
    ...indented(alignColumns(rows)),
    ...(left.length > 0 ? ['not in it:', ...indented(alignColumns(left))] : []),
  ]
}

/** The template and the branches, short: a question about the one value tells the rest. */
function groupNote({ template, branches }: ExplainedValue): string {
  return [
    ...(template === undefined ? [] : [showText(template)]),
    ...branches.map(({ selector, took }) => `if: ${showText(selector)}, took ${took}`),
  ].join('  ')
}

function showRead({ name, value, from }: ExplainedRead): string {
  return `${showText(name)} = ${showJson(value)}, ${showSource(from)}`
}

function keyLines({ key, value, values, reason, from }: KeyExplanation): string[] {
  const rows = [
    ['from', showSource(from)],
    ['used', showText(reason)],
    ...(values.length > 1 ? [['values', values.map((each) => showBare(each)).join(', ')]] : []),
  ]
  return [`variant.${showText(key)} = ${showJson(value)}`, ...indented(alignColumns(rows))]
}

function hashLines(hash: HashExplanation): string[] {
  const digest = `sha1(${showText(hash.canonical_json)})[:7]`
  const whole = `"h" + ${digest} + "_" + ${hash.number}`
  const head = hash.template
    ? [
        `${hash.build_string} = ${showText(hash.template.text)}  ${hash.template.at}`,
        `  hash = ${digest} = ${hash.hash}`,
      ]
    : [`${hash.build_string} = ${hash.prefix === '' ? '' : `"${showText(hash.prefix)}" + `}${whole}`]
  const rows = hash.keys.map(({ key, value, from, reason }) => [
    showText(key),
    showBare(value),
    showSource(from),
    showText(reason),
  ])
  const left = hash.left_out.map(({ key, reason }) => `${showText(key)} (${showText(reason)})`)
  return [
    ...head,
    ...indented(alignColumns(rows)),
    ...(left.length > 0 ? [`  not in it: ${left.join(', ')}`] : []),
  ]
}

/** Who gave a value, in a few words. */
export function showSource(source: ValueSource): string {
  switch (source.kind) {
    case 'context':
      return `context, ${source.at}`
    case 'variant-file':
    case 'recipe':
      return source.at
    case 'command-line':
      return `command line (${source.option})`
    case 'platform':
      return 'platform of the build'
    case 'environment':
      return 'environment'
    case 'file':
      return `file ${showText(source.path)}, sha256 ${source.sha256}`
    case 'function':
      return 'computed'
  }
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`)
}
