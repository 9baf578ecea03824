/** JavaScript, run by Node. */
import type { Interpreter } from '../src/stages/run-script/index.js'
import { lineNumbers } from './line-numbers.js'

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
  // The line before the source excerpt; an error out of Node itself has only its stack, innermost frame first.
  failureLine: (output, scriptPath) => {
    const names = [scriptPath, `file://${encodeURI(scriptPath)}`]
    const headers = names.flatMap((name) =>
      lineNumbers(output, name, (script) => new RegExp(`^${script}:(\\d+)$`)),
    )
    const frames = names.flatMap((name) =>
      lineNumbers(output, name, (script) => new RegExp(`^\\s+at .*${script}:(\\d+):\\d+\\)?$`)),
    )
    return headers.at(-1) ?? frames[0]
  },
}
