/** The registry of template functions: one row each, in the order in which the documentation lists them. */
import type { Value } from '../value.js'
import { cdt } from './cdt.js'
import { cmp } from './cmp.js'
import { compiler } from './compiler.js'
import { env } from './env.js'
import type { FunctionContext, TemplateFunction } from './function-context.js'
import { git } from './git.js'
import { loadFromFile } from './load-from-file.js'
import { match } from './match.js'
import { pinCompatible, pinSubpackage } from './pin.js'
import { platformTests } from './platform-tests.js'
import { stdlib } from './stdlib.js'

/** All functions that a recipe can call. */
export const templateFunctions: readonly TemplateFunction[] = [
  compiler,
  stdlib,
  pinSubpackage,
  pinCompatible,
  match,
  cdt,
  ...platformTests,
  env,
  git,
  loadFromFile,
  cmp,
]

/** The functions as template values, bound to what they may read. */
export function createFunctions(context: FunctionContext): ReadonlyMap<string, Value> {
  return new Map(templateFunctions.map((row) => [row.name, row.create(context)]))
}
