/** Finds the value of every setting, and says where it came from. */
import { choiceNotKnown, malformedConfig, notANumber } from './errors.js'
import type { Setting, SettingValue } from './setting.js'
import { type SettingKey, settingTable } from './table.js'

/** The values of all settings. */
export type Settings = { readonly [K in SettingKey]: SettingValue<(typeof settingTable)[K]> }

/** Where a value came from: `flag`, `env CONDA_BLD_PATH`, `config /etc/...`, `default`. */
export type SettingOrigin = string

export interface SettingSources {
  /** Values from the command line, by setting key. */
  readonly flags: Readonly<Record<string, unknown>>
  readonly env: (name: string) => string | undefined
  /** Configuration files, the strongest first. */
  readonly configs: readonly { readonly file: string; readonly values: Readonly<Record<string, unknown>> }[]
}

export interface ResolvedSettings {
  readonly values: Settings
  readonly origins: Readonly<Record<SettingKey, SettingOrigin>>
}

/** Precedence: flag, environment, configuration files, default. Rejects values a setting does not take. */
export function resolveSettings(sources: SettingSources): ResolvedSettings {
  const values: Record<string, unknown> = {}
  const origins: Record<string, SettingOrigin> = {}
  for (const [key, setting] of Object.entries(settingTable)) {
    const found = findValue(key, setting, sources)
    values[key] = convert(found.value, setting, found.origin)
    origins[key] = found.origin
  }
  return { values: values as Settings, origins: origins as Record<SettingKey, SettingOrigin> }
}

interface FoundValue {
  readonly value: unknown
  readonly origin: SettingOrigin
}

function findValue(key: string, setting: Setting, sources: SettingSources): FoundValue {
  const flag = sources.flags[key]
  if (flag !== undefined) return { value: flag, origin: flagName(setting) }
  for (const name of setting.env ?? []) {
    const value = sources.env(name)
    if (value !== undefined && value !== '') return { value, origin: name }
  }
  for (const { file, values } of setting.config === undefined ? [] : sources.configs) {
    const value = values[setting.config ?? '']
    if (value !== undefined) return { value, origin: file }
  }
  return { value: setting.fallback, origin: 'default' }
}

function flagName(setting: Setting): string {
  return /--[\w-]+/.exec(setting.flags)?.[0] ?? setting.flags
}

function convert(value: unknown, setting: Setting, origin: SettingOrigin): unknown {
  if (value === undefined) return undefined
  switch (setting.kind) {
    case 'flag':
      return typeof value === 'boolean' ? value : !/^(0|false|no|off)$/i.test(String(value))
    case 'count':
      return Number(value)
    case 'number':
      return toNumber(value, origin)
    case 'list':
      return Array.isArray(value) ? value.map(String) : String(value).split(',')
    case 'map':
      return toMap(value, setting.config ?? '', origin)
    case 'text':
      return toText(value, setting.choices, origin, setting.bare)
  }
}

function toMap(value: unknown, key: string, file: string): Readonly<Record<string, readonly string[]>> {
  const isTable = typeof value === 'object' && value !== null && !Array.isArray(value)
  const entries = isTable ? Object.entries(value) : []
  const isText = (item: unknown) => typeof item === 'string'
  if (!isTable || !entries.every(([, list]) => isText(list) || (Array.isArray(list) && list.every(isText)))) {
    throw malformedConfig(file, `\`${key}\` is no table of lists of texts`)
  }
  return Object.fromEntries(entries.map(([name, list]) => [name, isText(list) ? [String(list)] : list]))
}

function toNumber(value: unknown, origin: SettingOrigin): number {
  const number = Number(value)
  // What is larger would be another number, and `1e3` is none that people write.
  if (!/^\d+$/.test(String(value).trim()) || !Number.isSafeInteger(number))
    throw notANumber(String(value), origin)
  return number
}

function toText(
  value: unknown,
  choices: readonly string[] | undefined,
  origin: string,
  bare?: string,
): string {
  const text = value === true && bare !== undefined ? bare : String(value)
  if (choices && !choices.includes(text)) throw choiceNotKnown(text, choices, origin)
  return text
}
