/** The registry of test kinds that run in an environment: one file and one line each. */
import type { TestKind } from '../kind.js'
import { perlTest } from './perl.js'
import { pythonTest } from './python.js'
import { rTest } from './r.js'
import { rubyTest } from './ruby.js'
import { scriptTest } from './script.js'

export const testKinds: readonly TestKind[] = [scriptTest, pythonTest, perlTest, rTest, rubyTest]
