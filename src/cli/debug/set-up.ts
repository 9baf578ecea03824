/** `krait debug setup`. */
import path from 'node:path'
import { type DebugSetup, selectDebugOutput, setUpDebug, toDebugPlaces } from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import type { Invocation } from '../command.js'
import { renderCall } from '../render-call.js'
import { withDebug } from './with-debug.js'

/** Sets up one output of a recipe; says where it is and how to go on. */
export async function setUp(invocation: Invocation, recipes: readonly string[]): Promise<ExitCode> {
  const call = await renderCall(invocation, recipes)
  if (typeof call === 'number') return call
  const { settings, stdout, stderr, programName } = invocation
  return withDebug(invocation, async (context) => {
    const plan = selectDebugOutput(call.plans, settings.values.debugOutput)
    const made = await setUpDebug(plan, call.request.build, context)
    const { work, host, buildPrefix } = made.plan.directories
    if (settings.values.json) {
      const setup: DebugSetup = { ...toDebugPlaces(made.plan), script: made.script }
      stdout.write(`${JSON.stringify(setup, null, 2)}\n`)
      return 0
    }
    const recipe = path.relative(invocation.system.host.currentDirectory, plan.recipePath) || plan.recipePath
    const lines = [
      'Build and/or host environments created for debugging.',
      `Build script created at ${made.script}`,
      `Build dependencies available in ${buildPrefix}`,
      `Host dependencies available in ${host}`,
      '',
      'To run the actual build, use:',
      `  ${programName} build --recipe ${recipe}`,
      'Or run the build script directly with:',
      `  cd "${work}" && ./conda_build.sh`,
      'Or with its secrets, or line by line, or look around:',
      `  ${programName} debug run --work-dir "${work}"`,
      `  ${programName} debug run --trace --work-dir "${work}"`,
      `  ${programName} debug shell --work-dir "${work}"`,
    ]
    stderr.write(`${call.masker.maskText(lines.join('\n'))}\n`)
    return 0
  })
}
