/** Decides how the graph of outputs looks: a tree for people, text for Graphviz and Mermaid, JSON for scripts. */
import { showText } from '../explain/show-text.js'
import { isForBuild } from './direct-needs.js'
import type { GraphDocument, GraphLink, GraphNeed } from './graph-links.js'

export type GraphFormat = 'text' | 'dot' | 'mermaid' | 'json'

/** The whole text, with a line end. @param links in build order */
export function formatGraph(links: readonly GraphLink[], format: GraphFormat): string {
  return formats[format](links)
}

const formats: Readonly<Record<GraphFormat, (links: readonly GraphLink[]) => string>> = {
  text: formatText,
  dot: formatDot,
  mermaid: formatMermaid,
  json: formatJson,
}

function formatJson(outputs: readonly GraphLink[]): string {
  const graph: GraphDocument = { version: 1, outputs }
  return `${JSON.stringify(graph, null, 2)}\n`
}

/** Each output that nothing needs, with all that it needs below it; what was shown before is not opened again. */
function formatText(links: readonly GraphLink[]): string {
  if (links.length === 0) return 'no outputs\n'
  const byId = new Map(links.map((link) => [link.id, link]))
  const needed = new Set(links.flatMap(({ needs }) => needs.map(({ id }) => id)))
  const shown = new Set<string>()
  const lines: string[] = []
  const show = (link: GraphLink, label: string, indent: string) => {
    const isKnown = shown.has(link.id)
    shown.add(link.id)
    lines.push(`${label}${isKnown && link.needs.length > 0 ? ' (see above)' : ''}`)
    if (isKnown) return
    for (const [at, need] of link.needs.entries()) {
      const isLast = at === link.needs.length - 1
      const below = byId.get(need.id)
      const text = `${indent}${isLast ? '`-- ' : '|-- '}${showText(need.id)} (${need.kinds.join(', ')})`
      if (below) show(below, text, `${indent}${isLast ? '    ' : '|   '}`)
    }
  }
  const roots = links.filter(({ id }) => !needed.has(id))
  for (const root of roots) show(root, showText(root.id), '')
  // Outputs that need each other to run have nobody above them.
  for (const link of links) if (!shown.has(link.id)) show(link, showText(link.id), '')
  lines.push(counted(links))
  return `${lines.join('\n')}\n`
}

function counted(links: readonly GraphLink[]): string {
  const needs = links.reduce((sum, link) => sum + link.needs.length, 0)
  return `${links.length} ${links.length === 1 ? 'output' : 'outputs'}, ${needs} ${needs === 1 ? 'need' : 'needs'}`
}

/** Dashed: only for running or testing. An arrow leads to what is needed. */
function formatDot(links: readonly GraphLink[]): string {
  const lines = links.flatMap(({ id, needs }) => [
    `  ${quote(id)};`,
    ...needs.map((need) => {
      const style = isOnlyForUse(need) ? ', style=dashed' : ''
      return `  ${quote(id)} -> ${quote(need.id)} [label=${quote(need.kinds.join(', '))}${style}];`
    }),
  ])
  return ['digraph outputs {', '  rankdir=LR;', '  node [shape=box];', ...lines, '}', ''].join('\n')
}

function formatMermaid(links: readonly GraphLink[]): string {
  const numbers = new Map(links.map(({ id }, at) => [id, at]))
  const lines = links.flatMap(({ id, needs }, at) => [
    `  n${at}["${escapeMermaid(id)}"]`,
    ...needs.map((need) => {
      const arrow = isOnlyForUse(need) ? '-.->' : '-->'
      return `  n${at} ${arrow}|${need.kinds.join(', ')}| n${numbers.get(need.id)}`
    }),
  ])
  return ['flowchart LR', ...lines, ''].join('\n')
}

function isOnlyForUse({ kinds }: GraphNeed): boolean {
  return !kinds.some(isForBuild)
}

function quote(text: string): string {
  return `"${showText(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** Names come from recipes, and Mermaid text ends up in pages. */
function escapeMermaid(text: string): string {
  return showText(text).replaceAll(/[^\w.+-]/g, (character) => `#${character.codePointAt(0)};`)
}
