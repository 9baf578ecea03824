/** The registry of interpreters: one file and one line each. */
import type { InterpreterRegistry } from '../src/stages/run-script/index.js'
import { bash } from './bash.js'
import { node } from './node.js'
import { perl } from './perl.js'
import { python } from './python.js'

export const interpreters: InterpreterRegistry = [bash, python, perl, node]
