/** Takes the recipe and the record of its build out of a package. */
import path from 'node:path'
import { extractPackage } from '../../archive/index.js'
import { version } from '../../settings/index.js'
import { machinePlatform } from '../../system/index.js'
import type { BuildContext } from '../context.js'
import type { PackageFile } from '../package/fetch-package.js'
import { badRecord, inheritsStaging, noRecord, otherPlatform, otherTool } from './errors.js'
import { type BuildRecord, readBuildRecord } from './read-record.js'

/**
 * The record, and the recipe where it can be built.
 * @param place absolute directory; gets the recipe
 * @throws BuildError `package/no-record`, `package/bad-record`, `package/other-platform`, `package/inherits-staging`
 */
export async function unpackRecord(
  file: PackageFile,
  place: string,
  context: BuildContext,
): Promise<{ readonly record: BuildRecord; readonly recipeDirectory: string }> {
  const { fs } = context.system
  const unpacked = path.join(place, 'package')
  await extractPackage(file.path, unpacked, context)
  const source = path.join(unpacked, 'info/recipe/rendered_recipe.yaml')
  // Links of a package may lead anywhere.
  const types = [path.dirname(path.dirname(source)), path.dirname(source), source].map((name) =>
    fs.lstat(name),
  )
  if ((await Promise.all(types)).map((info) => info?.type).join() !== 'directory,directory,file')
    throw noRecord(file.shown)
  const recipeDirectory = path.join(place, 'recipe')
  await fs.rename(path.join(unpacked, 'info/recipe'), recipeDirectory)
  await fs.remove(unpacked)
  const text = await fs.readText(path.join(recipeDirectory, 'rendered_recipe.yaml'))
  let record: BuildRecord
  try {
    record = readBuildRecord(text, recipeDirectory)
  } catch (error) {
    throw badRecord(file.shown, (error as Error).message)
  }
  checkRecord(record, file, context)
  return { record, recipeDirectory }
}

function checkRecord(record: BuildRecord, file: PackageFile, { system, emit }: BuildContext): void {
  const machine = machinePlatform(system)
  if (record.platforms.build.subdir !== machine.subdir)
    throw otherPlatform(record.platforms.build.subdir, machine.subdir)
  const { inherits_from: from } = record.output.recipe
  if (from !== undefined && record.staging === undefined) throw inheritsStaging(file.shown, from.cache_name)
  const here = `krait ${version}`
  if (record.tool !== here) emit({ type: 'warning', ...otherTool(record.tool, here) })
}
