/** The door to `krait why`: what it needs is loaded when somebody asks, because every other command starts faster so. */
import type { BuildContext } from '../context.js'
import type { Reason } from './types.js'
import type { WhyRequest } from './why.js'

/** See `why.ts`. */
export async function why(
  name: string,
  request: WhyRequest,
  context: BuildContext,
): Promise<readonly Reason[]> {
  const { findReasons } = await import('./why.js')
  return findReasons(name, request, context)
}
