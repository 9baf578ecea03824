/** Every event as the lines a person reads; one place for terminal, pipe and JSON messages. */
import type { BuildEvent } from '../events/index.js'
import { assertNever } from './assert-never.js'
import { diagnosticLines, errorLines } from './error-lines.js'
import { formatDuration, formatPath, formatPlural, formatSize, stripControls } from './format.js'
import { justify, stageLine } from './stage-line.js'
import type { Style } from './style.js'

/** How much is shown. */
export type Verbosity = 'quiet' | 'normal' | 'verbose'

export interface LineOptions {
  readonly style: Style
  readonly verbosity: Verbosity
  /** Whether each line of a script's output is shown as it comes. */
  readonly scriptOutput: boolean
}

/** Empty when the event is not shown at this verbosity. */
export function eventLines(event: BuildEvent, options: LineOptions): string[] {
  if (event.type === 'build-failed') return errorLines(event, options.style)
  if (event.type === 'run-finished') return runFinished(event, options.style)
  if (event.type === 'environment-ready') return [environmentReady(event, options.style)]
  if (options.verbosity === 'quiet') return []
  return normalLines(event, options)
}

type OtherEvent = Exclude<BuildEvent, { type: 'build-failed' | 'run-finished' | 'environment-ready' }>

function normalLines(event: OtherEvent, options: LineOptions): string[] {
  const { style } = options
  switch (event.type) {
    case 'run-started':
      return runStarted(event, style)
    case 'output-started':
      return outputStarted(event, style)
    case 'stage-finished':
      return hiddenStages.has(event.stage) ? [] : [stageLine(event, style)]
    case 'output-skipped':
      return outputSkipped(event)
    case 'script-line':
      return options.scriptOutput ? [scriptLine(event.text, style)] : []
    case 'warning':
      return diagnosticLines({ severity: 'warning', ...event }, style).map((line) => `  ${line}`)
    case 'note':
      return [`  ${event.text}`]
    case 'layer-judged':
      return [`  ${layerText(event)}`]
    default:
      return options.verbosity === 'verbose' ? verboseLines(event, style) : []
  }
}

/** Their result is in other lines. */
const hiddenStages: ReadonlySet<string> = new Set(['load', 'render', 'plan', 'index'])

type VerboseEvent = Exclude<
  OtherEvent,
  {
    type:
      | 'run-started'
      | 'output-started'
      | 'stage-finished'
      | 'output-skipped'
      | 'script-line'
      | 'warning'
      | 'note'
      | 'layer-judged'
  }
>

function verboseLines(event: VerboseEvent, style: Style): string[] {
  const { dim } = style.paint
  switch (event.type) {
    case 'spec-resolved':
      return [dim(`      ${event.environment}: ${event.spec} ${style.symbol.arrow} ${event.record}`)]
    case 'prefix-linked':
      return [
        dim(
          `      ${formatPath(event.prefix, style.currentDirectory)}: ${formatPlural(event.files, 'file')}`,
        ),
      ]
    case 'source-fetched':
      return [dim(`      ${event.source} (${event.from}), ${formatPlural(event.files, 'file')}`)]
    case 'patch-applied':
      return [dim(`      Applying patch: ${event.patch}, ${formatPlural(event.hunks, 'hunk')}`)]
    case 'file-packaged':
      return [
        dim(`      ${event.path} (${formatSize(event.sizeBytes)})${placeholderMark(event.placeholder)}`),
      ]
    case 'artifact-written':
      return [dim(`      Archive written to '${event.path}', sha256 ${event.sha256}`)]
    case 'test-started':
      return [dim(`      ${event.title}`)]
    case 'test-finished':
      return [dim(`      ${event.title}: ${formatDuration(event.ms)}`)]
    case 'channel-indexed':
      return [dim(`      ${event.subdir}: ${formatPlural(event.records, 'package')}`)]
    case 'stage-started':
    case 'progress':
    case 'output-finished':
      return []
    default:
      return assertNever(event)
  }
}

function outputSkipped({ output, reason, cause }: Extract<BuildEvent, { type: 'output-skipped' }>): string[] {
  return [cause === undefined ? `Skipping build for ${output}: ${reason}` : `${output} skipped: ${reason}`]
}

function runStarted(event: Extract<BuildEvent, { type: 'run-started' }>, style: Style): string[] {
  const dot = ` ${style.symbol.dot} `
  const parts = [
    `krait ${event.version}`,
    event.recipe,
    event.platform,
    formatPlural(event.outputs, 'output'),
    ...(event.jobs === undefined ? [] : [`${event.jobs} at a time`]),
  ]
  return [style.paint.dim(parts.join(dot))]
}

