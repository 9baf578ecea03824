/** `krait build --fix`: gives recipes the requirements that their libraries need. */
import type { LinkingFix } from '../../stages/write-package/index.js'
import type { StageContext } from '../../system/index.js'
import { positionAt } from '../../text/index.js'
import { addRequirement } from './add-requirement.js'

/** What became of one missing requirement. */
export interface AppliedFix {
  readonly recipePath: string
  readonly spec: string
  readonly section: 'host' | 'run'
  readonly library: string
  readonly file: string
  /** Line of the new requirement, from 1; absent when it was not clear where it belongs. */
  readonly line?: number
}

/** Edits the recipes, comments kept; each requirement is added once. */
export async function fixRecipes(
  fixes: readonly LinkingFix[],
  { system }: Pick<StageContext, 'system'>,
): Promise<readonly AppliedFix[]> {
  const applied: AppliedFix[] = []
  const known = new Set<string>()
  for (const { recipePath, output, section, spec, library, file } of fixes) {
    const key = JSON.stringify([recipePath, output, section, spec])
    if (known.has(key)) continue
    known.add(key)
    // A recipe from standard input is told what it lacks.
    const isFile = (await system.fs.stat(recipePath))?.type === 'file'
    const text = isFile ? await system.fs.readText(recipePath) : ''
    const edited = addRequirement(text, { output, section, spec })
    if (edited === 'listed') continue
    if (edited !== undefined) await system.fs.writeFileAtomic(recipePath, edited.text)
    const line = edited === undefined ? undefined : lineOfSpec(spec, text, edited.text)
    applied.push({ recipePath, spec, section, library, file, ...(line !== undefined && { line }) })
  }
  return applied
}

function lineOfSpec(spec: string, before: string, after: string): number {
  let at = 0
  while (at < before.length && before[at] === after[at]) at += 1
  // The beginning of the spec may be what followed before.
  return positionAt(after, after.indexOf(spec, Math.max(0, at - spec.length))).line
}
