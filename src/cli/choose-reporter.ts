/** Picks how events are shown, from the settings and the stream they go to. */
import type { Emit } from '../events/index.js'
import {
  createJsonReporter,
  createPlainReporter,
  createStyle,
  createTerminalReporter,
  type OutputStream,
  type Style,
  type Verbosity,
  wantsColors,
} from '../report/index.js'
import type { Settings } from '../settings/index.js'
import type { System } from '../system/index.js'

export interface Reporter {
  readonly emit: Emit
  readonly close: () => void
  readonly style: Style
}

/** A moving view only on a real terminal that nobody is scripting; plain lines everywhere else. */
export function chooseReporter(settings: Settings, stream: OutputStream, system: System): Reporter {
  const { env, clock, host } = system
  const colors = settings.logStyle === 'json' ? false : wantsColors(settings.color, env, stream.isTerminal)
  const width = stream.columns() ?? 100
  const style = createStyle({ colors, width, currentDirectory: host.currentDirectory, env })
  const verbosity = verbosityOf(settings)
  const close = () => {}
  if (settings.logStyle === 'json') {
    return { emit: createJsonReporter({ stream, style, verbosity, clock }), close, style }
  }
  const moving = stream.isTerminal && !env.get('CI') && env.get('TERM') !== 'dumb'
  if (moving && (settings.logStyle === undefined || settings.logStyle === 'fancy')) {
    return { ...createTerminalReporter({ stream, style, verbosity, clock }), style }
  }
  const github = env.get('GITHUB_ACTIONS') === 'true'
  return { emit: createPlainReporter({ stream, style, verbosity, github }), close, style }
}

function verbosityOf(settings: Settings): Verbosity {
  if (settings.quiet > 0) return 'quiet'
  return settings.verbose > 0 ? 'verbose' : 'normal'
}
