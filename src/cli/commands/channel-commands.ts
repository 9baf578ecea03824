/** The rows of the commands that change channels. */
import type { CommandRow } from '../command.js'
import { building, messages, rendering } from '../setting-lists.js'

export const channelCommands: readonly CommandRow[] = [
  {
    name: 'publish',
    summary: 'Put packages, or what recipes give, into a channel directory that others read',
    argument: '[packages-or-recipes...]',
    settings: [
      'to',
      'label',
      'buildNumber',
      'force',
      'json',
      ...rendering.filter((key) => key !== 'buildNum'),
      ...building.filter((key) => !['renderOnly', 'withSolve', 'checkSecrets', 'onFailure'].includes(key)),
      ...messages,
    ],
    examples: [
      { command: 'krait publish recipes/mustache --to ./releases', doc: 'build, test, and publish' },
      {
        command: 'krait publish recipes/mustache --to ./releases --build-number=+1',
        doc: 'with the build number after the highest of the channel',
      },
      {
        command: 'krait publish recipes/report --to ./releases --label dev',
        doc: 'for those who ask for the label `dev`',
      },
      {
        command: 'krait publish output/noarch/mustache-4.2.0-h4616a5c_0.conda --to ./other',
        doc: 'a finished package',
      },
    ],
    load: () => import('./publish.js'),
  },
  {
    name: 'promote',
    summary: 'Move packages from one label of a channel to another one',
    argument: '[package...]',
    settings: ['to', 'force', 'json', 'outputDir', ...messages],
    examples: [
      {
        command: "krait promote report 'dev->main' --to ./releases",
        doc: 'everybody gets what was published for the label `dev`',
      },
    ],
    load: () => import('./promote.js'),
  },
  {
    name: 'channel',
    summary: 'Index a channel directory, check that its index is true, or remove packages from it',
    argument: '<action> [words...]',
    settings: ['label', 'force', 'json', 'outputDir', ...messages],
    examples: [
      {
        command: 'krait channel index ./releases',
        doc: 'write the index anew from the files that are there',
      },
      {
        command: 'krait channel check ./releases',
        doc: 'read every package and compare; exit code 7 when something differs',
      },
      { command: 'krait channel remove ./releases mustache', doc: 'out of the index, then from the disk' },
    ],
    load: () => import('./channel.js'),
  },
]
