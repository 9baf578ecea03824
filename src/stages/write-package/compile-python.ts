/** Compiles Python modules to byte code that is the same on every machine (spec: package.md 1.8). */
import { dirname, join } from 'node:path'
import { comparePackagePaths } from '../../conda/index.js'
import type { StageContext } from '../../system/index.js'
import type { ScriptResult } from '../run-script/index.js'
import { sourceOfByteCode } from './filter-candidates.js'
import { globFilter } from './find-candidates.js'
import type { StagedFile, StagedRegularFile } from './staged-file.js'
import { notCompiled } from './warnings/errors.js'

/** Byte code that was made, to be staged; `source` is absolute. */
export interface CompiledFile {
  readonly path: string
  readonly source: string
}

export interface CompileOptions {
  /** Absolute; modules are compiled in a copy of their tree below it. */
  readonly directory: string
  /** What tracebacks show in place of that directory. */
  readonly placeholder: string
}

/**
 * Compiles all modules that have no byte code yet, with one call of the Python of the host environment (or, when cross
 * compiling, of the build environment). Byte code names its source by hash, not by time. Modules that cannot be
 * compiled are named in one warning.
 */
export async function compilePython(
  files: readonly StagedFile[],
  plan: ScriptResult,
  work: { readonly options: CompileOptions; readonly context: StageContext },
): Promise<readonly CompiledFile[]> {
  const { options, context } = work
  const modules = selectModules(files, plan)
  const python = modules.length > 0 ? await findPython(plan, context) : undefined
  if (python === undefined) return []
  const { fs } = context.system
  for (const module of modules) {
    const target = join(options.directory, module.path)
    await fs.makeDirectory(dirname(target))
    if ('bytes' in module.content) await fs.writeFile(target, module.content.bytes)
    else if (module.content.path !== target) await fs.copyFile(module.content.path, target)
  }
  await runCompileAll(python, modules, { plan, options, context })
  return findByteCode(modules, options.directory, context)
}

/**
 * Byte code with the time of its source inside differs from build to build, so it is made again from the source.
 * @param header the first 8 bytes of a `.pyc`
 */
export function isTimestampByteCode(header: Uint8Array): boolean {
  return header.length >= 8 && header.subarray(4, 8).every((byte) => byte === 0)
}

/** Where the Python that fits the package's modules is; undefined when there is none. */
export async function findPython(plan: ScriptResult, context: StageContext): Promise<string | undefined> {
  const { host, build } = plan.platforms
  const isCross = host.subdir !== build.subdir
  const prefix = isCross ? plan.directories.buildPrefix : plan.directories.host
  return context.system.process.find('python', [join(prefix, 'bin')])
}

function selectModules(files: readonly StagedFile[], plan: ScriptResult): readonly StagedRegularFile[] {
  const { skip_pyc_compilation: skip } = plan.output.recipe.build.python ?? {}
  const isSkipped = skip ? globFilter(skip) : () => false
  const compiled = new Set(files.map((file) => sourceOfByteCode(file.path)))
  return files.filter(
    (file): file is StagedRegularFile =>
      file.kind === 'file' &&
      file.path.endsWith('.py') &&
      !file.path.startsWith('bin/') &&
      !compiled.has(file.path) &&
      !isSkipped(file.path),
  )
}

interface CompileWork {
  readonly plan: ScriptResult
  readonly options: CompileOptions
  readonly context: StageContext
}

async function runCompileAll(
  python: string,
  modules: readonly StagedRegularFile[],
  { plan, options, context }: CompileWork,
): Promise<void> {
  const list = modules.map((module) => module.path).sort(comparePackagePaths)
  const flags = [
    '-q',
    '--invalidation-mode',
    'checked-hash',
    '-s',
    options.directory,
    '-p',
    options.placeholder,
  ]
  const output: Uint8Array[] = []
  const result = await context.system.process.run(
    {
      program: python,
      args: ['-I', '-Wi', '-m', 'compileall', ...flags, '-i', '-'],
      cwd: options.directory,
      // A fixed seed keeps the order inside sets, and so the bytes, the same.
      env: { PATH: dirname(python), PYTHONHASHSEED: '0', LC_ALL: 'C.UTF-8' },
      input: `${list.map((path) => join(options.directory, path)).join('\n')}\n`,
    },
    { signal: context.signal, onOutput: (_, chunk) => output.push(chunk) },
  )
  if (result.code === 0) return
  const said = Buffer.concat(output).toString().replaceAll(options.directory, '').trim().split('\n')
  context.emit({ type: 'warning', output: plan.id, ...notCompiled(said.slice(0, 3).join(' / ')) })
}

async function findByteCode(
  modules: readonly StagedRegularFile[],
  directory: string,
  { system }: StageContext,
): Promise<readonly CompiledFile[]> {
  const sources = new Set(modules.map((module) => module.path))
  const found = await system.fs.walk(directory)
  return found
    .filter((entry) => entry.type === 'file' && entry.path.endsWith('.pyc'))
    .filter((entry) => sources.has(sourceOfByteCode(entry.path) ?? ''))
    .map((entry) => ({ path: entry.path, source: join(directory, entry.path) }))
}
