/** Every setting of krait, one row each (spec: contract.md 1, package.md 9.8 to 9.10). */

import { channels } from './channel-settings.js'
import { debug } from './debug-settings.js'
import { dirty } from './dirty-settings.js'
import { environments } from './environment-settings.js'
import { history } from './history-settings.js'
import { many } from './many-settings.js'
import { messages } from './message-settings.js'
import { network } from './network-settings.js'
import { finishedPackages } from './package-settings.js'
import { publishing } from './publish-settings.js'
import { result } from './result-settings.js'
import type { Setting } from './setting.js'

const off = { kind: 'flag', fallback: false } as const
const text = { kind: 'text', fallback: undefined } as const
const number = { kind: 'number', fallback: undefined } as const
const list = { kind: 'list', fallback: [] } as const

const input = {
  recipe: {
    ...list,
    flags: '-r, --recipe <path>',
    group: 'Input',
    doc: 'Recipe file or directory; `-` reads standard input',
  },
  recipeDir: {
    ...text,
    flags: '--recipe-dir <dir>',
    group: 'Input',
    doc: 'All recipes below this directory',
  },
  upTo: {
    ...text,
    flags: '--up-to <name>',
    group: 'Input',
    doc: 'Only this package and what it is built from',
  },
  experimental: {
    ...off,
    flags: '--experimental',
    env: ['KRAIT_EXPERIMENTAL', 'RATTLER_BUILD_EXPERIMENTAL'],
    group: 'Input',
    doc: 'Allow experimental recipe features',
  },
  v3: { ...off, flags: '--v3', group: 'Input', doc: 'Allow features of the third repodata revision' },
} as const satisfies Record<string, Setting>

const output = {
  outputDir: {
    kind: 'text',
    fallback: './output',
    flags: '--output-dir <dir>',
    env: ['KRAIT_OUTPUT_DIR', 'CONDA_BLD_PATH'],
    group: 'Output',
    doc: 'Directory that becomes the local channel',
  },
  renderOnly: {
    ...off,
    flags: '--render-only',
    group: 'Output',
    doc: 'Print the rendered recipe as JSON and build nothing',
  },
  withSolve: {
    ...off,
    flags: '--with-solve',
    group: 'Output',
    doc: 'With --render-only: also solve the environments; with `env`: install them aside too, for what packages set',
  },
  keepBuild: {
    ...off,
    flags: '--keep-build',
    group: 'Output',
    doc: 'Keep the work directory and the prefixes of a successful build',
  },
  onFailure: {
    kind: 'text',
    fallback: 'keep',
    choices: ['keep', 'clean', 'shell'],
    flags: '--on-failure <what>',
    group: 'Output',
    doc: 'What becomes of the build directory when a build fails: keep it, remove it, or also open a shell in it at a terminal',
  },
  noBuildId: {
    ...off,
    flags: '--no-build-id',
    group: 'Output',
    doc: 'Leave the time out of the name of the build directory',
  },
  skipExisting: {
    ...text,
    bare: 'local',
    choices: ['none', 'local', 'all'],
    flags: '--skip-existing [where]',
    group: 'Output',
    doc: 'Skip packages that are built already, and say which are new or diverge',
  },
  failOnDivergence: {
    ...off,
    flags: '--fail-on-divergence',
    group: 'Output',
    doc: 'With --skip-existing: build nothing when a channel has other builds of the same version and build number',
  },
  continueOnFailure: {
    ...off,
    flags: '--continue-on-failure',
    group: 'Output',
    doc: 'Go on with the other outputs after a failure; still ends with an error',
  },
  markdownSummary: {
    ...text,
    flags: '--markdown-summary <file>',
    group: 'Output',
    doc: 'Append a summary for people to this file',
  },
  cacheDir: {
    ...text,
    flags: '--cache-dir <dir>',
    env: ['KRAIT_CACHE_DIR', 'RATTLER_CACHE_DIR'],
    group: 'Output',
    doc: 'Package and source cache',
  },
  timestamp: {
    ...number,
    flags: '--timestamp <seconds>',
    env: ['SOURCE_DATE_EPOCH'],
    group: 'Output',
    doc: 'Timestamp of the packages, in seconds since the epoch',
  },
} as const satisfies Record<string, Setting>

