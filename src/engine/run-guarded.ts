/** Runs build scripts and looks afterwards whether they did what would harm other builds, or get lost. */
import type { SourcedPlan } from '../stages/fetch-sources/index.js'
import { checkLinkedFiles, dependencyChanged, findChangedFiles } from '../stages/install-prefixes/index.js'
import { runScript, type ScriptOptions, type ScriptResult } from '../stages/run-script/index.js'
import { globFilter } from '../stages/write-package/index.js'
import type { BuildContext } from './context.js'

/**
 * A script that writes through a hard link changes the package cache; the entry is dropped before anybody uses it.
 * @param execute runs the script, in another way than at one go
 */
export async function runGuarded(
  plan: SourcedPlan,
  options: ScriptOptions,
  context: BuildContext,
  execute: typeof runScript = runScript,
): Promise<ScriptResult> {
  try {
    const result = await execute(plan, options, context)
    await warnOfChanges(plan, context)
    return result
  } finally {
    for (const prefix of [plan.prefixes.host, plan.prefixes.build]) {
      if (prefix) await checkLinkedFiles(prefix, context)
    }
  }
}

/** Files of other packages are not packaged, so what a script did to them would be lost without a word. */
async function warnOfChanges({ id, output, prefixes }: SourcedPlan, context: BuildContext): Promise<void> {
  const { always_include_files: included } = output.recipe.build
  const isPackaged = included ? globFilter(included) : () => false
  const changes = (await findChangedFiles(prefixes.host, context)).filter(({ path }) => !isPackaged(path))
  const owners = new Set(changes.map(({ package: name }) => name))
  for (const name of owners) {
    for (const verb of ['changed', 'removed'] as const) {
      const own = changes.filter((item) => item.package === name && item.change === verb)
      const paths = own.map(({ path }) => path).sort()
      if (paths.length > 0)
        context.emit({ type: 'warning', output: id, ...dependencyChanged(name, { paths, verb }) })
    }
  }
}
