/** Fetches a url source, and extracts it or places it as it is (spec: build.md 7.1). */
import type { RenderedUrlSource } from '../../recipe/index.js'
import { attestationSkipped, attestationUnverified } from './errors.js'
import { fetchUrl } from './fetch-url.js'
import { type Fetched, type Fetching, sourceName, toJson, withoutCredentials } from './fetching.js'
import { placeCached } from './place-cached.js'

/** @param target absolute, inside the work directory */
export async function fetchUrlSource(
  source: RenderedUrlSource,
  target: string,
  fetching: Fetching,
): Promise<Fetched> {
  const { plan, cache } = fetching
  if (source.attestation !== undefined) checkAttestation(source, fetching)
  const { file, fileName, from } = await fetchUrl(source, plan.id, cache)
  const placed = await placeCached({ ...file, fileName }, source, { target, fetching })
  return { ...placed, fetched: { ...placed.fetched, source: withoutCredentials(toJson(source)) }, from }
}

/** Never silently accepted: what a recipe promises to its users has to be told when nobody looked. */
function checkAttestation(source: RenderedUrlSource, { plan, context, skipsAttestation }: Fetching): void {
  if (!skipsAttestation) throw attestationUnverified(sourceName(source))
  context.emit({ type: 'warning', output: plan.id, ...attestationSkipped(sourceName(source)) })
}
