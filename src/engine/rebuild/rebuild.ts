/** Builds a package again from nothing but itself, and compares the two (spec: package.md 9.1). */

import path from 'node:path'
import { hashFile } from '../../archive/index.js'
import { version } from '../../settings/index.js'
import { type BuildPlan, planBuilds } from '../../stages/plan-builds/index.js'
import type { SolvedEnvironments } from '../../stages/solve-environments/index.js'
import { type TestOptions, testPackage } from '../../stages/test-package/index.js'
import type { PackagedPlan } from '../../stages/write-package/index.js'
import { buildPlan } from '../build-plan.js'
import type { BuildContext } from '../context.js'
import { logDirectory } from '../log-directory.js'
import { diffPackageFiles } from '../package/diff.js'
import type { PackageDifference } from '../package/difference.js'
import { type PackageFile, withPackage } from '../package/fetch-package.js'
import type { ExactInputs, PrepareOptions } from '../prepare-build.js'
import { registerSecrets } from '../register-secrets.js'
import { badRecord } from './errors.js'
import { locateEnvironments } from './locate-records.js'
import type { BuildRecord } from './read-record.js'
import { unpackRecord } from './unpack-record.js'

export interface RebuildRequest {
  /** A path or URL. */
  readonly package: string
  /** Absolute; gets the result. */
  readonly outputDirectory: string
  /** Absolute directories of local channels that packages of its environments may lie in. */
  readonly channelDirectories: readonly string[]
  readonly threads: number
  readonly build: Pick<
    PrepareOptions,
    'cacheDirectory' | 'isolation' | 'colors' | 'timeoutMs' | 'requireSecrets' | 'strictPatches'
  >
  /** Run the package's tests; absent when they are not to be run. */
  readonly test: Omit<TestOptions, 'testDirectory' | 'buildPlatform'> | undefined
}

/** `krait rebuild --json` */
export interface RebuildReport {
  /** As it was named, without credentials. */
  readonly package: string
  /** Of the original, in hexadecimal. */
  readonly sha256: string
  /** Absolute path of the result. */
  readonly rebuilt: string
  readonly rebuiltSha256: string
  /** Byte by byte. */
  readonly isIdentical: boolean
  /** Absent when the packages are identical. */
  readonly difference?: PackageDifference
  /** What diffoscope says, when it was asked for and the packages differ. */
  readonly diffoscope?: string
}

export interface Rebuilt extends Omit<RebuildReport, 'diffoscope'> {
  /** Absolute path of the original on this machine; gone after the call when it was downloaded. */
  readonly original: string
}

/**
 * Runs the recipe that the package holds with the very packages, sources and time of its record, in a directory of its
 * own below the temporary directory, which stays when the build fails.
 * @param look is given the result while the original is still there
 * @throws BuildError `package/no-record`, `install/record-not-found`, and all that a build can end with
 */
export async function rebuildPackage<T>(
  request: RebuildRequest,
  context: BuildContext,
  look: (rebuilt: Rebuilt) => Promise<T>,
): Promise<T> {
  const { fs, host } = context.system
  return withPackage(request.package, context, async (file) => {
    const root = await fs.makeTempDirectory(host.tempDirectory, 'krait-rebuild-')
    // Temporary directories may be links, and the build compares paths.
    const place = await fs.realPath(root)
    const packaged = await buildFrom(file, { place, request }, context).catch(async (error: unknown) => {
      await removeUnbuilt(place, context)
      throw error
    })
    const rebuilt = await moveResult(packaged, request, context)
    await fs.remove(root)
    return look(await compare(file, rebuilt, context))
  })
}

async function buildFrom(
  file: PackageFile,
  given: Pick<Rebuild, 'place' | 'request'>,
  context: BuildContext,
): Promise<PackagedPlan> {
  const { record, recipeDirectory } = await unpackRecord(file, given.place, context)
  return buildAgain(record, { ...given, recipeDirectory, file }, context)
}

/** A build that failed is kept to be looked into; without one there is nothing to see. */
async function removeUnbuilt(place: string, { system, emit }: BuildContext): Promise<void> {
  const builds = path.join(place, 'output/bld')
  if ((await system.fs.list(builds)).length === 0) await system.fs.remove(place)
  else emit({ type: 'note', text: `the build directory is kept: ${builds}` })
}

