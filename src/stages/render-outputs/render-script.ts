/**
 * Decides how a script looks after rendering: selectors resolved, commands kept as written (spec: render.md
 * 6.4).
 */
import path from 'node:path'
import { type LoadedItem, type LoadedSection, type LoadedValue, scriptFields } from '../../recipe/index.js'
import type { RenderField } from './render-field.js'
import { type Renderer, visitItems } from './renderer.js'
import { leaf, mapOf, memberOf, type Traced } from './traced.js'

/** A text, a list, or a mapping with options; undefined for a script that says nothing. */
export function renderScript(
  renderer: Renderer,
  loaded: LoadedValue,
  render: RenderField,
): Traced | undefined {
  trackNames(renderer, loaded)
  if (loaded.kind === 'list') return commands(renderer, loaded.items)
  if (loaded.kind !== 'section') return undefined
  const content = loaded.members.get('content')
  const file = renderMember(renderer, loaded, 'file', render)
  const written =
    content?.kind === 'list' && file === undefined ? commands(renderer, content.items) : undefined
  const members = mapOf([
    ['interpreter', renderMember(renderer, loaded, 'interpreter', render) ?? inferInterpreter(file)],
    ['env', renderMember(renderer, loaded, 'env', render)],
    ['secrets', renderMember(renderer, loaded, 'secrets', render)],
    ['content', written],
    ['file', file],
    ['cwd', renderMember(renderer, loaded, 'cwd', render)],
  ])
  return members.members.size > 0 ? members : undefined
}

/** Commands of one step, always as a list. */
export function renderCommands(renderer: Renderer, loaded: LoadedValue | undefined): readonly Traced[] {
  if (loaded === undefined) return []
  trackNames(renderer, loaded)
  if (loaded.kind === 'text') return loaded.text === '' ? [] : [leaf(loaded.text)]
  return loaded.kind === 'list' ? commandList(renderer, loaded.items) : []
}

/** Variables of every branch count as read, taken or not. */
function trackNames(renderer: Renderer, item: LoadedItem): void {
  if (item.kind === 'text') for (const name of item.names) renderer.session.accessed.add(name)
  if (item.kind === 'list') for (const inner of item.items) trackNames(renderer, inner)
  if (item.kind === 'conditional') {
    for (const name of item.condition.names) renderer.session.accessed.add(name)
    for (const inner of [...item.whenTrue, ...item.whenFalse]) trackNames(renderer, inner)
  }
  const content = item.kind === 'section' ? item.members.get('content') : undefined
  if (content) trackNames(renderer, content)
}

function commands(renderer: Renderer, items: readonly LoadedItem[]): Traced {
  const list = commandList(renderer, items)
  const [only] = list
  return only !== undefined && list.length === 1 ? only : { kind: 'list', items: list }
}

function commandList(renderer: Renderer, items: readonly LoadedItem[]): Traced[] {
  const list: Traced[] = []
  visitItems(renderer, items, (inner, item) => {
    if (item.kind !== 'text' || item.text === '') return
    list.push(leaf(item.text, { span: item.span, branches: inner.branches, reads: [] }))
  })
  return list
}

function renderMember(
  renderer: Renderer,
  section: LoadedSection,
  key: keyof typeof scriptFields,
  render: RenderField,
): Traced | undefined {
  const loaded = section.members.get(key)
  return loaded && render(renderer, scriptFields[key], loaded, key)
}

const interpreters: ReadonlyMap<string, string> = new Map([
  ['py', 'python'],
  ['rb', 'ruby'],
  ['js', 'nodejs'],
  ['pl', 'perl'],
  ['r', 'rscript'],
  ['sh', 'bash'],
  ['bash', 'bash'],
  ['bat', 'cmd'],
  ['cmd', 'cmd'],
  ['ps1', 'powershell'],
  ['nu', 'nushell'],
])

/** The interpreter that the extension of a script file names. */
function inferInterpreter(file: Traced | undefined): Traced | undefined {
  const name = file?.kind === 'leaf' && typeof file.value === 'string' ? file.value : ''
  const interpreter = interpreters.get(path.posix.extname(name).slice(1).toLowerCase())
  return interpreter === undefined ? undefined : leaf(interpreter)
}

/** True for a script that was written, be it empty, or has options; a lone `cwd` does not count. */
export function hasOwnPlan(script: Traced | undefined): boolean {
  if (script === undefined) return false
  if (script.kind !== 'map') return true
  return ['content', 'file', 'interpreter', 'env', 'secrets'].some(
    (key) => memberOf(script, key) !== undefined,
  )
}
