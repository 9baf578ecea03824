/** Which section of an index holds a package: `packages`, `packages.conda`, or `v3` for those of revision 3 (CEP 48). */
import type { ListedFile } from './types.js'

export type Extension = '.tar.bz2' | '.conda'
export const extensions = ['.tar.bz2', '.conda'] as const

/** Records of revision 3 have sections of their own. */
export type SectionKey = Extension | `3${Extension}`
export const sectionKeys = [...extensions, '3.tar.bz2', '3.conda'] as const

export function extensionOf(fn: string): Extension {
  return fn.endsWith('.conda') ? '.conda' : '.tar.bz2'
}

export function sectionOf({ fn, revision }: Pick<ListedFile, 'fn' | 'revision'>): SectionKey {
  return `${revision ?? ''}${extensionOf(fn)}`
}

/** How a section calls a file: those of revision 3 go without extension. */
export function keyIn(section: SectionKey, fn: string): string {
  return section.startsWith('3') ? fn.slice(0, -extensionOf(fn).length) : fn
}
