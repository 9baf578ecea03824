/** How output looks on the stream it goes to: colours, symbols, width. */
import pc from 'picocolors'
import type { Environment } from '../system/index.js'

export interface Style {
  readonly colors: boolean
  readonly unicode: boolean
  /** Columns to lay lines out in. */
  readonly width: number
  /** Directory that shown paths are relative to. */
  readonly currentDirectory: string
  readonly paint: ReturnType<typeof pc.createColors>
  readonly symbol: Symbols
}

export interface Symbols {
  readonly ok: string
  readonly failed: string
  readonly warning: string
  readonly dot: string
  readonly arrow: string
  readonly bar: string
  readonly spinner: readonly string[]
}

const unicodeSymbols: Symbols = {
  ok: '✔',
  failed: '✖',
  warning: '⚠',
  dot: '·',
  arrow: '→',
  bar: '│',
  spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
}

const asciiSymbols: Symbols = {
  ok: 'ok',
  failed: 'x',
  warning: '!',
  dot: '-',
  arrow: '->',
  bar: '|',
  spinner: ['|', '/', '-', '\\'],
}

export interface StyleRequest {
  readonly colors: boolean
  readonly width: number
  readonly currentDirectory: string
  readonly env: Environment
}

export function createStyle(request: StyleRequest): Style {
  const unicode = speaksUnicode(request.env)
  return {
    colors: request.colors,
    unicode,
    width: request.width,
    currentDirectory: request.currentDirectory,
    paint: pc.createColors(request.colors),
    symbol: unicode ? unicodeSymbols : asciiSymbols,
  }
}

/** The answer of NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE and the terminal, in this order. */
export function wantsColors(when: string, env: Environment, isTerminal: boolean): boolean {
  if (when !== 'auto') return when === 'always'
  if (env.get('NO_COLOR')) return false
  const forced = env.get('FORCE_COLOR') ?? env.get('CLICOLOR_FORCE')
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return isTerminal && env.get('TERM') !== 'dumb'
}

function speaksUnicode(env: Environment): boolean {
  if (env.get('TERM') === 'dumb') return false
  const locale = env.get('LC_ALL') || env.get('LC_CTYPE') || env.get('LANG') || ''
  return /utf-?8/i.test(locale)
}
