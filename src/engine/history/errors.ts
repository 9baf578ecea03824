/** What can be wrong with a look back at builds. */
import { BuildError } from '../../errors/index.js'

/**
 * No build has left an event log below the output directory.
 * Name the output directory of the build with `--output-dir`.
 */
export function noBuilds(directory: string): BuildError {
  return new BuildError(`there is no build in \`${directory}\``, {
    code: 'usage/no-builds',
    hint: 'name the output directory of the build with `--output-dir`',
  })
}

/**
 * No build below the output directory has this id, nor an id that begins with it.
 * `krait builds` lists them.
 */
export function unknownBuild(wanted: string, nearest: string | undefined, directory: string): BuildError {
  return new BuildError(`no build in \`${directory}\` has an id that begins with \`${wanted}\``, {
    code: 'usage/unknown-build',
    hint: nearest ? `did you mean \`${nearest}\`? \`krait builds\` lists all` : '`krait builds` lists all',
  })
}