const variants = {
  variantConfig: {
    ...list,
    flags: '-m, --variant-config <file>',
    group: 'Variants and platforms',
    doc: 'Variant file; later ones win',
  },
  variant: {
    ...list,
    flags: '--variant <key=value>',
    group: 'Variants and platforms',
    doc: 'Variant values that beat all files: `key=a,b`',
  },
  ignoreRecipeVariants: {
    ...off,
    flags: '--ignore-recipe-variants',
    group: 'Variants and platforms',
    doc: 'Do not read the variant file beside the recipe',
  },
  targetPlatform: {
    ...text,
    flags: '--target-platform <platform>',
    group: 'Variants and platforms',
    doc: 'Platform to build packages for',
  },
  hostPlatform: {
    ...text,
    flags: '--host-platform <platform>',
    group: 'Variants and platforms',
    doc: 'Platform of the host prefix',
  },
  buildPlatform: {
    ...text,
    flags: '--build-platform <platform>',
    group: 'Variants and platforms',
    doc: 'Platform the scripts run on',
  },
} as const satisfies Record<string, Setting>

const script = {
  envIsolation: {
    kind: 'text',
    fallback: 'strict',
    choices: ['strict', 'conda-build', 'none'],
    flags: '--env-isolation <mode>',
    group: 'Script',
    doc: 'How much of your environment scripts see',
  },
  requireSecrets: {
    ...off,
    flags: '--require-secrets',
    group: 'Script',
    doc: 'Refuse to run a script when a secret that it declares is not set',
  },
  strictPatches: {
    ...off,
    flags: '--strict-patches',
    group: 'Script',
    doc: 'Refuse patches whose context or blanks differ from the sources',
  },
  skipAttestation: {
    ...off,
    flags: '--skip-attestation',
    group: 'Script',
    doc: 'Take sources without verifying their attestation, which krait cannot do; otherwise they are refused',
  },
  buildTimeout: {
    ...text,
    flags: '--build-timeout <duration>',
    group: 'Script',
    doc: 'Stop a script that takes longer, and everything it started: 90s, 20m, 2h',
  },
} as const satisfies Record<string, Setting>

const packages = {
  packageFormat: {
    kind: 'text',
    fallback: 'conda',
    flags: '--package-format <format[:level]>',
    group: 'Package',
    doc: '`conda` or `tar.bz2`, with a compression level',
  },
  compressionThreads: {
    ...number,
    flags: '--compression-threads <n>',
    env: ['KRAIT_COMPRESSION_THREADS', 'RATTLER_COMPRESSION_THREADS'],
    group: 'Package',
    doc: 'Threads for compression',
  },
  checkSecrets: {
    ...off,
    flags: '--check-secrets',
    group: 'Package',
    doc: 'Build nothing, and look for the values of secrets in the finished packages that are named instead of recipes',
  },
  noIncludeRecipe: {
    ...off,
    flags: '--no-include-recipe',
    group: 'Package',
    doc: 'Leave the recipe out of the package',
  },
  extraMeta: {
    ...list,
    flags: '--extra-meta <key=value>',
    group: 'Package',
    doc: 'Entries for `extra` in about.json',
  },
  buildNum: { ...number, flags: '--build-num <n>', group: 'Package', doc: 'Build number for all outputs' },
  buildStringPrefix: {
    ...text,
    flags: '--build-string-prefix <prefix>',
    group: 'Package',
    doc: 'Put before the build string',
  },
  errorPrefixInBinary: {
    ...off,
    flags: '--error-prefix-in-binary',
    group: 'Package',
    doc: 'Refuse packages with the prefix in a binary file',
  },
  allowSymlinksOnWindows: {
    ...off,
    flags: '--allow-symlinks-on-windows',
    group: 'Package',
    doc: 'Allow symlinks in packages for Windows',
  },
  allowAbsoluteLicensePaths: {
    ...off,
    flags: '--allow-absolute-license-paths',
    hidden: true,
    group: 'Package',
    doc: 'Allow absolute paths in license_file',
  },
} as const satisfies Record<string, Setting>

const tests = {
  test: {
    kind: 'text',
    fallback: 'native-and-emulated',
    choices: ['skip', 'native', 'native-and-emulated'],
    flags: '--test <when>',
    group: 'Tests',
    doc: 'Which packages to test',
  },
  noTest: { ...off, flags: '--no-test', hidden: true, group: 'Tests', doc: 'Same as --test skip' },
} as const satisfies Record<string, Setting>

const inspection = {
  packageFile: {
    ...text,
    flags: '-p, --package-file <file>',
    group: 'Input',
    doc: 'The package, when it is not the word behind the command',
  },
  testIndex: {
    ...number,
    flags: '--test-index <n>',
    group: 'Tests',
    doc: 'Run only this test, counted from 0',
  },
} as const satisfies Record<string, Setting>

export const settingTable = {
  ...input,
  ...output,
  ...variants,
  ...channels,
  ...script,
  ...packages,
  ...publishing,
  ...tests,
  ...network,
  ...inspection,
  ...finishedPackages,
  ...debug,
  ...dirty,
  ...many,
  ...environments,
  ...history,
  ...result,
  ...messages,
}

export type SettingKey = keyof typeof settingTable
