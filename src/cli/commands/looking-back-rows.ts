/** The rows of the commands that look back at builds. */
import type { CommandRow } from '../command.js'
import { messages, rendering } from '../setting-lists.js'

export const lookingBack: readonly CommandRow[] = [
  {
    name: 'log',
    summary: 'Show what a build told: the newest one, or one by the beginning of its id',
    argument: '[build]',
    settings: ['follow', 'logStep', 'since', 'atTime', 'json', 'outputDir', ...messages],
    examples: [
      { command: 'krait log', doc: 'the newest build below ./output' },
      { command: 'krait log libgreet --step script', doc: 'what its script printed' },
      { command: 'krait log -f', doc: 'go on until the build that runs has ended' },
      { command: 'krait log libgreet --at 00:00:01', doc: 'what was running a second after its start' },
      { command: 'krait log libgreet --json', doc: 'the events, one JSON object a line' },
    ],
    load: () => import('./log.js'),
  },
  {
    name: 'builds',
    summary: 'List the builds that were begun, and how each of them ended',
    settings: ['failedOnly', 'json', 'outputDir', ...messages],
    examples: [
      { command: 'krait builds', doc: 'all below ./output, the newest first' },
      { command: 'krait builds --failed --json', doc: 'those that failed, as JSON' },
    ],
    load: () => import('./builds.js'),
  },
  {
    name: 'retry',
    summary: 'Go on with a build that failed, after something was mended by hand in its directory',
    argument: '[build]',
    settings: ['fromStep', 'buildTimeout', 'test', 'noTest', 'channel', 'outputDir', 'cacheDir', ...messages],
    examples: [
      { command: 'krait retry', doc: 'the last build that failed, from the step that failed' },
      {
        command: 'krait retry libgreet --from package',
        doc: 'package what is in its prefix now; the package is marked dirty and goes to output/dirty',
      },
    ],
    load: () => import('./retry.js'),
  },
  {
    name: 'diff',
    summary: 'Say what differs between two builds, variants or packages, and because of what',
    argument: '<before> <after> [recipe...]',
    settings: ['json', ...rendering, 'outputDir', ...messages],
    examples: [
      {
        command: 'krait diff report-0.3-calm report-0.3-loud recipes/report',
        doc: 'two variants of a recipe, and the variant values that are the cause; exit code 9 when they differ',
      },
      {
        command:
          'krait diff channel/linux-64/libgreet-1.2.0-hb0f4dca_0.conda output/linux-64/libgreet-1.2.0-hb0f4dca_0.conda',
        doc: 'two packages, and which of their inputs is the cause',
      },
      {
        command: 'krait diff libgreet libgreet --json',
        doc: 'two builds by the beginnings of their ids, as JSON',
      },
    ],
    load: () => import('./diff.js'),
  },
]
