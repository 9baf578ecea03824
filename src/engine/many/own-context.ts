/** What happens while one output is worked on belongs to it, whoever tells it. */
import type { BuildEvent } from '../../events/index.js'
import type { BuildContext } from '../context.js'

/** The context of one output; `stage` is the one that runs, or ran last. After the tests there is only the channel. */
export function ownContext(
  output: string,
  context: BuildContext,
): BuildContext & { readonly stage: () => string | undefined } {
  let stage: string | undefined
  return {
    ...context,
    stage: () => stage,
    emit: (event) => {
      if (event.type === 'stage-started') stage = event.stage
      if (event.type === 'stage-finished' && event.stage === 'test') stage = undefined
      context.emit(belongsTo(event) ? ({ ...event, output } as BuildEvent) : event)
    },
  }
}

/** Of parts that know no outputs, such as those that link prefixes and download. */
function belongsTo(event: BuildEvent): boolean {
  if ('output' in event && event.output !== undefined) return event.output === ''
  return event.type === 'note' || event.type === 'warning' || event.type === 'progress'
}
