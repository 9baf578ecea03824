/** One test run: solves and installs its prefixes, unpacks what it needs, runs its script. */
import path from 'node:path'
import { extractPackage } from '../../archive/index.js'
import type { Platform } from '../../conda/index.js'
import { installPrefix, type Prefix } from '../install-prefixes/index.js'
import { type EnvFacts, executeScript, pythonFacts } from '../run-script/index.js'
import { solve } from '../solve-environments/index.js'
import type { TestRun, TestScript } from './kind.js'
import { legacyDirectory } from './legacy-test.js'
import {
  exactSpecOf,
  type TestContext,
  type TestedPackage,
  type TestOptions,
  testPlatform,
  toChannelRecord,
} from './tested-package.js'

/** Rejects with `test/script-failed`, or with what keeps the prefixes from being made. */
export async function runTest(
  run: TestRun,
  tested: TestedPackage,
  options: TestOptions,
  context: TestContext,
): Promise<void> {
  const { fs } = context.system
  const { testDirectory } = options
  const directory = await fs.makeTempDirectory(testDirectory, `test_${tested.record.name}`, {
    makesParent: true,
  })
  const prefixes = await installPrefixes({ run, tested, options, directory }, context)
  const work = path.join(directory, 'test')
  await fillWork({ work, startsIn: run.script.startsIn }, tested, context)
  const facts = testFacts({ work, prefixes }, tested, options, context)
  const { sections, env, secrets } = run.script
  if (sections.length > 0) {
    await executeScript({ output: tested.id, script: { sections, env, secrets }, facts }, context)
  }
  // After a failure everything stays: the failure card says where, and how to run the test again by hand.
  if (!options.keep) await removeWithEmptyParent(directory, options.testDirectory, context)
}

async function fillWork(
  { work, startsIn }: { readonly work: string; readonly startsIn: TestScript['startsIn'] },
  tested: TestedPackage,
  context: TestContext,
): Promise<void> {
  const { fs } = context.system
  if (startsIn === 'package') {
    await extractPackage(tested.archivePath, work, context)
    return
  }
  await fs.makeDirectory(work)
  if (startsIn === 'empty') return
  for (const [name, content] of tested.legacy) {
    const file = path.join(work, name.slice(legacyDirectory.length))
    await fs.makeDirectory(path.dirname(file))
    await fs.writeFile(file, content)
  }
}

/** The directory for all tests goes with the last of them. */
async function removeWithEmptyParent(
  directory: string,
  parent: string,
  { system }: TestContext,
): Promise<void> {
  await system.fs.remove(directory)
  if ((await system.fs.list(parent)).length === 0) await system.fs.remove(parent)
}

interface TestPrefixes {
  readonly run: Prefix
  readonly build: Prefix | undefined
}

async function installPrefixes(
  request: { run: TestRun; tested: TestedPackage; options: TestOptions; directory: string },
  context: TestContext,
): Promise<TestPrefixes> {
  const { run, tested, options, directory } = request
  const own = [tested, ...(options.alongside ?? [])].map(exactSpecOf)
  const install = (specs: readonly string[], directoryName: string, platform: Platform) =>
    installSpecs({ specs, path: path.join(directory, directoryName), platform }, { tested, options }, context)
  return {
    run: await install(
      [...run.runSpecs, ...own],
      'test_run_env',
      testPlatform(tested.record, options.buildPlatform),
    ),
    build:
      run.buildSpecs.length === 0
        ? undefined
        : await install(run.buildSpecs, 'test_build_env', options.buildPlatform),
  }
}

async function installSpecs(
  prefix: { specs: readonly string[]; path: string; platform: Platform },
  { tested, options }: { tested: TestedPackage; options: TestOptions },
  context: TestContext,
): Promise<Prefix> {
  const { channels, channelPriority, cacheDirectory, lock } = options
  const environment = `${options.environment ?? 'test'} ${prefix.path.endsWith('build_env') ? 'build' : 'run'}`
  const { platform } = prefix
  const solveOptions = { channels, channelPriority, cacheDirectory, platform, lock, environment }
  const extraRecords = [tested, ...(options.alongside ?? [])].map(toChannelRecord)
  const records = await solve(prefix.specs, { ...solveOptions, extraRecords }, context)
  const install = { cacheDirectory, linkScripts: options.linkScripts }
  return installPrefix({ path: prefix.path, platform: prefix.platform, records }, install, context)
}

function testFacts(
  { work, prefixes }: { work: string; prefixes: TestPrefixes },
  { record, variant }: TestedPackage,
  options: TestOptions,
  { system }: TestContext,
): EnvFacts {
  const host = testPlatform(record, options.buildPlatform)
  return {
    stage: 'test',
    isolation: options.isolation,
    platforms: { build: options.buildPlatform, host, targetSubdir: record.subdir },
    targetPlatform: host,
    prefix: prefixes.run.path,
    buildPrefix: prefixes.build?.path,
    work,
    buildDirectory: undefined,
    recipeDirectory: undefined,
    timestampSeconds: 0,
    package: {
      name: record.name,
      version: record.version,
      buildNumber: record.build_number,
      buildString: record.build,
      hash: '',
      noarchPython: record.noarch === 'python',
    },
    variant,
    python: pythonFacts(prefixes.run),
    git: undefined,
    mercurial: undefined,
    caller: system.env.all(),
    cpuCount: system.host.cpuCount,
    colors: false,
    dirty: false,
  }
}
