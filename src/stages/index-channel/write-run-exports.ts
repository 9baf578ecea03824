/** Decides the content of run_exports.json: what the packages of a subdir export, without their records (CEP 12). */
import path from 'node:path'
import type { StageContext } from '../../system/index.js'
import { groupBy } from '../../text/index.js'
import { replaceForm } from './form-file.js'
import type { IndexedFile } from './indexed-file.js'
import { extensionOf, jsonMembers, type SubdirFiles } from './subdir-files.js'

/**
 * Packages without run exports are listed too: a client need not look into them.
 * @returns whether the content changed
 */
export async function writeRunExports(
  { directory, subdir, files }: SubdirFiles & { readonly directory: string },
  context: StageContext,
): Promise<boolean> {
  const sections = groupBy(files, extensionOf)
  const render = ({ runExports }: IndexedFile) => `{"run_exports":${runExports}}`
  const section = (extension: '.conda' | '.tar.bz2') => jsonMembers(sections.get(extension) ?? [], { render })
  const text = `{"info":${JSON.stringify({ subdir, version: 1 })},"packages":${section('.tar.bz2')},"packages.conda":${section('.conda')}}`
  return replaceForm(runExportsPath(directory), text, context)
}

export function runExportsPath(directory: string): string {
  return path.join(directory, 'run_exports.json')
}
