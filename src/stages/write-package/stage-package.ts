/** Decides everything about a package before its archive is written: files, their final bytes, all metadata. */
import { join } from 'node:path'
import type { ArchiveEntry } from '../../archive/index.js'
import type { StageContext } from '../../system/index.js'
import { canonicalJson } from '../../text/index.js'
import type { ScriptResult } from '../run-script/index.js'
import { buildRenderedRecipe, buildVariantConfig } from './build-record.js'
import { checkStagedFiles } from './check-staged-files.js'
import { prefixInBinary } from './errors.js'
import { globFilter } from './find-candidates.js'
import { collectLicenses } from './licenses.js'
import { checkLinking } from './linking/check-linking.js'
import {
  buildAboutJson,
  buildIndexJson,
  buildLinkJson,
  buildPathsEntries,
  buildRunExportsJson,
  formatJson,
} from './metadata.js'
import { collectTests } from './package-tests.js'
import { prefixSpellings } from './placeholder.js'
import { collectRecipeFiles } from './recipe-files.js'
import { refuseSecrets } from './refuse-secrets.js'
import { stageFiles } from './stage-files.js'
import { toArchiveEntry } from './staged-file.js'
import type { StagedPackage, WritePackageOptions } from './types.js'

/**
 * Everything the archive will hold, in final form. Nothing is written below the output directory except changed files
 * in the build directory, so tests on the list of files can still refuse the package.
 * @throws BuildError `package/...`
 */
export async function stagePackage(
  plan: ScriptResult,
  options: WritePackageOptions,
  context: StageContext,
): Promise<StagedPackage> {
  const stagingDirectory = join(plan.directories.build, 'package_staging')
  await context.system.fs.remove(stagingDirectory)
  await context.system.fs.makeDirectory(stagingDirectory)
  const spellings = prefixSpellings(plan.name, plan.directories.host, plan.platforms.build)
  const placeholder = spellings[0].placeholder.toString()
  const tests = await collectTests(plan, options.renderScript ?? ((text) => text), context)
  const staging = { plan, context, placeholder, spellings, stagingDirectory, testFiles: tests.files }
  const { files, linked } = await stageFiles(staging)
  await checkStagedFiles(files, { plan, options, context })
  await checkLinking(linked, files, { plan, context, onFix: options.onLinkingFix })
  const { always_copy_files: alwaysCopy } = plan.output.recipe.build
  const isNoLink = alwaysCopy ? globFilter(alwaysCopy) : () => false
  const paths = buildPathsEntries(files, { isNoLink })
  const binary = paths.find((entry) => entry.file_mode === 'binary')
  if (options.errorPrefixInBinary && binary) throw prefixInBinary(plan.name, binary._path)
  const index = buildIndexJson(plan, { v3: options.v3 })
  const runExports = buildRunExportsJson(plan)
  const documents: Documents = {
    'index.json': formatJson(index),
    'paths.json': formatJson({ paths, paths_version: 1 }),
    files: paths.map((entry) => `${entry._path}\n`).join(''),
    'about.json': formatJson(buildAboutJson(plan, extraOf(options))),
    'hash_input.json': canonicalJson(plan.output.variant),
    'run_exports.json': optionalJson(runExports),
    'link.json': optionalJson(buildLinkJson(plan)),
    'used_build_tool.json': formatJson(options.tool),
    'tests/tests.yaml': tests.yaml,
  }
  const info = [
    ...toEntries(documents),
    ...(
      await collectLicenses(plan, { allowAbsolute: options.allowAbsoluteLicensePaths ?? false }, context)
    ).map(({ path, content }): ArchiveEntry => ({ kind: 'bytes', path: `info/licenses/${path}`, content })),
    ...(options.includeRecipe === false ? [] : await recipeEntries(staging, options)),
  ]
  const content = files.map(toArchiveEntry)
  if (options.secrets) await refuseSecrets([...content, ...info], options.secrets, { plan, context })
  return { paths, content, info, index, runExports, stagingDirectory }
}

/** The mark of dirty packages is ours: nothing in the recipe can take it away. */
function extraOf({
  extraMeta = {},
  isDirty,
}: WritePackageOptions): Readonly<Record<string, string | boolean>> {
  return isDirty ? { ...extraMeta, dirty: true } : extraMeta
}

/** Text by path below `info/`; absent documents are not written. */
type Documents = Readonly<Record<string, string | undefined>>

function optionalJson(value: object | undefined): string | undefined {
  return value === undefined ? undefined : formatJson(value)
}

function toEntries(documents: Documents): ArchiveEntry[] {
  return Object.entries(documents).flatMap(([name, text]): ArchiveEntry[] =>
    text === undefined ? [] : [{ kind: 'bytes', path: `info/${name}`, content: Buffer.from(text) }],
  )
}

interface RecipeSource {
  readonly plan: ScriptResult
  readonly context: StageContext
  readonly placeholder: string
}

/** Files beside the recipe; ours replace those of the same name. */
async function recipeEntries(source: RecipeSource, options: WritePackageOptions): Promise<ArchiveEntry[]> {
  const { plan, context, placeholder } = source
  const own = toEntries({
    'recipe/rendered_recipe.yaml': buildRenderedRecipe(plan, placeholder, options),
    'recipe/variant_config.yaml': buildVariantConfig(plan),
  })
  const names = new Set(own.map((entry) => entry.path))
  const beside = await collectRecipeFiles(plan, context)
  return [...beside.filter((entry) => !names.has(entry.path)), ...own]
}
