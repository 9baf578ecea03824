/** The tests that travel with the package: `info/tests/tests.yaml` and the files they need (spec: package.md 2.8). */
import { join } from 'node:path'
import type { RenderedGlobs, RenderedScript, RenderedScriptTest, RenderedTest } from '../../recipe/index.js'
import type { FileSystem, FileType, StageContext } from '../../system/index.js'
import { formatYaml, type YamlValue } from '../../text/index.js'
import type { ScriptResult } from '../run-script/index.js'
import { testFileMissing } from './errors.js'
import { globFilter } from './find-candidates.js'
import { requirementText } from './metadata.js'

/** A file that the tests need, to be staged like every other file. */
export interface TestFile {
  /** Package path, below `etc/conda/test-files/`. */
  readonly path: string
  readonly source: string
  readonly type: FileType
}

export interface PackageTests {
  readonly yaml: string
  readonly files: readonly TestFile[]
}

/** Collects all tests but `package_contents`, which are over before the package exists. */
export async function collectTests(
  plan: ScriptResult,
  renderScript: (text: string) => string,
  context: Pick<StageContext, 'system'>,
): Promise<PackageTests> {
  const documents: YamlValue[] = []
  const files: TestFile[] = []
  const collector: Collector = { plan, renderScript, fs: context.system.fs, files }
  for (const test of plan.output.recipe.tests ?? []) {
    const document = await toDocument(test, documents.length, collector)
    if (document !== undefined) documents.push(document)
  }
  return { yaml: formatYaml(documents), files }
}

interface Collector {
  readonly plan: ScriptResult
  readonly renderScript: (text: string) => string
  readonly fs: FileSystem
  readonly files: TestFile[]
}

async function toDocument(
  test: RenderedTest,
  index: number,
  collector: Collector,
): Promise<YamlValue | undefined> {
  if ('package_contents' in test) return undefined
  if (!('script' in test)) return test
  const { requirements, files } = test
  const script = await inlineScript(test.script, collector)
  const directory = `etc/conda/test-files/${collector.plan.name}/${index}`
  const matched = files ? await collectFiles(files, directory, collector) : false
  const needs = requirementsOf(requirements, collector.plan)
  if (isEmptyScript(script) && needs === undefined && files === undefined) return undefined
  return {
    script: toScriptDocument(matched ? { ...script, cwd: directory } : script),
    requirements: needs,
    files,
  }
}

/** A script with everything that was in a file taken into it; members in the order they are written. */
interface InlinedScript {
  readonly interpreter?: string
  readonly env?: Readonly<Record<string, string>>
  readonly secrets?: readonly string[]
  readonly content?: string | readonly string[]
  readonly cwd?: string
}

async function inlineScript(
  script: RenderedScriptTest['script'],
  collector: Collector,
): Promise<InlinedScript> {
  const { renderScript } = collector
  if (typeof script === 'string')
    return (await readNamedScript(script, collector)) ?? { content: renderScript(script) }
  if (isCommandList(script)) return { content: script.map(renderScript) }
  const { interpreter, env, secrets, content, file, cwd } = script
  const source = file === undefined ? { content } : await readScriptFile(file, collector)
  const rendered =
    typeof source.content === 'string' ? renderScript(source.content) : source.content?.map(renderScript)
  const program = interpreter ?? ('interpreter' in source ? source.interpreter : undefined)
  return {
    ...(program !== undefined && { interpreter: program }),
    ...(env && { env }),
    ...(secrets && { secrets }),
    ...(rendered !== undefined && { content: rendered }),
    ...(cwd !== undefined && { cwd }),
  }
}

// `Array.isArray` does not narrow readonly arrays.
function isCommandList(script: RenderedScript | Record<string, never>): script is readonly string[] {
  return Array.isArray(script)
}

const interpreters: Readonly<Record<string, string>> = {
  py: 'python',
  rb: 'ruby',
  js: 'nodejs',
  mjs: 'nodejs',
  cjs: 'nodejs',
  pl: 'perl',
  r: 'rscript',
  sh: 'bash',
  bash: 'bash',
  bat: 'cmd',
  cmd: 'cmd',
  ps1: 'powershell',
  nu: 'nushell',
}

/** A lone word may be the name of a script beside the recipe, with or without its extension. */
async function readNamedScript(text: string, collector: Collector): Promise<InlinedScript | undefined> {
  if (text.includes('\n') || text.length > 200) return undefined
  const native = collector.plan.platforms.host.family === 'win' ? '.bat' : '.sh'
  for (const name of /\.[A-Za-z0-9]+$/.test(text) ? [text] : [`${text}${native}`]) {
    const path = join(collector.plan.directories.recipe, name)
    if ((await collector.fs.stat(path))?.type === 'file') return readScriptFile(name, collector)
  }
  return undefined
}

async function readScriptFile(name: string, collector: Collector) {
  const native = collector.plan.platforms.host.family === 'win' ? '.bat' : '.sh'
  for (const candidate of [name, `${name}${native}`]) {
    const path = join(collector.plan.directories.recipe, candidate)
    if ((await collector.fs.stat(path))?.type !== 'file') continue
    const extension = /\.([A-Za-z0-9]+)$/.exec(candidate)?.[1]?.toLowerCase() ?? ''
    const interpreter = interpreters[extension]
    const content = await collector.fs.readText(path)
    return { content: collector.renderScript(content), ...(interpreter !== undefined && { interpreter }) }
  }
  throw testFileMissing(name)
}

/** Several commands and nothing else stay a plain list; everything else is a mapping. */
function toScriptDocument(script: InlinedScript): YamlValue {
  const { interpreter, env, secrets, content, cwd } = script
  if (Array.isArray(content) && Object.keys(script).length === 1) return content
  return { interpreter, env, secrets, content, cwd }
}

function isEmptyScript(script: InlinedScript): boolean {
  return script.content === undefined || script.content.length === 0
}

function requirementsOf(
  requirements: RenderedScriptTest['requirements'],
  plan: ScriptResult,
): YamlValue | undefined {
  const texts = (list: NonNullable<typeof requirements>['run']) =>
    list && list.length > 0 ? list.map((item) => requirementText(item, plan)) : undefined
  const run = texts(requirements?.run)
  const build = texts(requirements?.build)
  return run || build ? { run, build } : undefined
}

async function collectFiles(
  globs: NonNullable<RenderedScriptTest['files']>,
  directory: string,
  collector: Collector,
): Promise<boolean> {
  const before = collector.files.length
  const { recipe, work, output } = collector.plan.directories
  const places: readonly (readonly [RenderedGlobs | undefined, string])[] = [
    [globs.recipe, recipe],
    [globs.source, work],
  ]
  for (const [wanted, root] of places) {
    if (wanted === undefined) continue
    const isWanted = globFilter(wanted)
    const entries = await collector.fs.walk(root, (entry) => join(root, entry.path) === output)
    for (const entry of entries) {
      if (entry.type === 'directory' || !isWanted(entry.path)) continue
      const path = `${directory}/${entry.path}`
      collector.files.push({ path, source: join(root, entry.path), type: entry.type })
    }
  }
  return collector.files.length > before
}
