/** Decides the content of run_exports.json: what the packages of a subdir export, without their records (CEP 12). */
import path from 'node:path'
import type { StageContext } from '../../system/index.js'
import { replaceForm } from './form-file.js'
import type { Extension } from './index-sections.js'
import { concatBytes } from './join-bytes.js'
import { jsonObject, type SubdirContent } from './subdir-content.js'

/** @returns whether the content changed */
export async function writeRunExports(
  { directory, subdir, pages }: SubdirContent & { readonly directory: string },
  context: StageContext,
): Promise<boolean> {
  const section = (extension: Extension) => jsonObject(pages, ({ runExports }) => runExports[extension])
  const content = concatBytes([
    `{"info":${JSON.stringify({ subdir, version: 1 })}`,
    ',"packages":',
    ...section('.tar.bz2'),
    ',"packages.conda":',
    ...section('.conda'),
    '}',
  ])
  return replaceForm(runExportsPath(directory), content, context)
}

export function runExportsPath(directory: string): string {
  return path.join(directory, 'run_exports.json')
}
