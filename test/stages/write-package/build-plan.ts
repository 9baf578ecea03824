/** A plan whose script has run, for tests: real directories, a padded prefix, nothing in them. */
import fs from 'node:fs'
import path from 'node:path'
import { findPlatform } from '../../../src/conda/index.js'
import type { RenderedRecipe } from '../../../src/recipe/index.js'
import type { PrefixRecord } from '../../../src/stages/install-prefixes/index.js'
import type { ScriptResult } from '../../../src/stages/run-script/index.js'
import type { ResolvedDependency } from '../../../src/stages/solve-environments/index.js'

export interface PlanOptions {
  readonly recipe?: Omit<Partial<RenderedRecipe>, 'build'> & {
    readonly build?: Partial<RenderedRecipe['build']>
  }
  readonly subdir?: string
  readonly targetSubdir?: string
  readonly format?: 'conda' | 'tar.bz2'
  readonly records?: readonly PrefixRecord[]
  readonly baseline?: readonly string[]
  readonly depends?: readonly ResolvedDependency[]
  readonly runExports?: ScriptResult['environments']['run']['run_exports']
  readonly buildId?: string
}

export const timestampSeconds = 1_700_000_000

export function buildPlan(root: string, options: PlanOptions = {}): ScriptResult {
  const platform = findPlatform(options.subdir ?? 'linux-64')
  if (platform === undefined) throw new Error('unknown subdir')
  const output = path.join(root, 'output')
  const build = path.join(output, 'bld', `rattler-build_demo_${options.buildId ?? '1'}`)
  const start = path.join(build, 'host_env')
  const host = (start + '_placehold'.repeat(30)).slice(0, 255)
  const directories = {
    recipe: path.join(root, 'recipe'),
    output,
    build,
    work: path.join(build, 'work'),
    host,
    buildPrefix: path.join(build, 'build_env'),
  }
  for (const directory of Object.values(directories)) fs.mkdirSync(directory, { recursive: true })
  const recipePath = path.join(directories.recipe, 'recipe.yaml')
  if (!fs.existsSync(recipePath)) fs.writeFileSync(recipePath, 'package: {name: demo, version: "1.0"}\n')
  const recipe: RenderedRecipe = {
    schema_version: 1,
    context: {},
    package: { name: 'demo', version: '1.0' },
    requirements: {},
    ...options.recipe,
    build: { string: 'h0_0', ...options.recipe?.build },
  }
  return {
    id: 'demo-1.0-h0_0',
    name: 'demo',
    version: '1.0',
    buildString: 'h0_0',
    buildNumber: 0,
    output: {
      recipe,
      variant: { target_platform: 'linux-64' },
      hash: { hash: '0000000' },
      targetPlatform: options.targetSubdir ?? platform.subdir,
      directoryName: 'demo',
      subpackages: { demo: { name: 'demo', version: '1.0', build_string: 'h0_0' } },
      skip: false,
      provenance: { origins: new Map(), dropped: [], skips: [], numbers: new Map() },
    },
    platforms: { build: platform, host: platform, targetSubdir: options.targetSubdir ?? platform.subdir },
    directories,
    recipePath,
    timestampSeconds,
    channels: ['https://user:secret@conda.anaconda.org/conda-forge/'],
    packaging: { format: options.format ?? 'conda', level: options.format === 'tar.bz2' ? 9 : 3, threads: 1 },
    environments: {
      build: undefined,
      host: undefined,
      run: {
        depends: options.depends ?? [],
        constraints: [],
        ...(options.runExports && { run_exports: options.runExports }),
      },
    },
    prefixes: {
      build: undefined,
      host: { path: host, subdir: platform.subdir, records: options.records ?? [] },
      hostBaseline: options.baseline ?? [],
    },
    sources: [],
    script: {
      interpreter: 'bash',
      lines: 1,
      ms: 1,
      sha256: '0',
      logPath: path.join(directories.work, 'log'),
    },
  }
}

/** Writes files below a directory; parents are made, `mode` is 0644 unless given. */
export function writeTree(
  root: string,
  files: Readonly<Record<string, string | Buffer | { readonly text: string; readonly mode: number }>>,
): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name)
    fs.mkdirSync(path.dirname(file), { recursive: true })
    if (typeof content === 'string' || Buffer.isBuffer(content)) fs.writeFileSync(file, content)
    else fs.writeFileSync(file, content.text, { mode: content.mode })
  }
}

/** A conda-meta record of an installed package, as far as packaging looks at it. */
export function prefixRecord(name: string, version: string, files: readonly string[]): PrefixRecord {
  return {
    name,
    version,
    build: '0',
    build_number: 0,
    subdir: 'linux-64',
    depends: [],
    fn: `${name}-${version}-0.conda`,
    url: `https://conda.anaconda.org/conda-forge/linux-64/${name}-${version}-0.conda`,
    channel: 'https://conda.anaconda.org/conda-forge/',
    extracted_package_dir: '/nowhere',
    requested_specs: [],
    files,
    paths_data: { paths_version: 1, paths: [] },
    link: { source: '/nowhere', type: 1 },
  }
}

export const tool = { name: 'krait', version: '0.1.0' }
