/** `krait debug create-patch`. */
import path from 'node:path'
import { createPatches } from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import type { Invocation } from '../command.js'
import { usageError } from '../errors.js'
import { defaultCacheDirectory } from '../locations.js'
import { findBuild, withDebug } from './with-debug.js'

/** Everything goes to stderr, the coloured difference too, whatever it is (spec: contract.md 3). */
export function createPatch(invocation: Invocation, [first]: readonly string[]): Promise<ExitCode> {
  if (first !== undefined) throw usageError(`unexpected argument '${first}' for \`debug create-patch\``)
  const { settings, stdout, stderr } = invocation
  const { values } = settings
  return withDebug(invocation, async (context) => {
    const { system, masker } = context
    const { currentDirectory: here } = system.host
    const state = await findBuild(invocation, context, await directoryOf(invocation))
    const options = {
      name: nameOf(values.patchName),
      patchDirectory: values.patchDir && path.resolve(here, values.patchDir),
      overwrite: values.overwrite,
      dryRun: values.dryRun,
      addToRecipe: values.addToRecipe,
      exclude: globsOf(values.exclude),
      include: globsOf(values.include),
      add: globsOf(values.add),
      cacheDirectory: values.cacheDir ? path.resolve(here, values.cacheDir) : defaultCacheDirectory(system),
    }
    const patches = await createPatches(state, options, context)
    if (values.json) {
      stdout.write(`${JSON.stringify(masker.maskData(patches), null, 2)}\n`)
      return 0
    }
    for (const { notes, text } of patches) {
      const [head, ...rest] = notes
      const shown = text === '' ? [] : [colourDiff(text)]
      stderr.write(masker.maskText(`${[head, ...shown, ...rest].join('\n')}\n`))
    }
    return 0
  })
}

function nameOf(name: string): string {
  if (name === '' || /[/\\]|^\.\.?$/.test(name)) throw usageError(`\`${name}\` is no file name for --name`)
  return name.replace(/\.patch$/, '')
}

/** Several globs may be given in one word. */
function globsOf(given: readonly string[]): readonly string[] {
  return given.flatMap((word) => word.split(',')).filter((glob) => glob !== '')
}

/** The directory that was named, else the current one when it is the work directory of a build. */
async function directoryOf({ settings, system }: Invocation): Promise<string | undefined> {
  const { directory, workDir } = settings.values
  const { currentDirectory } = system.host
  if (directory !== undefined || workDir !== undefined) return directory ?? workDir
  const isWork = (await system.fs.stat(path.join(currentDirectory, '.source_info.json'))) !== undefined
  return isWork ? currentDirectory : undefined
}

const reset = '\u001b[0m'

function colourDiff(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      if (/^(?:---|\+\+\+) /.test(line)) return `\u001b[1m${line}${reset}`
      if (line.startsWith('@@')) return `\u001b[36m${line}${reset}`
      if (line.startsWith('+')) return `\u001b[32m${line}${reset}`
      return line.startsWith('-') ? `\u001b[31m${line}${reset}` : line
    })
    .join('\n')
}
