/** What can keep two builds from being compared. */
import { BuildError } from '../../errors/index.js'

/**
 * A file that should be the record of a build is none.
 */
export function badBuildRecord(file: string, reason: string): BuildError {
  return new BuildError(`\`${file}\` is no record of a build: ${reason}`, {
    code: 'usage/bad-build-record',
    hint: 'records are `<output-dir>/logs/*.record.json`',
  })
}

/**
 * A build has no record: it did not come to its end.
 * Records are written when a package has passed its tests.
 */
export function noBuildRecord(id: string): BuildError {
  return new BuildError(`the build \`${id}\` has no record: it did not end well`, {
    code: 'usage/no-build-record',
    hint: `\`krait log ${id}\` shows what happened`,
  })
}

/**
 * A word names neither a package file, nor a build, nor a record.
 */
export function nothingToCompare(word: string, directory: string): BuildError {
  return new BuildError(`\`${word}\` is no package file, and no build in \`${directory}\` begins with it`, {
    code: 'usage/nothing-to-compare',
    hint: '`krait builds` lists builds; name the recipe as a third word to compare variants of it',
  })
}
