/** The registry of interpreters: one file and one line each. */
import type { InterpreterRegistry } from '../src/stages/run-script/index.js'
import { bash } from './bash.js'
import { brush } from './brush.js'
import { cmd } from './cmd.js'
import { node } from './node.js'
import { nu } from './nu.js'
import { perl } from './perl.js'
import { powershell } from './powershell.js'
import { python } from './python.js'
import { rscript } from './rscript.js'
import { ruby } from './ruby.js'

export const interpreters: InterpreterRegistry = [
  bash,
  cmd,
  nu,
  python,
  perl,
  ruby,
  node,
  rscript,
  powershell,
  brush,
]
