/** The line that stays when a stage has finished. */
import type { BuildEvent, StageName } from '../events/index.js'
import type { Json } from '../text/index.js'
import { formatDuration, formatPlural, formatSize } from './format.js'
import type { Style } from './style.js'

type StageFinished = Extract<BuildEvent, { type: 'stage-finished' }>
type Facts = StageFinished['facts']

/** `  ✔ script     bash, 14 lines, exit 0                0.9 s` */
export function stageLine(event: StageFinished, style: Style): string {
  const left = `  ${style.paint.green(style.symbol.ok)} ${event.stage.padEnd(10)} ${describe[event.stage](event.facts, style)}`
  return justify(left, style.paint.dim(formatDuration(event.ms)), style)
}

/** Puts the second text at the right margin, or behind the first when there is no room. */
export function justify(left: string, right: string, style: Style): string {
  const room = Math.min(style.width, 100) - visibleLength(left) - visibleLength(right)
  return left + ' '.repeat(Math.max(2, room)) + right
}

function visibleLength(text: string): number {
  return [...text.replace(/\x1b\[[0-9;]*m/g, '')].length
}

const describe: Record<StageName, (facts: Facts, style: Style) => string> = {
  load: () => '',
  render: (facts) => formatPlural(number(facts.outputs), 'output'),
  plan: (facts) => formatPlural(number(facts.builds), 'build'),
  solve: (facts) =>
    facts.packages === undefined ? solvedBuild(facts) : formatPlural(number(facts.packages), 'package'),
  install: (facts) => (facts.added === undefined ? installed(facts) : changed(facts)),
  sources: (facts) => (number(facts.sources) === 0 ? 'No sources to fetch' : sources(facts)),
  script: (facts) =>
    facts.interpreter === undefined
      ? 'no script'
      : `${String(facts.interpreter)}, ${formatPlural(number(facts.lines), 'line')}, exit 0`,
  package: (facts, style) => {
    const sizes = `${formatSize(number(facts.contentBytes))} ${style.symbol.arrow} ${formatSize(number(facts.sizeBytes))}`
    return `${formatPlural(number(facts.files), 'file')}, ${sizes}  ${String(facts.fileName)}`
  },
  test: (facts) => (facts.skipped === undefined ? tests(facts) : String(facts.skipped)),
  index: (facts) => formatPlural(number(facts.records), 'package'),
}

function solvedBuild(facts: Facts): string {
  return `build ${formatPlural(number(facts.build), 'package')}, host ${number(facts.host)}`
}

function installed(facts: Facts): string {
  if (number(facts.packages) === 0) return 'nothing to install'
  return `${formatPlural(number(facts.packages), 'package')}, ${formatPlural(number(facts.files), 'file')}`
}

/** Of an environment, which may have been there before. */
function changed(facts: Facts): string {
  const linked = `${formatPlural(number(facts.added), 'package')} linked`
  const others = [
    [number(facts.removed), 'removed'],
    [number(facts.kept), 'kept'],
  ].flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]))
  return [linked, ...others].join(', ')
}

function sources(facts: Facts): string {
  return `${formatPlural(number(facts.sources), 'source')}, ${formatPlural(number(facts.files), 'file')}`
}

function tests(facts: Facts): string {
  const titles = Array.isArray(facts.titles) ? facts.titles.map(String) : []
  return titles.length === 0 ? 'no tests, all tests passed!' : `${titles.join(', ')}: all tests passed!`
}

function number(value: Json | undefined): number {
  return typeof value === 'number' ? value : 0
}
