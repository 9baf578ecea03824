/** The mistakes of indexing a channel. */
import { BuildError, type Warning } from '../../errors/index.js'

/**
 * The index was written by a newer kind of tool and holds records that krait would drop.
 * Index the channel with the tool that made it, or update krait.
 */
export function newerRepodata(file: string, revision: string): BuildError {
  return new BuildError(`not supported yet: \`${file}\` has records of revision \`${revision}\``, {
    code: 'index/newer-repodata',
    hint: 'index the channel with the tool that made it',
  })
}

/**
 * A package file has metadata that contradicts its name or place, that clients cannot read, or none at all. It is left
 * out of the index; nothing else is affected. Build or download the package again, or remove the file.
 */
export function unusablePackage(reason: string): BuildError {
  return new BuildError(reason, {
    code: 'index/unusable-package',
    hint: 'build or download the package again, or remove the file',
  })
}

/**
 * The repodata.json that is there cannot be read (a warning). It is written anew from the files.
 */
export function malformedFormerIndex(subdir: string): Warning {
  return {
    code: 'index/malformed-repodata',
    message: `Failed to parse ${subdir}/repodata.json: it is not a JSON object. Not reusing content from this file`,
  }
}

/** The subdir that should be indexed is not one. Subdirs are platforms such as `linux-64`, and `noarch`. */
export function unknownSubdir(subdir: string): BuildError {
  return new BuildError(`\`${subdir}\` is not a subdir of a channel`, {
    code: 'index/unknown-subdir',
    hint: 'name a platform such as `linux-64`, or `noarch`',
  })
}

/**
 * The channel has a file of this name already, and another one would change what its users get under the same name.
 * Raise the build number, or replace the file with `--force` when nobody can have it yet.
 */
export function packageExists(file: string): BuildError {
  return new BuildError(`Package already exists at ${file}. Use --force to overwrite.`, {
    code: 'index/package-exists',
    hint: 'raise the build number (`--build-number=+1`), or replace the file with `--force`',
  })
}

/**
 * Two different files would get the same place in the channel. Their contents differ, and nobody said which one is meant;
 * nothing was published. Publish one of them, or give them different build numbers.
 */
export function ambiguousPackage(first: string, second: string): BuildError {
  return new BuildError(
    `\`${first}\` and \`${second}\` would have the same place in the channel, with different contents`,
    {
      code: 'index/ambiguous-package',
      hint: 'publish one of them, or build one with another build number',
    },
  )
}