function outputStarted(event: Extract<BuildEvent, { type: 'output-started' }>, style: Style): string[] {
  const { bold, dim } = style.paint
  const title = bold(`${event.name} ${event.version} ${event.build}`)
  const variant = Object.entries(event.variant).filter(([key]) => !alwaysThere.has(key))
  if (variant.length === 0) return ['', title]
  const shown = variant.map(([key, value]) => `${key}=${String(value)}`).join(', ')
  return ['', justify(title, dim(`variant: ${shown}`), style)]
}

const alwaysThere: ReadonlySet<string> = new Set([
  'target_platform',
  'build_platform',
  'channel_sources',
  'channel_targets',
])

function scriptLine(text: string, style: Style): string {
  return style.paint.dim(`    ${style.symbol.bar} `) + stripControls(text, style.colors)
}

/** `reuse host env (31 packages)`, `run script: step 2 changed` */
function layerText({ action, layer, reason }: Extract<BuildEvent, { type: 'layer-judged' }>): string {
  return action === 'reuse' ? `reuse ${layer} (${reason})` : `${action} ${layer}: ${reason}`
}

function placeholderMark(placeholder: 'text' | 'binary' | undefined): string {
  if (placeholder === undefined) return ''
  return placeholder === 'text' ? ' [prefix:text]' : ' [prefix:bin]'
}

function runFinished(event: Extract<BuildEvent, { type: 'run-finished' }>, style: Style): string[] {
  const { paint, symbol } = style
  const dot = ` ${symbol.dot} `
  const place = formatPath(event.channel, style.currentDirectory)
  const took = formatDuration(event.ms)
  if (event.failed > 0) {
    const counts = [
      `${event.isInterrupted ? 'interrupted: ' : ''}${formatPlural(event.failed, 'output')} failed`,
      `${event.built} built`,
      ...unbuilt(event),
    ]
    const failures = (event.failures ?? []).flatMap(({ output, skipped }) => [
      `  ${paint.red(symbol.failed)} ${output}`,
      ...skipped.map((id) => `    ${id} skipped`),
    ])
    const hint = event.left === undefined ? [] : [restHint(event)]
    const parts = [counts.join(', '), took, ...hint]
    return ['', ...failures, `${paint.red(symbol.failed)} ${parts.join(dot)}`]
  }
  const artifacts = event.artifacts.map(
    ({ path, sizeBytes }) => `  ${formatPath(path, style.currentDirectory)} (${formatSize(sizeBytes)})`,
  )
  const tested =
    event.tested === event.built ? 'all tests passed!' : `${event.tested} of ${event.built} tested`
  const parts = [
    `${formatPlural(event.built, 'package')} in ${place}`,
    ...(event.built > 0 ? [tested] : []),
    ...(event.present === undefined ? [] : [`${event.present} there already`]),
    'indexed',
    took,
  ]
  if (event.left === undefined) return ['', ...artifacts, `${paint.green(symbol.ok)} ${parts.join(dot)}`]
  const rest = `${event.left} left: ${restHint(event)}`
  return ['', ...artifacts, `${paint.yellow(symbol.warning)} ${[...parts, rest].join(dot)}`]
}

function restHint({ isDirty }: Extract<BuildEvent, { type: 'run-finished' }>): string {
  return isDirty ? 'the same call builds the rest' : 'the same call with --resume builds the rest'
}

function unbuilt({ present, skipped, left }: Extract<BuildEvent, { type: 'run-finished' }>): string[] {
  return [
    ...(present === undefined ? [] : [`${present} there already`]),
    ...(skipped === undefined ? [] : [`${skipped} skipped`]),
    ...(left === undefined ? [] : [`${left} left`]),
  ]
}

type EnvironmentReady = Extract<BuildEvent, { type: 'environment-ready' }>

/** `✔ 12 packages in ./env · 3 added, 1 removed · 0.4 s` */
function environmentReady(event: EnvironmentReady, style: Style): string {
  const { paint, symbol } = style
  const counts = [
    [event.added, 'added'],
    [event.removed, 'removed'],
    [event.relinked, 'linked again'],
  ].flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]))
  const changes = counts.length === 0 ? 'nothing to do' : counts.join(', ')
  const place = formatPath(event.prefix, style.currentDirectory)
  const parts = [
    `${formatPlural(event.packages, 'package')} in ${place}`,
    event.action === 'planned' ? `would be: ${changes}` : changes,
    formatDuration(event.ms),
  ]
  const mark = event.action === 'planned' ? symbol.arrow : paint.green(symbol.ok)
  return `${mark} ${parts.join(` ${symbol.dot} `)}`
}
