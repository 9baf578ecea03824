/** Looks up the interpreter that a recipe names. */
import { closest } from '../../text/index.js'
import { findInterpreter, type Interpreter, type InterpreterRegistry } from './contract.js'
import { unknownInterpreter } from './errors.js'

/**
 * The interpreter of that name; throws `script/unknown-interpreter`.
 * @param field where the name is written, for the message
 */
export function requireInterpreter(name: string, registry: InterpreterRegistry, field: string): Interpreter {
  const interpreter = findInterpreter(registry, name)
  if (interpreter) return interpreter
  // Anything short is near to a name of one or two letters.
  const names = registry.flatMap(({ names }) => names.filter((known) => known.length > 2 || known === 'nu'))
  throw unknownInterpreter(name, closest(name, names), field)
}
