/** Finds the program of every section and writes the files it runs, unless its text stands in the wrapper itself. */
import path from 'node:path'
import type { StageContext } from '../../system/index.js'
import { nativeShell } from './contract.js'
import { spellPath } from './environment/windows-path.js'
import { scriptDirectoryNotFound } from './errors.js'
import { findProgram, type ProgramSearch } from './find-program.js'
import type { ScriptSection } from './sections.js'
import type { PlacedSection } from './wrapper.js'

export interface Placement {
  readonly workDirectory: string
  readonly prefix: string
  readonly search: ProgramSearch
}

/** Sections with their command lines; generated script files lie in the work directory, where relative imports work. */
export async function placeSections(
  sections: readonly ScriptSection[],
  placement: Placement,
  context: Pick<StageContext, 'system'>,
): Promise<PlacedSection[]> {
  const placed: PlacedSection[] = []
  for (const [index, section] of sections.entries()) {
    // Later ones may be made by the sections before them.
    if (index === 0) await requireDirectory(section, placement, context)
    const text = textOf(section)
    const files = await placeFiles(section, { ...placement, index, text }, context)
    placed.push({ ...section, text, prefix: placement.prefix, ...files })
  }
  return placed
}

/** The text a section runs, as one string. */
function textOf(section: ScriptSection): string {
  if (section.body.kind === 'file') return section.body.text
  return section.interpreter.join(section.body.commands.map(({ text }) => text.replace(/\n$/, '')))
}

async function requireDirectory(
  { cwd }: ScriptSection,
  { prefix }: Placement,
  { system }: Pick<StageContext, 'system'>,
): Promise<void> {
  if (cwd === undefined) return
  const resolved = path.resolve(prefix, cwd)
  if ((await system.fs.stat(resolved))?.type !== 'directory') throw scriptDirectoryNotFound(cwd, resolved)
}

type PlacementOfOne = Placement & { readonly index: number; readonly text: string }

/** Bash reads the text in the wrapper, cmd in a file; every other interpreter is a program that is given a file. */
async function placeFiles(
  section: ScriptSection,
  placement: PlacementOfOne,
  context: Pick<StageContext, 'system'>,
): Promise<Pick<PlacedSection, 'command' | 'scriptPath'>> {
  const { interpreter } = section
  const { platform } = placement.search
  const isNative = interpreter.names[0] === nativeShell(platform)
  if (isNative && platform.family !== 'win') return { command: undefined, scriptPath: undefined }
  const program = isNative ? undefined : await findProgram(section, placement.search, context.system)
  const scriptPath = spellPath(await writeScript(section, placement, context), platform)
  if (program === undefined) return { command: undefined, scriptPath }
  const launcherPath = spellPath(await writeLauncher(section, scriptPath, { placement, context }), platform)
  return {
    command: [spellPath(program, platform), ...interpreter.args(scriptPath, launcherPath)],
    scriptPath,
  }
}

async function writeScript(
  section: ScriptSection,
  placement: PlacementOfOne,
  { system }: Pick<StageContext, 'system'>,
): Promise<string> {
  if (section.body.kind === 'file') return section.body.path
  const { text, index, workDirectory } = placement
  const stem = section.label ? `conda_build_step${index}` : 'conda_build_script'
  const file = path.join(workDirectory, `${stem}.${extensionOf(section, text)}`)
  await system.fs.writeFile(file, text.endsWith('\n') ? text : `${text}\n`)
  return file
}

/** Path of the launcher, written when the interpreter has one. */
async function writeLauncher(
  section: ScriptSection,
  scriptPath: string,
  { placement, context }: { placement: PlacementOfOne; context: Pick<StageContext, 'system'> },
): Promise<string> {
  const { index, text, workDirectory } = placement
  const name = `conda_build_launcher${index === 0 ? '' : index}.${extensionOf(section, text)}`
  const file = path.join(workDirectory, name)
  const launcher = section.interpreter.launcher?.(scriptPath)
  if (launcher !== undefined) await context.system.fs.writeFile(file, launcher)
  return file
}

function extensionOf({ interpreter }: ScriptSection, text: string): string {
  return interpreter.inlineExtension?.(text) ?? interpreter.extensions[0] ?? interpreter.names[0]
}
