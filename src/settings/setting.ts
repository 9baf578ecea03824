/** What one setting is made of; flags, environment variables, config keys, help and docs come from the same row. */

interface SettingCommon {
  /** Command-line spelling: `-c, --channel <channel>`; empty for what only configuration files hold. */
  readonly flags: string
  /** Environment variables, the first one that is set wins. */
  readonly env?: readonly string[]
  /** Key in configuration files. */
  readonly config?: string
  /** One sentence, no full stop. */
  readonly doc: string
  readonly group: SettingGroup
  /** Left out of help, accepted all the same. */
  readonly hidden?: boolean
}

/** Headings in help texts, in this order. */
export const settingGroups = [
  'Input',
  'Output',
  'Many outputs',
  'Publishing',
  'Environment',
  'Cache',
  'Result',
  'Variants and platforms',
  'Channels',
  'Script',
  'Package',
  'Tests',
  'Dirty builds',
  'Debugging',
  'Recipe',
  'Network',
  'Messages',
] as const
export type SettingGroup = (typeof settingGroups)[number]

/** A switch; off unless named. */
export interface FlagSetting extends SettingCommon {
  readonly kind: 'flag'
  readonly fallback: boolean
}

/** How often it was given. */
export interface CountSetting extends SettingCommon {
  readonly kind: 'count'
  readonly fallback: 0
}

/** A text; `undefined` when absent and without fallback. */
export interface TextSetting<F extends string | undefined = string | undefined> extends SettingCommon {
  readonly kind: 'text'
  readonly fallback: F
  readonly choices?: readonly string[]
  /** Value of the bare flag, for flags written `--flag [value]`. */
  readonly bare?: string
}

export interface NumberSetting extends SettingCommon {
  readonly kind: 'number'
  readonly fallback: number | undefined
}

/** Repeatable. */
export interface ListSetting extends SettingCommon {
  readonly kind: 'list'
  readonly fallback: readonly string[]
}

/** Lists of texts by name; only configuration files can hold it. */
export interface MapSetting extends SettingCommon {
  readonly kind: 'map'
  readonly fallback: Readonly<Record<string, readonly string[]>>
}

export type Setting = FlagSetting | CountSetting | TextSetting | NumberSetting | ListSetting | MapSetting

/** The type of a setting's value. */
export type SettingValue<S extends Setting> = S extends FlagSetting
  ? boolean
  : S extends CountSetting
    ? number
    : S extends NumberSetting
      ? number | (undefined extends S['fallback'] ? undefined : never)
      : S extends ListSetting
        ? readonly string[]
        : S extends MapSetting
          ? Readonly<Record<string, readonly string[]>>
          : S extends TextSetting
            ? string | (undefined extends S['fallback'] ? undefined : never)
            : never
