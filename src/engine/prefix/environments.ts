/** Environments that people keep; what solves and installs is loaded when it is asked for. */
import type { StageContext } from '../../system/index.js'
import type { CreatedEnvironment, EnvironmentRequest } from './create-environment.js'
import type { ListedEnvironment } from './list-environment.js'

/** See `create-environment.ts`. @throws BuildError `solve/...`, `channel/...`, `install/...`, `archive/...` */
export async function createEnvironment(
  request: EnvironmentRequest,
  context: StageContext,
): Promise<CreatedEnvironment> {
  const module = await import('./create-environment.js')
  return module.createEnvironment(request, context)
}

/** See `list-environment.ts`. @throws BuildError `usage/not-an-environment`, `install/...` */
export async function listEnvironment(
  prefix: string,
  context: Pick<StageContext, 'system'>,
): Promise<ListedEnvironment> {
  const module = await import('./list-environment.js')
  return module.listEnvironment(prefix, context)
}
