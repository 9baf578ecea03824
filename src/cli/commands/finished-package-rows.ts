/** The rows of commands that look into finished packages or build them again. */
import type { CommandRow } from '../command.js'
import { messages } from '../setting-lists.js'

export const finishedPackageRows: readonly CommandRow[] = [
  {
    name: 'package',
    summary: 'Look into finished packages: show what they say, unpack, compare or check them',
    argument: '<action> [package...]',
    settings: [
      'showPaths',
      'showRunExports',
      'showAbout',
      'showBinaries',
      'allPackages',
      'json',
      'destination',
      'previous',
      'expect',
      'channel',
      ...messages,
    ],
    examples: [
      {
        command: 'krait package inspect output/noarch/mustache-4.2.0-h4616a5c_0.conda --paths',
        doc: 'identity, dependencies and files',
      },
      {
        command: 'krait package inspect output/linux-64/libgreet-1.2.0-hb0f4dca_0.conda --binaries',
        doc: 'also its programs and libraries: needed libraries, run paths, versions of symbols',
      },
      {
        command: 'krait package extract output/noarch/mustache-4.2.0-h4616a5c_0.conda -d unpacked',
        doc: 'all files, in a directory of their own',
      },
      {
        command:
          'krait package diff output/linux-64/libgreet-1.2.0-hb0f4dca_0.conda channel/linux-64/libgreet-1.2.0-hb0f4dca_0.conda',
        doc: 'what differs between two packages; exit code 9 when something does',
      },
      {
        command: 'krait package check output/linux-64/libgreet-1.2.0-hb0f4dca_0.conda --channel channel',
        doc: 'paths of this machine, placeholders, first lines, checksums, and what the build before had; exit code 8 on errors',
      },
      {
        command:
          'krait package check output/linux-64/libgreet-1.2.0-hb0f4dca_0.conda --expect recipes/expect.yaml',
        doc: 'also what a policy says: sizes, files that must and must not be there; exit code 8 when it is not met',
      },
    ],
    load: () => import('./package.js'),
  },
  {
    name: 'rebuild',
    summary: 'Build a package again from nothing but itself, and compare both',
    argument: '[package]',
    settings: [
      'packageFile',
      'checkRebuild',
      'diffoscope',
      'json',
      'test',
      'noTest',
      'outputDir',
      'channel',
      'channelPriority',
      'cacheDir',
      'envIsolation',
      'requireSecrets',
      'strictPatches',
      'buildTimeout',
      'compressionThreads',
      ...messages,
    ],
    examples: [
      {
        command: 'krait rebuild output/linux-64/libgreet-1.2.0-hb0f4dca_0.conda --check',
        doc: 'whether the recipe in the package still gives the same bytes; exit code 9 when not',
      },
    ],
    load: () => import('./rebuild.js'),
  },
]
