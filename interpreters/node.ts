/** JavaScript, run by Node. */
import type { Interpreter } from '../src/stages/run-script/index.js'

export const node: Interpreter = {
  names: ['node', 'nodejs'],
  extensions: ['js', 'mjs', 'cjs'],
  packageName: 'nodejs',
  programs: () => ['node'],
  scopes: () => ['build', 'host', 'caller'],
  args: (scriptPath) => [scriptPath],
  join: (commands) => commands.join('\n'),
  // A package.json with `"type": "module"` in the source tree would decide for `.js`: the text decides instead.
  inlineExtension: (text) => (/^\s*(import|export)\b(?!\s*\()/m.test(text) ? 'mjs' : 'cjs'),
}
