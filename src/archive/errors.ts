/** What can be wrong with an archive. */
import { BuildError, type Warning } from '../errors/index.js'

/**
 * The bytes of an archive do not follow its format: it is damaged, cut short, or something else under a wrong name.
 * Fetch or build it again; for a source check that the URL does not answer with a web page.
 */
export function corruptArchive(archive: string, reason: string, cause?: unknown): BuildError {
  return new BuildError(`cannot read the archive \`${archive}\`: ${reason}`, {
    code: 'archive/corrupt',
    cause,
    hint: 'the file is damaged or incomplete; fetch or build it again',
    details: { path: archive },
  })
}

/**
 * An entry of an archive would have been written, or would point, outside of the directory it is extracted to.
 * Such an archive is broken at best and an attack at worst; nothing of it should be used.
 */
export function unsafeEntry(archive: string, entry: string, reason: string): BuildError {
  return new BuildError(`the archive \`${archive}\` contains an unsafe path: \`${entry}\` ${reason}`, {
    code: 'archive/unsafe-entry',
    hint: 'do not use this archive; tell the people who published it',
    details: { path: archive, entry },
  })
}

/**
 * An entry is neither a file, a directory nor a link (a device, a fifo, a sparse file), so it cannot be extracted.
 */
export function unsupportedEntry(archive: string, entry: string, kind: string): BuildError {
  return new BuildError(`the archive \`${archive}\` contains \`${entry}\`, which is ${kind}: not supported`, {
    code: 'archive/unsupported-entry',
    hint: 'packages hold files, directories and links only: ask who made the archive',
    details: { path: archive, entry, kind },
  })
}

/**
 * Extracting would create more files or bytes than any honest archive of its size: it looks like an archive bomb.
 */
export function archiveTooLarge(archive: string, what: string): BuildError {
  return new BuildError(`the archive \`${archive}\` unpacks to ${what}, which looks like an archive bomb`, {
    code: 'archive/too-large',
    hint: 'unpack it by hand to look what is in it; no real package is like this',
    details: { path: archive },
  })
}

/**
 * The first bytes of a file belong to no archive format.
 * Often the URL answered with a web page; the message shows how the file begins.
 * @param kind what was to be read: the archive of a source, or a conda package
 */
export function unknownFormat(archive: string, beginning: string, kind: 'source' | 'package'): BuildError {
  const isDownload = kind === 'source' || beginning.startsWith('<')
  const content = beginning === '' ? 'it is empty' : `it begins with \`${beginning}\``
  return new BuildError(`\`${archive}\` is not an archive: ${content}`, {
    code: 'archive/unknown-format',
    hint: isDownload
      ? 'check that the URL leads to the file itself and not to a web page'
      : 'name the `.conda` or `.tar.bz2` file of a package; one that is damaged has to be built or fetched again',
    details: { path: archive },
  })
}

/**
 * The format needs a program that is not on this machine.
 * Install one of the named programs.
 */
export function unpackerMissing(archive: string, format: string, programs: readonly string[]): BuildError {
  const names = programs.join(' or ')
  return new BuildError(
    `cannot extract \`${archive}\`: no ${names} executable found for ${format} archives`,
    {
      code: 'archive/unpacker-missing',
      hint: `install ${names}`,
      details: { path: archive, format },
    },
  )
}

/**
 * A file that was to be read as a conda package lacks one of its parts (`info-*.tar.zst`, `pkg-*.tar.zst`, a requested
 * file below `info/`), or is no package at all.
 */
export function notAPackage(archive: string, reason: string): BuildError {
  return new BuildError(`\`${archive}\` is not a conda package: ${reason}`, {
    code: 'archive/not-a-package',
    hint: 'give a `.conda` or `.tar.bz2` file that a build engine wrote',
    details: { path: archive },
  })
}

/**
 * A file was changed while it was being packed, so the archive would not agree with its own list of hashes.
 * Something still writes into the prefix: a background process of the build script, or another build.
 */
export function fileChanged(file: string): BuildError {
  return new BuildError(`\`${file}\` changed while it was being packed`, {
    code: 'archive/file-changed',
    hint: 'make sure that the build script leaves no process behind that still writes',
    details: { path: file },
  })
}

/**
 * A name or number cannot be expressed in the archive format.
 */
export function cannotEncode(entry: string, reason: string): BuildError {
  return new BuildError(`\`${entry}\` cannot be put into an archive: ${reason}`, {
    code: 'archive/cannot-encode',
    hint: 'shorten the name of the file',
    details: { entry },
  })
}

/** A package holds links that point outside of it (a warning). They are kept, and never written through. */
export function linkOutside(archive: string, first: string, others: number): Warning {
  const more = others > 0 ? ` and ${others} more` : ''
  const message = `\`${archive}\` contains links that point outside of the package: \`${first}\`${more}`
  return { code: 'archive/link-outside', message }
}
