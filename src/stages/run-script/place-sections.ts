/** Finds the program of every section and writes inline text that is not bash to files. */
import path from 'node:path'
import type { StageContext } from '../../system/index.js'
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
    const text = textOf(section)
    const command = isNative(section)
      ? undefined
      : await commandOf(section, { ...placement, index, text }, context)
    placed.push({ ...section, text, command, prefix: placement.prefix })
  }
  return placed
}

/** The text a section runs, as one string. */
function textOf(section: ScriptSection): string {
  if (section.body.kind === 'file') return section.body.text
  return section.interpreter.join(section.body.commands.map(({ text }) => text.replace(/\n$/, '')))
}

function isNative(section: ScriptSection): boolean {
  return section.interpreter.names[0] === 'bash'
}

async function commandOf(
  section: ScriptSection,
  options: Placement & { readonly index: number; readonly text: string },
  { system }: Pick<StageContext, 'system'>,
): Promise<readonly string[]> {
  const { interpreter } = section
  const program = await findProgram(interpreter, options.search, system)
  if (section.body.kind === 'file') return [program, ...interpreter.args(section.body.path)]
  const extension = interpreter.inlineExtension?.(options.text) ?? interpreter.extensions[0]
  const stem = section.label ? `conda_build_step${options.index}` : 'conda_build_script'
  const file = path.join(options.workDirectory, `${stem}.${extension}`)
  await system.fs.writeFile(file, `${options.text}\n`)
  return [program, ...interpreter.args(file)]
}
