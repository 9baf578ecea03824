/** The registry of commands: one file and one row each; code is loaded when the command is called. */
import type { SettingKey } from '../../settings/index.js'
import type { CommandRow } from '../command.js'

const messages: readonly SettingKey[] = [
  'offline',
  'authFile',
  'verbose',
  'quiet',
  'logStyle',
  'color',
  'configFile',
  'noConfig',
]

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
  'solveStrategy',
  'lock',
  'locked',
  'excludeNewer',
  'envIsolation',
  'requireSecrets',
  'buildTimeout',
  'packageFormat',
  'compressionThreads',
  'checkSecrets',
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
    name: 'render',
    summary: 'Show what a recipe means: every output and variant as YAML, or what differs between two',
    argument: '[recipe...]',
    settings: ['outputName', 'diff', ...rendering, ...messages],
    examples: [
      { command: 'krait render recipes/greeter', doc: 'every output, with its variant' },
      { command: 'krait render recipes/greeter --output libgreet', doc: 'only one output' },
      {
        command: 'krait render recipes/report --diff report-0.3-calm report-0.3-loud',
        doc: 'what differs between two variants, and why',
      },
    ],
    load: () => import('./render.js'),
  },
  {
    name: 'matrix',
    summary: 'List the packages that a recipe gives, one job each',
    argument: '[recipe...]',
    settings: ['json', 'table', 'github', 'outputName', ...rendering, 'packageFormat', ...messages],
    examples: [
      { command: 'krait matrix recipes/report', doc: 'a table of all variants' },
      { command: 'krait matrix --recipe-dir recipes --json', doc: 'all recipes of a directory, as JSON' },
      { command: 'krait matrix recipes/report --github', doc: 'the matrix of a GitHub Actions job' },
    ],
    load: () => import('./matrix.js'),
  },
  {
    name: 'explain',
    summary: 'Say where a rendered value, a variant key or the hash comes from',
    argument: '<path> [recipe...]',
    settings: ['outputName', 'json', ...rendering, ...messages],
    examples: [
      { command: 'krait explain hash recipes/report', doc: 'every key of the hash, and why it is in it' },
      {
        command: 'krait explain requirements.run[0] recipes/report',
        doc: 'one value: its template, what it read, where that was set',
      },
      {
        command: 'krait explain tone recipes/report --output report-0.3-calm --json',
        doc: 'a variant key, of one output, as JSON',
      },
    ],
    load: () => import('./explain.js'),
  },
  {
    name: 'env',
    summary: 'Show the environment variables of a script, and where each comes from',
    argument: '<action> [recipe...]',
    settings: [
      'stage',
      'explain',
      'json',
      'outputName',
      'testIndex',
      ...rendering,
      'withSolve',
      'outputDir',
      'cacheDir',
      'channelPriority',
      'excludeNewer',
      'envIsolation',
      ...messages,
    ],
    examples: [
      {
        command: 'krait env show recipes/greeter',
        doc: 'every variable of the build script; what packages set needs --with-solve',
      },
      {
        command: 'krait env show recipes/report --stage test --output report-0.3-calm --json',
        doc: 'of the tests of one output, as JSON',
      },
      {
        command: 'krait env diff build shell recipes/greeter',
        doc: 'names of variables that your shell has and the script has not, and the other way round',
      },
      { command: 'krait env diff build test recipes/greeter', doc: 'what a test script lacks' },
    ],
    load: () => import('./env.js'),
  },
  {
    name: 'schema',
    summary: 'Print the JSON schema of recipes, for editors',
    settings: [...messages],
    examples: [{ command: 'krait schema', doc: 'print the schema' }],
    load: () => import('./schema.js'),
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
