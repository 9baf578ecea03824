/** Versions of projects on GitHub: its releases, and its tags where there are none. */
import { findPattern, readVersion, type VersionPattern } from './version-pattern.js'
import {
  entry,
  type FindVersionSource,
  items,
  type ListedVersion,
  type LookupContext,
  readJson,
  urlsOf,
} from './version-source.js'

/** For addresses of archives, of files of releases, of single files of a tag. */
export const findOnGithub: FindVersionSource = (source, version) => {
  for (const url of urlsOf(source)) {
    const place = readPlace(url)
    const pattern = place && findPattern(place.tag, version)
    if (place === undefined || pattern === undefined) continue
    const { repository } = place
    return {
      shown: `github.com/${repository}`,
      list: async (context) => {
        const releases = await listVersions(`${repository}/releases`, 'tag_name', { pattern, context })
        if (releases.length > 0) return releases
        return listVersions(`${repository}/tags`, 'name', { pattern, context })
      },
    }
  }
  return undefined
}

interface Place {
  /** `owner/name`. */
  readonly repository: string
  readonly tag: string
}

const forms: Readonly<Record<string, readonly RegExp[]>> = {
  'github.com': [
    /^\/([^/]+\/[^/]+)\/archive\/(?:refs\/tags\/)?(.+?)\.(?:tar\.gz|tgz|zip)$/,
    /^\/([^/]+\/[^/]+)\/releases\/download\/(.+)\/[^/]+$/,
    /^\/([^/]+\/[^/]+)\/raw\/(?:refs\/tags\/)?([^/]+)\//,
  ],
  'codeload.github.com': [/^\/([^/]+\/[^/]+)\/(?:tar\.gz|zip)\/(?:refs\/tags\/)?(.+)$/],
  'api.github.com': [/^\/repos\/([^/]+\/[^/]+)\/(?:tarball|zipball)\/(?:refs\/tags\/)?(.+)$/],
  'raw.githubusercontent.com': [/^\/([^/]+\/[^/]+)\/(?:refs\/tags\/)?([^/]+)\//],
}

function readPlace({ hostname, pathname }: URL): Place | undefined {
  for (const form of forms[hostname.replace(/^www\./, '')] ?? []) {
    const [, repository, tag] = form.exec(pathname) ?? []
    if (repository !== undefined && tag !== undefined) return { repository, tag: decodeTag(tag) }
  }
  return undefined
}

function decodeTag(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const mostPages = 10

async function listVersions(
  path: string,
  key: string,
  { pattern, context }: { readonly pattern: VersionPattern; readonly context: LookupContext },
): Promise<readonly ListedVersion[]> {
  const found: ListedVersion[] = []
  let url: string | undefined = `https://api.github.com/repos/${path}?per_page=100`
  for (let page = 0; url !== undefined && page < mostPages; page++) {
    const { value, next } = await readJson(url, context)
    for (const item of items(value)) {
      const name = entry(item, key)
      const version = typeof name === 'string' ? readVersion(name, pattern) : undefined
      if (version === undefined || entry(item, 'draft') === true) continue
      found.push({ version, ...(entry(item, 'prerelease') === true && { isPrerelease: true }) })
    }
    // A page of a list leads to other pages of the same list only.
    url = next?.startsWith('https://api.github.com/') ? next : undefined
  }
  return found
}
