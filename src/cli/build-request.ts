/** Turns resolved settings into what the engine is asked to do. */
import path from 'node:path'
import { findPlatform, knownSubdirs, type Platform } from '../conda/index.js'
import { type BuildRequest, dirtySteps } from '../engine/index.js'
import {
  parseAssignments,
  parseDuration,
  parsePackageFormat,
  parseTime,
  type Settings,
  version,
} from '../settings/index.js'
import type { LinkScriptPolicy } from '../stages/install-prefixes/index.js'
import type { ChannelPriority, SolveStrategy } from '../stages/solve-environments/index.js'
import { machinePlatform } from '../system/index.js'
import { closest } from '../text/index.js'
import type { Invocation } from './command.js'
import { noJobs, optionsConflict, unknownPlatform } from './errors.js'
import { defaultCacheDirectory, plainDirectories } from './locations.js'

/** The request of one `build` call. @param colors whether tools may colour their output */
export async function toBuildRequest(invocation: Invocation, colors: boolean): Promise<BuildRequest> {
  const { system, settings, positionals } = invocation
  const { values } = settings
  const { currentDirectory, homeDirectory } = system.host
  const platforms = resolvePlatforms(values, machinePlatform(system))
  const outputDirectory = await canonical(path.resolve(currentDirectory, values.outputDir), invocation)
  const cacheDirectory = values.cacheDir
    ? path.resolve(currentDirectory, values.cacheDir)
    : defaultCacheDirectory(system)
  const fromFlags = settings.origins.channel.startsWith('-')
  const channels = await plainDirectories(values.channel, system)
  const isolation = values.envIsolation as 'strict' | 'conda-build' | 'none'
  const channelPriority = values.channelPriority as ChannelPriority
  const linkScripts = values.linkScripts as LinkScriptPolicy
  return {
    recipes: { ...selection(values, positionals, invocation), except: outputDirectory },
    render: {
      variantFiles: values.variantConfig,
      ignoreRecipeVariants: values.ignoreRecipeVariants,
      options: renderOptions(values, platforms, isolation, invocation),
    },
    channels: {
      given: fromFlags ? channels : [],
      defaults: fromFlags ? [] : channels,
      baseDirectory: currentDirectory,
      homeDirectory,
    },
    plan: {
      outputDirectory,
      buildPlatform: platforms.build,
      hostPlatform: platforms.host,
      timestampSeconds: values.timestamp ?? Math.floor(system.clock.now() / 1000),
      packaging: {
        ...parsePackageFormat(values.packageFormat),
        threads: values.compressionThreads ?? system.host.cpuCount,
      },
      withBuildId: !values.noBuildId,
      upTo: values.upTo,
    },
    build: {
      channelPriority,
      solveStrategy: values.solveStrategy as SolveStrategy,
      cacheDirectory,
      linkScripts,
      isolation,
      colors,
      excludeNewerMs:
        values.excludeNewer === undefined ? undefined : parseTime(values.excludeNewer, '--exclude-newer'),
      timeoutMs:
        values.buildTimeout === undefined
          ? undefined
          : parseDuration(values.buildTimeout, settings.origins.buildTimeout),
      requireSecrets: values.requireSecrets,
      strictPatches: values.strictPatches,
      skipAttestation: values.skipAttestation,
      keepBuild: values.keepBuild,
      cleansFailure: cleansFailure(values),
      reusesDirectory: values.noBuildId,
      dirty: dirtyRequest(values),
      package: {
        tool: { name: 'krait', version },
        includeRecipe: !values.noIncludeRecipe,
        extraMeta: Object.fromEntries(parseAssignments(values.extraMeta, '--extra-meta')),
        allowAbsoluteLicensePaths: values.allowAbsoluteLicensePaths,
        allowSymlinksOnWindows: values.allowSymlinksOnWindows,
        errorPrefixInBinary: values.errorPrefixInBinary,
        v3: values.v3,
      },
    },
    finish: {
      test: values.noTest ? 'skip' : (values.test as 'skip' | 'native' | 'native-and-emulated'),
      testOptions: {
        channelPriority,
        cacheDirectory,
        linkScripts,
        testDirectory: path.join(outputDirectory, 'test'),
        keep: values.keepBuild,
        isolation,
        buildPlatform: platforms.build,
      },
    },
    lock: lockRequest(values, currentDirectory),
    skipExisting: (values.skipExisting ?? 'none') as 'none' | 'local' | 'all',
    failOnDivergence: values.failOnDivergence,
    continueOnFailure: values.continueOnFailure || values.keepGoing,
    many: manyRequest(settings),
  }
}

/** A dirty build is there to be gone on with. */
function cleansFailure(values: Settings): boolean {
  const { onFailure } = values
  if (onFailure === 'clean' && isDirty(values)) throw optionsConflict('--on-failure clean', '--dirty')
  return onFailure === 'clean'
}

