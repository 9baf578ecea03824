/** Versions of projects in the registries of languages: PyPI and crates.io. What was withdrawn there is left out. */
import { isVersion } from './version-pattern.js'
import { entry, type FindVersionSource, items, readJson, urlsOf } from './version-source.js'

const pypiHosts = new Set(['pypi.org', 'pypi.io', 'pypi.python.org', 'files.pythonhosted.org'])

/** For archives of PyPI, wherever they are fetched from. */
export const findOnPypi: FindVersionSource = (source, version) => {
  const url = urlsOf(source).find(({ hostname }) => pypiHosts.has(hostname))
  const file = url?.pathname.split('/').at(-1) ?? ''
  const at = file.lastIndexOf(`-${version}`)
  const name = /\/packages\/(?:source|[^/]+)\/[^/]\/([^/]+)\/[^/]+$/.exec(url?.pathname ?? '')?.[1]
  const project = name ?? (at > 0 ? file.slice(0, at) : undefined)
  if (project === undefined || at === -1) return undefined
  return {
    shown: `pypi.org/project/${project}`,
    list: async (context) => {
      const { value } = await readJson(`https://pypi.org/pypi/${project}/json`, context)
      const releases = Object.entries(entry(value, 'releases') ?? {})
      return releases
        .filter(([, files]) => items(files).some((item) => entry(item, 'yanked') !== true))
        .flatMap(([listed]) => (isVersion(listed) ? [{ version: listed }] : []))
    },
  }
}

/** For crates. */
export const findOnCrates: FindVersionSource = (source) => {
  for (const { hostname, pathname } of urlsOf(source)) {
    const found =
      hostname === 'crates.io'
        ? /^\/api\/v1\/crates\/([^/]+)\/[^/]+\/download$/.exec(pathname)
        : hostname === 'static.crates.io' && /^\/crates\/([^/]+)\//.exec(pathname)
    const name = found ? found[1] : undefined
    if (name === undefined) continue
    return {
      shown: `crates.io/crates/${name}`,
      list: async (context) => {
        const { value } = await readJson(`https://crates.io/api/v1/crates/${name}`, context)
        return items(entry(value, 'versions')).flatMap((item) => {
          const listed = entry(item, 'num')
          const isUsable = typeof listed === 'string' && isVersion(listed) && entry(item, 'yanked') !== true
          return isUsable ? [{ version: listed }] : []
        })
      },
    }
  }
  return undefined
}
