/** Doubts about a package: they are shown and counted, and never stop a build. */
import type { PlacedFinding } from '../../../archive/index.js'
import type { Warning } from '../../../errors/index.js'
import { describeFinding } from '../errors.js'
import { describeLinkingFix, type LinkingFix } from '../linking/linking-fix.js'

/** The build left nothing new in the prefix (a warning). Check that the script installs into `$PREFIX`. */
export function emptyPackage(): Warning {
  return { code: 'package/empty', message: 'the package contains no files' }
}

/** Names that are one name on file systems without upper and lower case (a warning): one file would replace the other. */
export function mixedCase(paths: readonly string[]): Warning {
  const list = paths.map((path) => `\n  - ${path}`).join('')
  const message = `Mixed-case filenames detected, case-insensitive filesystems may break:${list}`
  return { code: 'package/mixed-case', message }
}

/** Names with blanks, non-ASCII characters or more than 200 bytes (a warning): some tools stumble over them. */
export function oddName(what: string, path: string, others: number): Warning {
  const more = others > 0 ? ` (and ${others} more)` : ''
  return { code: 'package/odd-name', message: `Path ${what}: '${path}'${more}` }
}

/** Several spellings of one extension, such as `.jpg` and `.JPG` (a warning); often one of them is a mistake. */
export function mixedExtensions(list: string): Warning {
  const message = `Found a mix of file extensions for the same file type: ${list}`
  return { code: 'package/mixed-extensions', message }
}

/** A link points to a place outside of the prefix (a warning). It will be broken nearly everywhere. */
export function absoluteLink(path: string, target: string): Warning {
  return {
    code: 'package/absolute-link',
    message: `Symlink ${path} points to absolute path ${target} outside of the $PREFIX`,
    hint: 'make the link relative, or remove it',
  }
}

/** A script of a noarch Python package is no entry point (a warning), so Windows gets no program for it. */
export function unregisteredScript(path: string): Warning {
  const message = `\`${path}\` is not registered as an entry_point; consider adding to 'build.python.entry_points' (e.g. \`cmd = pkg.module:main\`)`
  return { code: 'package/unregistered-script', message }
}

/** Python could not compile some modules (a warning). Usually they are templates, or for another Python. */
export function notCompiled(said: string): Warning {
  return {
    code: 'package/not-compiled',
    message: `some Python files were not compiled: ${said}`,
    hint: 'list files that are not Python 3 in `build.python.skip_pyc_compilation`',
  }
}

/** A license lies in the source and beside the recipe (a warning). The one beside the recipe is packaged. */
export function licenseOverwritten(): Warning {
  const message = 'License file from source directory was overwritten by license file from recipe folder'
  return { code: 'package/license-overwritten', message }
}

/** The directory of the recipe is large, and all of it is stored in the package (a warning). */
export function largeRecipe(sizeBytes: number): Warning {
  return {
    code: 'package/large-recipe',
    message: `the recipe directory brings ${Math.round(sizeBytes / 1e6)} MB into the package`,
    hint: 'list what is not part of the recipe in a `.condapackageignore` file beside it',
  }
}

/** A run path led out of the prefix and was removed (a warning), because it exists on no other machine. */
export function rpathDropped(path: string, entries: readonly string[]): Warning {
  return {
    code: 'package/rpath-dropped',
    message: `rpath \`${entries.join(':')}\` of \`${path}\` is outside of the prefix, removing it`,
    hint: 'allow it with `build.dynamic_linking.rpath_allowlist` if it is meant',
  }
}

/** A binary has no run path and `patchelf` is missing (a warning). It needs no library of the prefix, so it will work. */
export function noRpath(path: string): Warning {
  const message = `\`${path}\` has no rpath and \`patchelf\` is missing; it is left as it is, because it needs no library of the prefix`
  return { code: 'package/no-rpath', message, hint: 'add `patchelf` to `requirements.build`' }
}

/** A program or DLL is damaged, so nobody knows which libraries it needs (a warning); it is packaged as it is. */
export function unreadableBinary(path: string, reason: string): Warning {
  return {
    code: 'package/unreadable-binary',
    message: `\`${path}\` cannot be read: ${reason}; it is left as it is, and its libraries are not checked`,
    hint: 'build it again, or exclude it with `build.dynamic_linking.binary_relocation` if it is meant to be damaged',
  }
}

/**
 * The parts of a universal Mach-O file (a warning) differ in what the dynamic linker reads of them, so the file works in
 * another way on each processor.
 */
export function slicesDiffer(path: string, what: readonly string[]): Warning {
  return {
    code: 'package/slices-differ',
    message: `the parts of \`${path}\` for its processors differ: ${what.join(', ')}`,
    hint: 'build all parts with the same flags before they are joined with `lipo`',
  }
}

/** Files contain the path of the work directory or build environment (a warning), which exist only while building. */
export function buildPathInFile(path: string, others: number): Warning {
  const files = others > 0 ? `\`${path}\` and ${others} more contain` : `\`${path}\` contains`
  return {
    code: 'package/build-path-in-file',
    message: `${files} the path of the work directory or of the build environment`,
    hint: 'such a path does not exist where the package is installed, and makes every build differ',
  }
}

/** A library is needed that no dependency brings. Code `package/overlinking`, see there. */
export function overlinkingWarning(library: string, file: string, fix?: LinkingFix): Warning {
  const message = `Overlinking against "${library}" for "${file}"`
  return { code: overlinkingCode, message, ...(fix && { hint: describeLinkingFix(fix) }) }
}

/** A library package is a dependency that nothing needs. Code `package/overdepending`, see there. */
export function overdependingWarning(name: string): Warning {
  return { code: overdependingCode, message: `Overdepending against ${name}` }
}

const overlinkingCode = 'package/overlinking'
const overdependingCode = 'package/overdepending'

/** A file of the package contains the value of a variable whose name sounds like a secret (a warning). */
export function secretSuspected(finding: PlacedFinding): Warning {
  return {
    code: 'package/secret-suspected',
    message: `the package contains the value of a variable that sounds like a secret: ${describeFinding(finding)}`,
    hint: `declare ${finding.name} under \`secrets\` of the script if it is one`,
  }
}

/** Archives inside of the package could not be looked into for secrets (a warning): damaged, encrypted, or too large. */
export function secretsUnsearched(paths: readonly string[]): Warning {
  const shown = paths.slice(0, 3).map((path) => `\`${path}\``)
  const more = paths.length > 3 ? ` and ${paths.length - 3} more` : ''
  return {
    code: 'package/secrets-unsearched',
    message: `not searched for secrets, because they cannot be unpacked: ${shown.join(', ')}${more}`,
  }
}
