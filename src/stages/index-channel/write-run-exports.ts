/** Decides the content of run_exports.json: what the packages of a subdir export, without their records (CEP 12). */
import path from 'node:path'
import type { StageContext } from '../../system/index.js'
import type { ListedFile } from './read-subdir.js'

/**
 * Packages without run exports are listed too: a client need not look into them.
 * @returns whether the content changed
 */
export async function writeRunExports(
  directory: string,
  { subdir, records }: { readonly subdir: string; readonly records: readonly ListedFile[] },
  { system }: StageContext,
): Promise<boolean> {
  const section = (extension: string) =>
    Object.fromEntries(
      records
        .filter(({ fn }) => fn.endsWith(extension))
        .map(({ fn, record }) => [fn, { run_exports: record.run_exports ?? {} }]),
    )
  const text = JSON.stringify({
    info: { subdir, version: 1 },
    packages: section('.tar.bz2'),
    'packages.conda': section('.conda'),
  })
  const file = runExportsPath(directory)
  const former = (await system.fs.stat(file)) ? await system.fs.readText(file) : undefined
  if (former === text) return false
  await system.fs.writeFileAtomic(file, text)
  return true
}

export function runExportsPath(directory: string): string {
  return path.join(directory, 'run_exports.json')
}
