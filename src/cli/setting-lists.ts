/** Settings that several commands have, in the order of their help. */
import type { SettingKey } from '../settings/index.js'

/** How messages are shown, and what every command may need. */
export const messages: readonly SettingKey[] = [
  'offline',
  'authFile',
  'verbose',
  'quiet',
  'logStyle',
  'color',
  'configFile',
  'noConfig',
]

/** Which recipes, and how they are rendered. */
export const rendering: readonly SettingKey[] = [
  'recipe',
  'recipeDir',
  'upTo',
  'experimental',
  'v3',
  'variantConfig',
  'variant',
  'ignoreRecipeVariants',
  'targetPlatform',
  'hostPlatform',
  'buildPlatform',
  'channel',
  'buildNum',
  'buildStringPrefix',
]

/** How several outputs are built in one call. */
export const manyOutputs: readonly SettingKey[] = ['jobs', 'keepGoing', 'resume', 'timeBudget']

/** Everything that decides about a build besides its recipe. */
export const building: readonly SettingKey[] = [
  'outputDir',
  'renderOnly',
  'withSolve',
  'keepBuild',
  'onFailure',
  'noBuildId',
  'skipExisting',
  'failOnDivergence',
  'continueOnFailure',
  'cacheDir',
  'timestamp',
  'channelPriority',
  'linkScripts',
  'solveStrategy',
  'lock',
  'locked',
  'excludeNewer',
  'envIsolation',
  'requireSecrets',
  'strictPatches',
  'skipAttestation',
  'buildTimeout',
  'packageFormat',
  'compressionThreads',
  'checkSecrets',
  'noIncludeRecipe',
  'extraMeta',
  'errorPrefixInBinary',
  'fix',
  'allowSymlinksOnWindows',
  'allowAbsoluteLicensePaths',
  'test',
  'noTest',
]

/** How a build goes on where the last one ended; such packages are never published. */
export const dirtyBuilds: readonly SettingKey[] = [
  'dirty',
  'fromStep',
  'watch',
  'dirtyKeepPrefix',
  'dirtyPublish',
  'dirtyExplain',
  'dirtyReset',
]

/** For commands that solve environments to answer a question. */
export const solving: readonly SettingKey[] = [
  'outputDir',
  'cacheDir',
  'channelPriority',
  'linkScripts',
  'solveStrategy',
  'excludeNewer',
  'envIsolation',
]
