/** Reusable steps of a script: which of them need not run again, and how the others leave a place to go on from. */
import path from 'node:path'
import { runScript } from '../../stages/run-script/index.js'
import type { SolvedPlan } from '../../stages/solve-environments/index.js'
import type { BuildContext } from '../context.js'
import { type Marks, markTree } from './marks.js'
import { unchangedSteps } from './script-memory.js'
import type { ScriptMemory, Verdict } from './types.js'

/**
 * How many steps can be skipped: those that were finished, are given what they were given, and whose files are all in the
 * host prefix as they left them. Nobody can tell what they did elsewhere.
 */
export async function countKept(
  { before, after }: { readonly before: ScriptMemory; readonly after: ScriptMemory },
  { directories }: SolvedPlan,
  { system }: BuildContext,
): Promise<number> {
  const { steps = [] } = before
  for (let count = unchangedSteps(before, after); count > 0; count--) {
    const left = steps[count - 1]
    if (left === undefined) continue
    const now = await markTree(directories.host, system, { takenMs: left.takenMs })
    if (Object.keys(left.files).every((name) => now.files[name] === left.files[name])) return count
  }
  return 0
}

/** One for each reusable step; the others are the script's. */
export function stepVerdicts(count: number, { reusable }: ScriptMemory): readonly Verdict[] {
  return reusable.map((name, at) => {
    const layer = name as Verdict['layer']
    return at < count
      ? { layer, action: 'reuse', reason: 'unchanged', changes: [] }
      : {
          layer,
          action: 'run',
          reason: 'it or something before it changed, or it did not finish',
          changes: [],
        }
  })
}

/** Removes from the host prefix what later steps put there. @returns how many paths */
export async function trimPrefix(
  { directories }: SolvedPlan,
  left: Marks,
  { system }: Pick<BuildContext, 'system'>,
): Promise<number> {
  const { fs } = system
  const entries = await fs.walk(directories.host)
  const added = entries.filter((entry) => left.files[entry.path] === undefined)
  for (const entry of added) await fs.remove(path.join(directories.host, entry.path))
  return added.length
}

export interface StepWork {
  /** How many steps are skipped. */
  readonly kept: number
  /** How many are reusable. */
  readonly reusable: number
  /** Is told of the host prefix after each reusable step. */
  readonly note: (left: Marks) => Promise<unknown>
}

/** Runs the script like `runScript`: reusable steps one by one, then the rest at one go. */
export function inSteps({ kept, reusable, note }: StepWork): typeof runScript {
  return async (plan, options, context) => {
    let ms = 0
    for (let at = kept; at < reusable; at++) {
      const result = await runScript(plan, { ...options, only: [at, at + 1] }, context)
      ms += result.script.ms
      await note(await markTree(plan.directories.host, context.system))
    }
    const last = await runScript(plan, { ...options, only: [reusable, Number.POSITIVE_INFINITY] }, context)
    return { ...last, script: { ...last.script, ms: ms + last.script.ms } }
  }
}
