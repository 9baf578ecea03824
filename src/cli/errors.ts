/** Mistakes on the command line. */
import { BuildError } from '../errors/index.js'

/**
 * The command line can't be understood: an unknown command or option, or a missing value.
 * The message names the nearest one; `krait COMMAND --help` lists all of them.
 */
export function usageError(message: string, hint = "try '--help'"): BuildError {
  return new BuildError(message, { code: 'usage/invalid', hint })
}

/**
 * Two options exclude each other.
 */
export function optionsConflict(first: string, second: string): BuildError {
  return new BuildError(`the argument '${first}' cannot be used with '${second}'`, {
    code: 'usage/conflict',
    hint: 'leave one of them out',
  })
}

/** `--jobs` says how many outputs are built at the same time, and none at all would never end. */
export function noJobs(): BuildError {
  return new BuildError('0 outputs at the same time build nothing (`--jobs`)', {
    code: 'usage/no-jobs',
    hint: 'give 1 or a larger number',
  })
}

/**
 * A platform name is not known, or is `noarch`, which no machine has.
 */
export function unknownPlatform(name: string, option: string, nearest: string | undefined): BuildError {
  if (name === 'noarch') {
    return new BuildError(
      'target-platform / build-platform cannot be `noarch` - that should be defined in the recipe',
      { code: 'usage/noarch-platform' },
    )
  }
  return new BuildError(`unknown platform \`${name}\` for ${option}`, {
    code: 'usage/unknown-platform',
    hint: nearest ? `did you mean \`${nearest}\`?` : undefined,
  })
}

/**
 * krait writes channels that are directories; it does not upload to servers.
 * Publish into a directory, and bring that to the server with its own tool.
 */
export function remoteTarget(target: string): BuildError {
  return new BuildError(
    `Cannot determine upload backend from URL \`${target}\`: krait writes only into directories`,
    {
      code: 'usage/remote-target',
      hint: 'publish into a directory and bring it to the server with its own tool',
    },
  )
}

/** A bare word names a channel of a server, and there is no directory of that name. */
export function namedChannelTarget(name: string): BuildError {
  return new BuildError(`Cannot upload to named channel '${name}'. Please use a direct URL instead.`, {
    code: 'usage/named-target',
    hint: `for a new directory write \`./${name}\``,
  })
}

/** There is no channel at the directory that was named. */
export function channelMissing(channel: string): BuildError {
  return new BuildError(`there is no channel directory \`${channel}\``, {
    code: 'usage/channel-missing',
    hint: 'name a directory with subdirs (`linux-64`, `noarch`), such as `./output`; `krait channel index ./new` makes a new one',
  })
}

/** What was named as a channel is a file; a channel is a directory. */
export function channelNotDirectory(channel: string): BuildError {
  return new BuildError(`the channel \`${channel}\` is a file, not a directory`, {
    code: 'usage/channel-not-directory',
    hint: 'a channel is the directory that has the subdirs (`linux-64`, `noarch`), such as `./output`',
  })
}

/** A URL of a directory names another machine, or no path. Between `file:` and the path there are three slashes. */
export function badFileUrl(url: string): BuildError {
  return new BuildError(`\`${url}\` names no directory of this machine`, {
    code: 'usage/file-url',
    hint: 'write the path alone, or `file://` with an absolute path behind it: `file:///srv/channel`',
  })
}
