/** R scripts. */
import type { Interpreter } from '../src/stages/run-script/index.js'
import { lineNumbers } from './line-numbers.js'

export const rscript: Interpreter = {
  names: ['rscript', 'Rscript', 'r', 'R'],
  extensions: ['r'],
  packageName: 'r-base',
  programs: () => ['Rscript'],
  scopes: () => ['build', 'host', 'caller'],
  // A .Rprofile in the source tree would run first. `--file` is what scripts look for to find themselves.
  args: (scriptPath, launcherPath) => [
    ...['--no-init-file', '--no-environ', '-e', `source(${JSON.stringify(launcherPath)})`],
    `--file=${scriptPath}`,
  ],
  join: (commands) => commands.join('\n'),
  inlineExtension: () => 'R',
  launcher: (scriptPath) => launcherText.replaceAll('SCRIPT', () => JSON.stringify(scriptPath)),
  failureLine: (output, scriptPath) =>
    lineNumbers(output, scriptPath, (script) => new RegExp(`${script}:(\\d+)`)).at(-1),
}

/**
 * R itself says nothing about lines: this notes them while it reads, and tells the innermost one after an error. Only a
 * function sees all calls there.
 */
const launcherText = `options(keep.source = TRUE, warn = 1, error = quote((function() {
  for (call in rev(sys.calls())) {
    place <- attr(call, "srcref")
    if (is.null(place) || attr(place, "srcfile")$filename != SCRIPT) next
    cat(sprintf("at %s:%d\\n", SCRIPT, place[1]), file = stderr())
    break
  }
  q("no", status = 1, runLast = FALSE)
})()))
source(SCRIPT, print.eval = TRUE, encoding = "UTF-8")
`
