/** What can go wrong in a build that goes on where the last one ended. */
import { BuildError, type Warning } from '../../errors/index.js'

/**
 * Another process builds in the directory that `--dirty` keeps for this recipe and variant.
 * Two builds cannot share one work directory.
 */
export function directoryInUse(directory: string, pid: number | undefined): BuildError {
  const holder = pid === undefined ? 'another process' : `process ${pid}`
  return new BuildError(
    `build directory is in use by ${pid === undefined ? holder : `pid ${pid}`}: \`${directory}\``,
    {
      code: 'usage/directory-in-use',
      hint: `wait until ${holder} has ended, or build without \`--dirty\``,
    },
  )
}

/**
 * Files in the work directory were changed there, and their sources changed too (a warning).
 * The sources win; what was there is kept below `.build/conflicts` of the build directory.
 */
export function sourcesOverwrote(files: readonly string[], directory: string): Warning {
  const [first = ''] = files
  const more = files.length > 1 ? ` and ${files.length - 1} more` : ''
  return {
    code: 'source/overwrote-edits',
    message: `the sources replaced \`${first}\`${more}, which had been changed in the work directory`,
    hint: `the changed files are kept in \`${directory}\``,
  }
}
