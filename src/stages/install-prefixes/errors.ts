/** The mistakes of installing packages. */
import { BuildError, type Warning } from '../../errors/index.js'

/**
 * An archive is not the one its channel describes: the checksum or size differs. Nothing of it was installed.
 * Index the channel again, or find out who changed the file.
 */
export function checksumMismatch(subject: string, facts: { expected: string; actual: string }): BuildError {
  return new BuildError(
    `\`${subject}\` is not the archive that the channel describes: expected ${facts.expected}, got ${facts.actual}`,
    {
      code: 'install/checksum-mismatch',
      hint: 'index the channel again; if it is not yours, do not trust the file',
      details: facts,
    },
  )
}

/**
 * An archive could not be downloaded.
 * Check the URL and your access to the channel.
 */
export function downloadFailed(url: string, status: number): BuildError {
  return new BuildError(`the channel answered HTTP ${status} for \`${url}\``, {
    code: 'install/download-failed',
    hint: 'index the channel again, or check your access to it',
    details: { status },
  })
}

/** A record has a kind of URL that krait cannot fetch yet. Mirror the channel to http(s) or to a directory. */
export function unsupportedUrl(url: string): BuildError {
  return new BuildError(`not supported yet: packages at \`${url}\``, {
    code: 'install/unsupported-url',
    hint: 'use an http(s) or file channel',
  })
}

/**
 * The metadata inside a package contradicts itself or tries to reach outside of the prefix.
 * The package is broken or hostile; get another build of it.
 */
export function malformedPackage(subject: string, reason: string): BuildError {
  return new BuildError(`the package \`${subject}\` is malformed: ${reason}`, {
    code: 'install/malformed-package',
    hint: 'get another build of the package',
  })
}

/**
 * A binary file has the path of its prefix built in, and the new prefix is longer than the room for it.
 * Choose a directory with a shorter path.
 */
export function prefixTooLong(file: string, lengths: { prefix: number; placeholder: number }): BuildError {
  return new BuildError(
    `target prefix cannot be longer than the placeholder prefix: \`${file}\` has room for ${lengths.placeholder} bytes, the prefix has ${lengths.prefix}`,
    {
      code: 'install/prefix-too-long',
      hint: 'choose an output directory with a shorter path',
      details: lengths,
    },
  )
}

/**
 * A noarch python package is installed into a prefix that has no python, so there is no place for its modules.
 * Add `python` to the same requirements.
 */
export function pythonMissing(name: string): BuildError {
  return new BuildError(`\`${name}\` is a noarch python package, and the prefix gets no python`, {
    code: 'install/python-missing',
    hint: 'add `python` to the same requirements',
  })
}

/**
 * The directory that is to become a prefix holds files and is not a prefix. It was left untouched.
 * Choose another directory, or remove this one yourself.
 */
export function notAPrefix(path: string): BuildError {
  return new BuildError(`\`${path}\` is not empty and not a prefix; it is left as it is`, {
    code: 'install/not-a-prefix',
    hint: 'choose another directory, or remove it yourself',
  })
}

/**
 * Another process has held a lock for too long.
 * Wait for it, or remove the file when that process is gone.
 */
export function lockBusy(path: string, holder: string): BuildError {
  return new BuildError(`\`${path}\` is locked by ${holder}`, {
    code: 'install/lock-busy',
    hint: 'wait for the other run; when there is none, remove the file',
  })
}

/**
 * A record in the `conda-meta` directory of a prefix cannot be used: it is damaged, or names paths outside of the prefix.
 * Nothing was changed. Remove the prefix, and create it again.
 */
export function malformedRecord(file: string, reason: string): BuildError {
  return new BuildError(`\`${file}\` is malformed: ${reason}`, {
    code: 'install/malformed-record',
    hint: 'remove the prefix and create it again',
  })
}

/**
 * A file of an unpacked package in the cache is not the one that the package had (a warning of `krait cache verify`).
 * The entry was removed; the package is unpacked anew the next time. Prefixes that link to the file share the damage.
 */
export function cacheDamaged(entry: string, file: string, reason: string): Warning {
  return {
    code: 'install/cache-damaged',
    message: `\`${file}\` of \`${entry}\` in the package cache ${reason}`,
    hint: 'the entry was removed; create the environments that link to it again',
  }
}

/**
 * Two packages have the same file with different content (a warning). The package that comes first, usually the
 * dependency, keeps it; the other file lies in `__clobbers__/`.
 */
export function clobbered(file: string, winner: string, loser: string): Warning {
  return {
    code: 'install/clobber',
    message: `\`${file}\` is in \`${winner}\` and in \`${loser}\`; the one of \`${winner}\` is kept`,
  }
}

/**
 * Entry points of noarch python packages get no `.exe` in prefixes for Windows, only their scripts (a warning).
 * Start them with `python Scripts/NAME-script.py`.
 */
export function launcherMissing(commands: readonly string[]): Warning {
  return {
    code: 'install/no-launcher',
    message: `not supported yet: launchers (.exe) for ${commands.join(', ')}; only their scripts are written`,
    hint: 'start them with `python Scripts/NAME-script.py`',
  }
}

/**
 * The post-link or pre-unlink script of a package failed (a warning). The package may not work in this prefix, or leave
 * something behind.
 */
export function linkScriptFailed(script: string, reason: string): Warning {
  return {
    code: 'install/link-script-failed',
    message: `\`${script}\` ended with ${reason}`,
    hint: 'the package may not work in this prefix',
  }
}

/**
 * The post-link or pre-unlink script of a package failed, and `--link-scripts error` makes that an error. The prefix is not
 * finished; the next run repairs it.
 */
export function linkScriptRefused(script: string, name: string, reason: string): BuildError {
  return new BuildError(`\`${script}\` of the package \`${name}\` ended with ${reason}`, {
    code: 'install/link-script',
    hint: '`--link-scripts run` makes it a warning, `--link-scripts skip` does not run such scripts',
    details: { script, package: name },
  })
}

/**
 * The build changed an installed file in place, and with it the copy in the package cache (a warning). The package is
 * unpacked anew the next time. Scripts should write a new file and rename it, as `sed -i` does.
 */
export function cacheModified(name: string, file: string): Warning {
  return {
    code: 'install/cache-modified',
    message: `the build changed \`${file}\` of the installed package \`${name}\` in place`,
    hint: 'write a new file and rename it; the package is unpacked anew the next time',
  }
}

/** Installing was stopped from outside. The prefix is not complete and will be made anew. */
export function installInterrupted(): BuildError {
  return new BuildError('the installation was interrupted', { code: 'interrupted/install' })
}

/**
 * The script changed or removed files that packages of the host environment brought (a warning). What belongs to another
 * package is not packaged, so users of the new package get the files as they were.
 * Write new files, or name those that shall be packaged all the same in `build.always_include_files`.
 */
export function dependencyChanged(
  name: string,
  { paths, verb }: { readonly paths: readonly string[]; readonly verb: 'changed' | 'removed' },
): Warning {
  const shown = paths.slice(0, 3).map((file) => `\`${file}\``)
  const more = paths.length > shown.length ? ` and ${paths.length - shown.length} more` : ''
  return {
    code: 'install/dependency-changed',
    message: `the script ${verb} ${shown.join(', ')}${more} of \`${name}\`; that is not in the package`,
    hint:
      verb === 'changed'
        ? 'write files of your own, or name these in `build.always_include_files`'
        : 'users of the package will have these files',
  }
}