const stepAfter = { auto: undefined, sources: 'env', env: 'script', script: 'package' } as const

/** `--dirty=sources` keeps no more than the sources: everything behind them is done again. */
function dirtyRequest(values: Settings): BuildRequest['build']['dirty'] {
  const { skipExisting, dirtyKeepPrefix: keepsPrefix, dirtyPublish: intoChannel } = values
  if (!isDirty(values)) return undefined
  if (keepsPrefix && intoChannel) throw optionsConflict('--dirty-keep-prefix', '--dirty-publish')
  if (skipExisting !== undefined && skipExisting !== 'none')
    throw optionsConflict('--dirty', '--skip-existing')
  const kept = stepAfter[(values.dirty ?? 'auto') as keyof typeof stepAfter]
  const from = dirtySteps.find((step) => step === kept || step === values.fromStep)
  const isTimestampGiven = values.timestamp !== undefined
  return { from, isTimestampGiven, isOffline: values.offline, intoChannel, keepsPrefix }
}

/** Whether one of the options means a dirty build. */
function isDirty(values: Settings): boolean {
  const { dirty, dirtyExplain, fromStep, watch, dirtyKeepPrefix, dirtyPublish } = values
  return (
    dirty !== undefined ||
    fromStep !== undefined ||
    [dirtyExplain, watch, dirtyKeepPrefix, dirtyPublish].includes(true)
  )
}

function manyRequest({ values, origins }: Invocation['settings']): NonNullable<BuildRequest['many']> {
  const { jobs, resume, timeBudget } = values
  if (jobs === 0) throw noJobs()
  if (resume && isDirty(values)) throw optionsConflict('--resume', '--dirty')
  const timeBudgetMs = timeBudget === undefined ? undefined : parseDuration(timeBudget, origins.timeBudget)
  return { jobs, resume, timeBudgetMs }
}

/** `--lock` alone names the file beside each recipe. */
function lockRequest({ lock, locked }: Settings, directory: string): BuildRequest['lock'] {
  if (lock === undefined && !locked) return undefined
  return { file: lock ? path.resolve(directory, lock) : undefined, isFrozen: locked }
}

interface PlatformChoice {
  readonly running: Platform
  readonly build: Platform
  readonly host: Platform
  readonly target: Platform
}

/** Target and host stand in for each other; build is this machine unless said otherwise (spec: render.md 0). */
function resolvePlatforms(values: Settings, running: Platform): PlatformChoice {
  const named = (name: string | undefined, option: string) =>
    name === undefined ? undefined : getPlatform(name, option)
  const target = named(values.targetPlatform, '--target-platform')
  const host = named(values.hostPlatform, '--host-platform')
  const build = named(values.buildPlatform, '--build-platform')
  return {
    running,
    build: build ?? running,
    host: host ?? target ?? running,
    target: target ?? host ?? running,
  }
}

/** @throws BuildError `usage/unknown-platform` */
export function getPlatform(name: string, option: string): Platform {
  const platform = findPlatform(name)
  if (platform === undefined) throw unknownPlatform(name, option, closest(name, knownSubdirs))
  return platform
}

function renderOptions(
  values: Settings,
  platforms: PlatformChoice,
  isolation: 'strict' | 'conda-build' | 'none',
  { system }: Invocation,
): BuildRequest['render']['options'] {
  const { build, host, target, running } = platforms
  return {
    platforms: { build: build.subdir, host: host.subdir, target: target.subdir },
    runningPlatform: running.subdir,
    variantOverrides: new Map(
      parseAssignments(values.variant, '--variant').map(([key, list]) => [
        key,
        list.split(',').map((v) => v.trim()),
      ]),
    ),
    experimental: values.experimental,
    v3: values.v3,
    effects: { env: (name) => system.env.get(name) },
    ...(values.buildNum !== undefined && { buildNumber: values.buildNum }),
    ...(values.buildStringPrefix !== undefined && { buildStringPrefix: values.buildStringPrefix }),
    isolation,
  }
}

function selection(
  values: Settings,
  positionals: readonly string[],
  invocation: Invocation,
): BuildRequest['recipes'] {
  const paths = [...values.recipe, ...positionals]
  if (values.recipeDir !== undefined && paths.length > 0) throw optionsConflict('--recipe', '--recipe-dir')
  return { paths: paths.length > 0 ? paths : ['.'], below: values.recipeDir, stdin: invocation.stdin }
}

/** An existing directory by its real path; a missing one as it is, because a look must not create it. */
async function canonical(directory: string, { system }: Invocation): Promise<string> {
  return (await system.fs.stat(directory)) ? system.fs.realPath(directory) : directory
}
