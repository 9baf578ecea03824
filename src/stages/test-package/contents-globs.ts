/** Which paths an entry of `package_contents` stands for (spec: package.md 8.5). */
import type { Platform } from '../../conda/index.js'

export type ContentsSectionName = 'files' | 'site_packages' | 'bin' | 'lib' | 'include'

export interface ContentsTarget {
  /** Undefined for noarch packages, which use the unix rules. */
  readonly platform: Platform | undefined
  /** noarch python and version independent packages keep their modules in `site-packages/`. */
  readonly versionIndependent: boolean
}

/** Alternatives: one of the globs has to match. */
export type GlobChoice = readonly string[]

/** The required choices for one entry; usually one, two for a bare library name on Windows. */
export function contentsGlobs(
  section: ContentsSectionName,
  entry: string,
  target: ContentsTarget,
): readonly GlobChoice[] {
  const family = target.platform?.family ?? 'linux'
  switch (section) {
    case 'files':
      return [[entry]]
    case 'include':
      return [[family === 'win' ? `Library/include/${entry}` : `include/${entry}`]]
    case 'bin':
      return [programGlobs(entry, family)]
    case 'lib':
      return libraryGlobs(entry, family)
    case 'site_packages':
      return [moduleGlobs(entry, family, target.versionIndependent)]
  }
}

function programGlobs(entry: string, family: string): GlobChoice {
  if (family === 'emscripten') return [`bin/${entry}.js`, `bin/${entry}.wasm`]
  if (family !== 'win') return [`bin/${entry}`]
  const directories = ['Library/bin/', 'Scripts/', 'bin/', 'Library/mingw-w64/bin/', 'Library/usr/bin/', '']
  return directories.map((directory) => `${directory}${entry}{,.exe,.bat,.cmd,.com,.ps1}`)
}

function libraryGlobs(entry: string, family: string): readonly GlobChoice[] {
  if (family === 'win') {
    if (entry.endsWith('.dll')) return [[`Library/bin/${entry}`]]
    if (entry.endsWith('.lib')) return [[`Library/lib/${entry}`]]
    return [[`Library/bin/${entry}.dll`], [`Library/lib/${entry}.lib`]]
  }
  if (family === 'osx' || family === 'ios') {
    if (/\.(dylib|a)$/.test(entry)) return [[`lib/${entry}`]]
    return [[`lib/{,lib}${entry}.dylib`, `lib/{,lib}${entry}.*.dylib`]]
  }
  if (/\.(so|a)$/.test(entry) || entry.includes('.so.')) return [[`lib/${entry}`]]
  return [[`lib/{,lib}${entry}.so`, `lib/{,lib}${entry}.so.*`]]
}

function moduleGlobs(entry: string, family: string, versionIndependent: boolean): GlobChoice {
  const base = siteBase(family, versionIndependent)
  if (entry.includes('/')) return [`${base}/${entry}`]
  const module = entry.replaceAll('.', '/')
  return [`${base}/${module}.py`, `${base}/${module}/__init__.py`]
}

function siteBase(family: string, versionIndependent: boolean): string {
  if (versionIndependent) return 'site-packages'
  return family === 'win' ? 'Lib/site-packages' : 'lib/python*/site-packages'
}
