/** Help texts, out of the tables of commands and settings. */
import { type Setting, type SettingKey, settingGroups, settingTable, version } from '../settings/index.js'
import type { CommandRow } from './command.js'

/** `krait --help`. The first line is fixed (contract.md 1). */
export function programHelp(commands: readonly CommandRow[], name: string): string {
  const shown = commands.filter(({ hidden }) => !hidden)
  return [
    usageLine(name),
    '',
    `krait ${version}: builds conda packages from recipes`,
    '',
    'Commands:',
    ...columns(shown.map((row) => [row.name, row.summary])),
    '',
    'Examples:',
    ...columns(
      shown.flatMap(({ examples }) => examples.slice(0, 1)).map((e) => [named(e.command, name), e.doc]),
    ),
    '',
    'Options:',
    ...columns([
      ...settingsOf(messageKeys()),
      ['-h, --help', 'Show help; after a command, the help of that command'],
      ['-V, --version', 'Show the version'],
    ]),
    '',
    `${name} help CODE explains an error or warning by its code, \`${name} help errors\` lists all codes.`,
    '',
    'Exit codes:',
    '  0 all that was asked for is done, 1 a mistake in krait, 2 wrong usage, 3 recipe, 4 environments, 5 sources,',
    '  6 script, 7 package, 8 package test, 9 a comparison found a difference, 10 the time budget is spent,',
    '  130 interrupted',
    '',
  ].join('\n')
}

/** `krait COMMAND --help`: usage, examples, options by group. */
export function commandHelp(row: CommandRow, name: string): string {
  const groups = settingGroups.map((group) => ({
    group,
    keys: row.settings.filter((key) => settingTable[key].group === group && !isHidden(settingTable[key])),
  }))
  return [
    usageLine(name, row),
    '',
    row.summary,
    '',
    ...(row.examples.length > 0
      ? ['Examples:', ...columns(row.examples.map((e) => [named(e.command, name), e.doc])), '']
      : []),
    ...groups
      .filter(({ keys }) => keys.length > 0)
      .flatMap(({ group, keys }) => [`${group}:`, ...columns(settingsOf(keys)), '']),
    'Exit codes: see `krait --help`',
    '',
  ].join('\n')
}

/** Of a command, or of the program. */
export function usageLine(name: string, row?: CommandRow): string {
  if (row === undefined) return `Usage: ${name} [OPTIONS] [COMMAND]`
  return `Usage: ${name} ${row.name} [OPTIONS]${row.argument ? ` ${row.argument}` : ''}`
}

function named(command: string, name: string): string {
  return command.replace(/^krait/, name)
}

function messageKeys(): SettingKey[] {
  return (Object.keys(settingTable) as SettingKey[]).filter((key) => settingTable[key].group === 'Messages')
}

function isHidden(setting: Setting): boolean {
  return setting.hidden === true
}

function settingsOf(keys: readonly SettingKey[]): [string, string][] {
  return keys.map((key) => [settingTable[key].flags, describe(settingTable[key])])
}

function describe(setting: Setting): string {
  const notes = [
    ...(setting.kind === 'text' && setting.choices ? [`one of ${setting.choices.join(', ')}`] : []),
    ...(typeof setting.fallback === 'string' ? [`default ${setting.fallback}`] : []),
    ...(setting.env ? [`env ${setting.env.join(', ')}`] : []),
    ...(setting.kind === 'list' ? ['repeatable'] : []),
  ]
  return notes.length > 0 ? `${setting.doc} [${notes.join('; ')}]` : setting.doc
}

function columns(rows: readonly (readonly [string, string] | readonly string[])[]): string[] {
  const width = Math.min(34, Math.max(0, ...rows.map(([left = '']) => left.length)))
  return rows.map(([left = '', right = '']) =>
    left.length > width ? `  ${left}\n  ${' '.repeat(width)}  ${right}` : `  ${left.padEnd(width)}  ${right}`,
  )
}
