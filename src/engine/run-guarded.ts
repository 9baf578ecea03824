/** Runs build scripts and looks afterwards whether they did what would harm other builds. */
import type { SourcedPlan } from '../stages/fetch-sources/index.js'
import { checkLinkedFiles } from '../stages/install-prefixes/index.js'
import { runScript, type ScriptOptions, type ScriptResult } from '../stages/run-script/index.js'
import type { BuildContext } from './context.js'

/** A script that writes through a hard link changes the package cache; the entry is dropped before anybody uses it. */
export async function runGuarded(
  plan: SourcedPlan,
  options: ScriptOptions,
  context: BuildContext,
): Promise<ScriptResult> {
  try {
    return await runScript(plan, options, context)
  } finally {
    for (const prefix of [plan.prefixes.host, plan.prefixes.build]) {
      if (prefix) await checkLinkedFiles(prefix, context)
    }
  }
}
