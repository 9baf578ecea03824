/** `krait diff`: what differs between two builds or packages, and which of their inputs is the cause. */
import path from 'node:path'
import { hashFile } from '../../archive/index.js'
import type { StageContext } from '../../system/index.js'
import { listBuilds } from '../history/builds.js'
import { diffPackageFiles } from '../package/diff.js'
import { isSameContent, type PackageDifference } from '../package/difference.js'
import { type PackageFile, withPackage } from '../package/fetch-package.js'
import { compareInputs, type InputComparison } from './compare-inputs.js'
import { noBuildRecord, nothingToCompare } from './errors.js'
import type { BuildInputs, Cause } from './inputs.js'
import { readPackageInputs, readRecordInputs } from './read-inputs.js'

export interface BuildDifference extends InputComparison {
  /** Ids, or what was named. */
  readonly before: string
  readonly after: string
  /** Absent when one of the packages is not there any more. */
  readonly content?: PackageDifference
  /** Nothing of what was compared differs. */
  readonly isSame: boolean
}

/** Each of the two is a package file or its URL, a `*.record.json`, or the beginning of the id of a build. */
export async function compareBuilds(
  before: string,
  after: string,
  options: { readonly outputDirectory: string },
  context: StageContext,
): Promise<BuildDifference> {
  return withCompared(before, options, context, (left) =>
    withCompared(after, options, context, (right) => compare(left, right, context)),
  )
}

/** Whether the word can be one of two that are compared. */
export async function isCompared(
  word: string,
  { outputDirectory }: { readonly outputDirectory: string },
  { system }: Pick<StageContext, 'system'>,
): Promise<boolean> {
  if (isPackageName(word) || isRecordName(word)) return true
  return (await listBuilds(outputDirectory, system)).some(({ id }) => id.startsWith(word))
}

interface Compared {
  readonly shown: string
  readonly inputs: BuildInputs | undefined
  readonly file: PackageFile | undefined
}

async function compare(left: Compared, right: Compared, context: StageContext): Promise<BuildDifference> {
  const content = left.file && right.file && (await diffPackageFiles(left.file, right.file, context))
  const isKnown = left.inputs !== undefined && right.inputs !== undefined
  const inputs = isKnown ? compareInputs(left.inputs, right.inputs) : noInputs
  const files = content ? recipeFiles(content, inputs.causes) : []
  const written = inputs.causes.filter(({ kind }) => kind !== 'timestamp')
  const isSame = content ? isSameContent(content) : written.length === 0
  return {
    before: left.shown,
    after: right.shown,
    ...inputs,
    causes: isSame ? [] : files.length > 0 ? [...written, ...files] : inputs.causes,
    ...(content && { content }),
    isSame,
  }
}

const noInputs: InputComparison = { causes: [], environments: [], variables: [] }

const recipeDirectory = 'info/recipe/'
const documented = new Set(['recipe.yaml', 'rendered_recipe.yaml', 'variant_config.yaml'])

/** Files beside the recipe that differ, unless they are told as a source already. */
function recipeFiles({ files }: PackageDifference, causes: readonly Cause[]): readonly Cause[] {
  if (causes.some(({ kind }) => kind === 'source')) return []
  return files
    .filter((file) => file.path.startsWith(recipeDirectory))
    .map((file) => ({ ...file, name: file.path.slice(recipeDirectory.length) }))
    .filter(({ name }) => !documented.has(name))
    .map(({ name, before, after }) => ({
      kind: 'file' as const,
      what: name,
      ...(before?.sha256 && { before: before.sha256 }),
      ...(after?.sha256 && { after: after.sha256 }),
    }))
}

function isPackageName(word: string): boolean {
  return /\.(?:conda|tar\.bz2)$/.test(word)
}

function isRecordName(word: string): boolean {
  return word.endsWith('.record.json')
}

async function withCompared<T>(
  word: string,
  options: { readonly outputDirectory: string },
  context: StageContext,
  work: (compared: Compared) => Promise<T>,
): Promise<T> {
  if (isPackageName(word))
    return withPackage(word, context, async (file) =>
      work({
        shown: file.fileName.replace(/\.(?:conda|tar\.bz2)$/, ''),
        inputs: await readPackageInputs(file, context),
        file,
      }),
    )
  const record = await findRecord(word, options, context)
  const { id, inputs, artifact } = await readRecordInputs(record, context)
  const output = path.dirname(path.dirname(record))
  const file = await findArtifact(output, artifact, context)
  const fromPackage = file && (await readPackageInputs(file, context))
  // Only the record knows what sources held; only the package has the text of the recipe.
  const merged = fromPackage
    ? { ...fromPackage, sources: sourcesOf(inputs, fromPackage), environments: inputs.environments }
    : inputs
  return work({
    shown: id,
    inputs: { ...merged, ...(inputs.recipeSha256 && { recipeSha256: inputs.recipeSha256 }) },
    file,
  })
}

/** The record has the output's own sources; those of its staging output are in the package alone. */
function sourcesOf(record: BuildInputs, fromPackage: BuildInputs): BuildInputs['sources'] {
  const known = new Set(record.sources.map(({ name }) => name))
  return [...record.sources, ...fromPackage.sources.filter(({ name }) => !known.has(name))]
}

async function findRecord(
  word: string,
  { outputDirectory }: { readonly outputDirectory: string },
  { system }: StageContext,
): Promise<string> {
  if (isRecordName(word)) return path.resolve(system.host.currentDirectory, word)
  const builds = (await listBuilds(outputDirectory, system)).filter(({ id }) => id.startsWith(word))
  const exact = builds.filter(({ id }) => id === word)
  const [build] =
    exact.length > 0 ? exact : [...builds.filter(({ record }) => record !== undefined), ...builds]
  if (build === undefined) throw nothingToCompare(word, path.join(outputDirectory, 'logs'))
  if (build.record === undefined) throw noBuildRecord(build.id)
  return build.record
}

/** The package of a record, when it is still the same. */
async function findArtifact(
  output: string,
  {
    fileName,
    subdir,
    sha256,
  }: { readonly fileName: string; readonly subdir: string; readonly sha256: string },
  context: StageContext,
): Promise<PackageFile | undefined> {
  for (const directory of [output, path.join(output, 'dirty')]) {
    const file = path.join(directory, subdir, fileName)
    if ((await context.system.fs.stat(file))?.type !== 'file') continue
    if ((await hashFile(file, context)).sha256 === sha256) return { path: file, fileName, shown: file }
  }
  return undefined
}
