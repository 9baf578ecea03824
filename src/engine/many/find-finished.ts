/** Decides which outputs a run does not build, because their packages are there: found in channels, or in the journal. */
import { pathToFileURL } from 'node:url'
import type { BuildRequest } from '../build-request.js'
import type { BuildContext } from '../context.js'
import { findExisting, reportExisting } from '../find-existing.js'
import { packageFile } from './identity.js'
import { isInChannel, readJournal } from './journal.js'
import type { OutputNode } from './output-graph.js'

/**
 * Why an output is not built, by its number.
 * @param identities of the outputs, when the journal is asked
 * @throws BuildError `plan/diverges`
 */
export async function findFinished(
  graph: readonly OutputNode[],
  {
    request,
    identities,
  }: { readonly request: BuildRequest; readonly identities: readonly string[] | undefined },
  context: BuildContext,
): Promise<ReadonlyMap<number, string>> {
  const plans = graph.map(({ plan }) => plan)
  const existing = await findExisting(plans, request.skipExisting, context)
  reportExisting(existing, request, context)
  const reasons = new Map<number, string>()
  for (const [at, plan] of plans.entries()) {
    const found = existing.get(plan)
    if (found?.kind !== 'exists') continue
    const isLocal = found.channel === `${pathToFileURL(plan.directories.output).href}/`
    reasons.set(at, `it is in ${isLocal ? 'the local channel' : found.channel} already`)
  }
  if (!request.many?.resume || identities === undefined) return reasons
  const { outputDirectory } = request.plan
  const entries = await readJournal(outputDirectory, context.system)
  for (const [at, plan] of plans.entries()) {
    const entry = entries.get(packageFile(plan))
    if (entry === undefined || entry.identity !== identities[at] || reasons.has(at)) continue
    if (await isInChannel(outputDirectory, entry, context.system))
      reasons.set(at, 'an earlier run has built and tested it, and nothing has changed')
  }
  return reasons
}
