/** Decides which version of a project is the newest, and where that is looked up (spec: package.md 9.6). */
import { compareVersions, parseVersion } from '../../conda/index.js'
import type { RenderedSource } from '../../recipe/index.js'
import { noVersionSource, noVersionsListed } from './errors.js'
import { findOnGithub } from './github-versions.js'
import { findInDirectory, findInTags } from './listed-versions.js'
import { findOnCrates, findOnPypi } from './registry-versions.js'
import { isPrerelease } from './version-pattern.js'
import type { ListedVersion, LookupContext, VersionSource } from './version-source.js'

/** What a project says itself comes before what merely lies beside its files. */
const rounds = [[findOnGithub, findOnPypi, findOnCrates, findInTags], [findInDirectory]]

export interface NewVersion {
  /** The version of the recipe when there is none that is newer. */
  readonly version: string
  /** Where it was found, as people know it. */
  readonly listedBy: string
}

/**
 * The first source that says where its versions are listed decides.
 * @param wishes.from the version that the recipe has
 * @throws BuildError `usage/no-version-source`, `source/versions-not-read`, `source/no-versions-listed`
 */
export async function findNewVersion(
  sources: readonly RenderedSource[],
  wishes: { readonly recipe: string; readonly from: string; readonly includePrerelease: boolean },
  context: LookupContext,
): Promise<NewVersion> {
  const { recipe, from, includePrerelease } = wishes
  const place = findPlace(sources, from)
  if (place === undefined) throw noVersionSource(recipe)
  const listed = await place.list(context)
  if (listed.length === 0) throw noVersionsListed(place.shown)
  const candidates = includePrerelease ? listed : listed.filter(isFinal)
  const newest = candidates.reduce((best, { version }) => (isNewer(version, best) ? version : best), from)
  return { version: newest, listedBy: place.shown }
}

function findPlace(sources: readonly RenderedSource[], from: string): VersionSource | undefined {
  for (const finders of rounds) {
    for (const source of sources) {
      for (const find of finders) {
        const place = find(source, from)
        if (place !== undefined) return place
      }
    }
  }
  return undefined
}

function isFinal(listed: ListedVersion): boolean {
  return !(listed.isPrerelease ?? isPrerelease(listed.version))
}

function isNewer(version: string, than: string): boolean {
  return compareVersions(parseVersion(version), parseVersion(than)) > 0
}
