/** Every setting as a row; resolves flags, environment and config files to values with origins. Pure. */
export { parseAssignments } from './assignments.js'
export { type BuildNumberChange, parseBuildNumberChange } from './build-number.js'
export { malformedConfig } from './errors.js'
export { type PackageFormat, parsePackageFormat } from './package-format.js'
export {
  type ResolvedSettings,
  resolveSettings,
  type SettingOrigin,
  type SettingSources,
  type Settings,
} from './resolve-settings.js'
export { type Setting, type SettingGroup, settingGroups } from './setting.js'
export { type SettingKey, settingTable } from './table.js'
export { parseAge, parseDuration, parseElapsed, parseSince, parseTime } from './time.js'
export { version } from './version.js'