interface Rebuild {
  readonly recipeDirectory: string
  readonly place: string
  readonly request: RebuildRequest
  readonly file: PackageFile
}

async function buildAgain(
  record: BuildRecord,
  rebuild: Rebuild,
  context: BuildContext,
): Promise<PackagedPlan> {
  const { request, place, file } = rebuild
  const plan = toPlan(record, rebuild, context)
  registerSecrets([plan], context)
  await context.system.fs.makeDirectory(logDirectory(plan.directories.output))
  // The package itself often lies in the channel that its dependencies came from.
  const own = path.dirname(path.dirname(file.path))
  const directories = [...request.channelDirectories, request.outputDirectory, own]
  const exact = await locateInputs(record, directories, context)
  const { packaged } = await buildPlan(
    plan,
    {
      ...request.build,
      channelPriority: record.channelPriority,
      solveStrategy: 'highest',
      excludeNewerMs: undefined,
      stagingKeys: new Map(),
      exact,
      keepBuild: false,
      reusesDirectory: false,
      package: {
        tool: { name: 'krait', version },
        extraMeta: record.extraMeta,
        allowSymlinksOnWindows: true,
      },
    },
    context,
  )
  if (request.test !== undefined) {
    const test = {
      ...request.test,
      testDirectory: path.join(place, 'test'),
      buildPlatform: plan.platforms.build,
    }
    await testPackage(packaged.artifact.path, test, context)
  }
  return packaged
}

async function locateInputs(
  { environments, sources, staging }: BuildRecord,
  directories: readonly string[],
  context: BuildContext,
): Promise<ExactInputs> {
  const locate = (recorded: SolvedEnvironments) => locateEnvironments(recorded, directories, context)
  const inputs = { recorded: environments, located: await locate(environments), sources }
  if (staging === undefined) return inputs
  const located = await locate(staging.environments)
  return { ...inputs, staging: { ...staging, recorded: staging.environments, located } }
}

function toPlan(
  record: BuildRecord,
  { recipeDirectory, place, request, file }: Rebuild,
  context: BuildContext,
): BuildPlan {
  const { output, channels, platforms, timestampSeconds, packaging } = record
  const [plan] = planBuilds(
    [
      {
        path: path.join(recipeDirectory, 'recipe.yaml'),
        directory: recipeDirectory,
        outputs: [output],
        channels: [channels],
      },
    ],
    {
      outputDirectory: path.join(place, 'output'),
      buildPlatform: platforms.build,
      hostPlatform: platforms.host,
      buildId: Math.floor(context.system.clock.now() / 1000),
      timestampSeconds,
      packaging: { ...packaging, threads: request.threads },
    },
  )
  if (plan === undefined) throw badRecord(file.shown, 'it describes no package')
  return plan
}

async function moveResult(
  { artifact, id }: PackagedPlan,
  { outputDirectory }: RebuildRequest,
  { system }: BuildContext,
): Promise<string> {
  const time = new Date(system.clock.now()).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15)
  const format = artifact.fileName.slice(id.length)
  const target = path.join(outputDirectory, `${id}-rebuilt-${time}${format}`)
  await system.fs.makeDirectory(outputDirectory)
  const temporary = `${target}.${system.host.pid}.tmp`
  try {
    // The temporary directory may be on another disk.
    await system.fs.copyFile(artifact.path, temporary)
    await system.fs.rename(temporary, target)
  } finally {
    await system.fs.remove(temporary)
  }
  return target
}

async function compare(file: PackageFile, rebuilt: string, context: BuildContext): Promise<Rebuilt> {
  const sha256 = (await hashFile(file.path, context)).sha256
  const rebuiltSha256 = (await hashFile(rebuilt, context)).sha256
  const isIdentical = sha256 === rebuiltSha256
  const result = { package: file.shown, original: file.path, sha256, rebuilt, rebuiltSha256, isIdentical }
  if (isIdentical) return result
  const other = { path: rebuilt, fileName: path.basename(rebuilt), shown: rebuilt }
  return { ...result, difference: await diffPackageFiles(file, other, context) }
}
