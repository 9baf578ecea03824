/** The row of the command that shows the graph of outputs. */
import type { CommandRow } from '../command.js'
import { messages, rendering } from '../setting-lists.js'

export const dagCommand: CommandRow = {
  name: 'dag',
  summary: 'Show which outputs need which others, in the order in which they are built',
  argument: '[recipe...]',
  settings: ['dot', 'mermaid', 'json', 'dependents', ...rendering, ...messages],
  examples: [
    { command: 'krait dag --recipe-dir recipes/bootstrap', doc: 'every output below those that need it' },
    {
      command: 'krait dag --recipe-dir recipes/bootstrap --dependents zlib',
      doc: 'what has to be built again when one package changes',
    },
    {
      command: 'krait dag --recipe-dir recipes/bootstrap --mermaid',
      doc: 'for a page in Markdown; `--dot` for Graphviz',
    },
    { command: 'krait dag --recipe-dir recipes/bootstrap --json', doc: 'outputs and needs, for scripts' },
  ],
  load: () => import('./dag.js'),
}
