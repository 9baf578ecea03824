/** What a finished list of files gives reason to doubt or refuse. */

import type { Warning } from '../../errors/index.js'
import type { StageContext } from '../../system/index.js'
import type { ScriptResult } from '../run-script/index.js'
import { checkNames } from './check-names.js'
import { badMenu, symlinksOnWindows } from './errors.js'
import { isLibraryList, parseLibraryList } from './linking/system-libraries.js'
import { isPythonMapped, specTexts } from './metadata.js'
import type { StagedFile } from './staged-file.js'
import type { WritePackageOptions } from './types.js'
import { absoluteLink, emptyPackage, unregisteredScript } from './warnings/errors.js'

export interface CheckContext {
  readonly plan: ScriptResult
  readonly options: WritePackageOptions
  readonly context: StageContext
}

/**
 * Emits a warning for every kind of doubt.
 * @throws BuildError `package/symlinks-on-windows`, `package/menu`, `package/library-list`
 */
export async function checkStagedFiles(files: readonly StagedFile[], check: CheckContext): Promise<void> {
  const { plan, options, context } = check
  const warn = (warning: Warning) => context.emit({ type: 'warning', output: plan.id, ...warning })
  if (files.length === 0) warn(emptyPackage())
  for (const doubt of checkNames(files.map((file) => file.path))) warn(doubt)
  checkLinks(files, warn)
  await checkDocuments(files, context)
  checkScripts(files, plan, warn)
  const links = files.filter((file) => file.kind === 'symlink').map((file) => file.path)
  if (links.length > 0 && reachesWindows(plan) && !options.allowSymlinksOnWindows)
    throw symlinksOnWindows(plan.name, links)
}

type Warn = (warning: Warning) => void

function checkLinks(files: readonly StagedFile[], warn: Warn): void {
  for (const file of files) {
    if (file.kind !== 'symlink' || !file.target.startsWith('/')) continue
    warn(absoluteLink(file.path, file.target))
  }
}

/** Files that other programs will read: better now than where the package is installed. */
async function checkDocuments(files: readonly StagedFile[], { system }: StageContext): Promise<void> {
  for (const file of files) {
    const parse = /^Menu\/.*\.json$/.test(file.path)
      ? parseMenu
      : isLibraryList(file.path) && parseLibraryList
    if (file.kind !== 'file' || !parse) continue
    const { content } = file
    parse(file.path, 'bytes' in content ? content.bytes.toString() : await system.fs.readText(content.path))
  }
}

function parseMenu(path: string, text: string): void {
  try {
    JSON.parse(text)
  } catch (error) {
    throw badMenu(path, error instanceof Error ? error.message : String(error))
  }
}

function checkScripts(files: readonly StagedFile[], plan: ScriptResult, warn: Warn): void {
  if (!isPythonMapped(plan)) return
  for (const { path } of files) {
    if (path.startsWith('python-scripts/')) warn(unregisteredScript(path))
  }
}

const unixOnly = /^__(?:unix|linux|osx|glibc|ios|android)(?:\s|$)/

function reachesWindows(plan: ScriptResult): boolean {
  if (plan.platforms.targetSubdir !== 'noarch') return plan.platforms.host.family === 'win'
  return !specTexts(plan.environments.run.depends).some((spec) => unixOnly.test(spec))
}
