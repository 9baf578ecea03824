/** What shells can complete, out of the tables of commands and settings. */
import { type Setting, settingTable } from '../../settings/index.js'
import type { CommandRow } from '../command.js'

export interface CompletedFlag {
  /** `-r`, without the dash; absent when there is none. */
  readonly short?: string
  /** `recipe`, without dashes. */
  readonly long: string
  readonly doc: string
  /** Absent for switches. */
  readonly value?: CompletedValue
}

export interface CompletedValue {
  readonly kind: 'choice' | 'file' | 'directory' | 'text'
  /** Empty unless the kind is `choice`. */
  readonly choices: readonly string[]
  /** `--dirty [most]`: the flag can stand alone. */
  readonly isOptional: boolean
}

export interface CompletedCommand {
  readonly name: string
  readonly doc: string
  readonly flags: readonly CompletedFlag[]
  /** Words that can come first behind the command; empty when files are meant. */
  readonly words: readonly string[]
}

/** First words behind commands that have actions. */
const actionWords: Readonly<Record<string, readonly string[]>> = {
  cache: ['list', 'clean', 'verify'],
  channel: ['index', 'check', 'remove'],
  debug: ['setup', 'shell', 'run', 'workdir', 'host-add', 'build-add', 'create-patch'],
  env: ['show', 'diff', 'create', 'list'],
  package: ['inspect', 'extract', 'diff', 'check'],
  source: ['cache'],
}

/** Every command that help shows, with every flag that help shows. */
export function completedCommands(
  commands: readonly CommandRow[],
  shells: readonly string[],
): readonly CompletedCommand[] {
  return commands
    .filter(({ hidden }) => !hidden)
    .map(({ name, summary, settings }) => ({
      name,
      doc: summary,
      flags: [...new Set(settings)].flatMap((key) => toFlag(settingTable[key])),
      words: name === 'completion' ? shells : (actionWords[name] ?? []),
    }))
}

function toFlag(setting: Setting): readonly CompletedFlag[] {
  if (setting.hidden) return []
  const [, short, long, value] = /^(?:-(\w), )?--([\w-]+)(?: (.+))?$/.exec(setting.flags) ?? []
  if (long === undefined) return []
  const own = value === undefined ? {} : { value: toValue(value, setting) }
  return [{ ...(short !== undefined && { short }), long, doc: setting.doc, ...own }]
}

function toValue(text: string, setting: Setting): CompletedValue {
  const choices = setting.kind === 'text' ? (setting.choices ?? []) : []
  const isOptional = text.startsWith('[')
  if (choices.length > 0) return { kind: 'choice', choices, isOptional }
  if (/^[<[](?:path|file)\b/.test(text)) return { kind: 'file', choices, isOptional }
  return { kind: /^[<[]dir\b/.test(text) ? 'directory' : 'text', choices, isOptional }
}

/** The spellings of a flag, with dashes. */
export function spellings({ short, long }: CompletedFlag): readonly string[] {
  return [...(short === undefined ? [] : [`-${short}`]), `--${long}`]
}

/** What may follow each spelling of a flag that takes one of a few values. */
export function flagChoices({
  flags,
}: CompletedCommand): readonly { readonly spelling: string; readonly choices: readonly string[] }[] {
  return flags.flatMap((flag) => {
    const { value } = flag
    if (value?.kind !== 'choice') return []
    return spellings(flag).map((spelling) => ({ spelling, choices: value.choices }))
  })
}
