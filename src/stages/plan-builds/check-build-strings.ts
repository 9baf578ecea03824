/** Refuses build strings that no package can have, before anything is built. */
import { badBuildString } from './errors.js'
import type { BuildPlan } from './types.js'

/** Rendering takes every text; in the name of a file and in requirements only some stand for themselves. @throws BuildError `plan/build-string` */
export function checkBuildStrings(plans: readonly BuildPlan[]): void {
  for (const { id, buildString, output } of plans) {
    if (/^[A-Za-z0-9_.+]+$/.test(buildString)) continue
    throw badBuildString(buildString, id, output.provenance.origins.get('/build/string')?.span)
  }
}
