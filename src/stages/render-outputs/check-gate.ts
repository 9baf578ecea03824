/** Decides whether a field may be used without a flag. */
import type { Field, LoadedValue } from '../../recipe/index.js'
import { needsFlag } from './errors.js'
import { type Renderer, reportError } from './renderer.js'

/** True when the field needs no flag or has it; reports otherwise. */
export function checkGate(renderer: Renderer, field: Field, loaded: LoadedValue, name: string): boolean {
  const { options } = renderer.session
  if (field.gate === 'experimental' && options.experimental !== true) {
    const message = `Experimental feature: provide the \`--experimental\` flag to enable this feature: \`${name}\``
    reportError(renderer, needsFlag(message, loaded.span, 'run the command again with `--experimental`'))
    return false
  }
  if (field.gate === 'v3' && options.v3 !== true) {
    const isFlags = name === 'flags'
    const what = isFlags ? 'package flags require' : 'requirements.extras requires'
    const key = isFlags ? 'build.flags' : 'requirements.extras'
    reportError(renderer, needsFlag(`${what} the --v3 flag`, loaded.span, `Enable --v3 to use ${key}.`))
    return false
  }
  return true
}
