/** The registry of commands: one file and one row each; code is loaded when the command is called. */
import type { SettingKey } from '../../settings/index.js'
import type { CommandRow } from '../command.js'

const messages: readonly SettingKey[] = ['verbose', 'quiet', 'logStyle', 'color', 'configFile', 'noConfig']

const rendering: readonly SettingKey[] = [
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

const building: readonly SettingKey[] = [
  'outputDir',
  'renderOnly',
  'withSolve',
  'keepBuild',
  'noBuildId',
  'skipExisting',
  'continueOnFailure',
  'cacheDir',
  'timestamp',
  'channelPriority',
  'excludeNewer',
  'envIsolation',
  'buildTimeout',
  'packageFormat',
  'compressionThreads',
  'noIncludeRecipe',
  'extraMeta',
  'errorPrefixInBinary',
  'allowSymlinksOnWindows',
  'allowAbsoluteLicensePaths',
  'test',
  'noTest',
]

export const commands: readonly CommandRow[] = [
  {
    name: 'build',
    summary: 'Build packages from recipes, test them and add them to a local channel',
    argument: '[recipe...]',
    settings: [...rendering, ...building, ...messages],
    examples: [
      { command: 'krait build recipes/mustache', doc: 'build one recipe into ./output' },
      {
        command: 'krait build recipes/report -m variants.yaml --output-dir channel',
        doc: 'with a variant file, into another channel',
      },
      { command: 'krait build recipes/greeter --render-only', doc: 'show what would be built, as JSON' },
    ],
    load: () => import('./build.js'),
  },
  {
    name: 'test',
    summary: 'Run the tests of a finished package',
    argument: '[package]',
    settings: [
      'packageFile',
      'testIndex',
      'channel',
      'channelPriority',
      'cacheDir',
      'envIsolation',
      'keepBuild',
      ...messages,
    ],
    examples: [
      {
        command: 'krait test output/noarch/mustache-4.2.0-h4616a5c_0.conda',
        doc: 'run all tests of a package',
      },
    ],
    load: () => import('./test.js'),
  },
  {
    name: 'render-batch',
    summary: 'Render many recipes in one process, for the conformance run',
    settings: [...messages],
    examples: [],
    hidden: true,
    load: () => import('./render-batch.js'),
  },
]
