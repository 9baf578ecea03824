/** What can be wrong with the files a package is made of. */
import type { PlacedFinding } from '../../archive/index.js'
import { BuildError } from '../../errors/index.js'
import { describeLinkingFix, type LinkingFix } from './linking/linking-fix.js'

/**
 * A line of the file that `$RATTLER_BUILD_PACKAGE_FILES` names is no file of the prefix.
 * Write one existing path per line, absolute below `$PREFIX` or relative to it.
 */
export function badListedFile(file: string, listPath: string, reason: string): BuildError {
  const message = `Package file \`${file}\` listed in $RATTLER_BUILD_PACKAGE_FILES ${reason}`
  return new BuildError(message, {
    code: 'package/listed-file',
    hint: 'let the list name files below $PREFIX that the script really installs',
    details: { path: file, list: listPath },
  })
}

/**
 * The build left a fifo, socket or device in the prefix; packages hold files, links and directories only.
 * Remove it at the end of the build script.
 */
export function specialFile(path: string): BuildError {
  return new BuildError(`\`${path}\` in the prefix is neither a file, a directory nor a link`, {
    code: 'package/special-file',
    hint: 'remove it at the end of the build script',
    details: { path },
  })
}

/**
 * A name in the prefix cannot be used in packages: it is not UTF-8, or has a control character or backslash.
 * Such names break other platforms and the lists inside packages.
 */
export function badFileName(path: string, reason: string): BuildError {
  return new BuildError(`the file name ${JSON.stringify(path)} cannot be packaged: it ${reason}`, {
    code: 'package/file-name',
    hint: 'rename the file, or remove it at the end of the build script',
    details: { path },
  })
}

/**
 * The build put files into `$PREFIX/info`, which is where packages keep their own metadata.
 * Install them somewhere else, for example below `share/`.
 */
export function infoDirectory(path: string): BuildError {
  return new BuildError(`\`${path}\` lies in \`info/\`, which is reserved for the metadata of the package`, {
    code: 'package/info-directory',
    hint: 'install it somewhere else, for example below `share/`',
    details: { path },
  })
}

/**
 * Two files of the prefix become the same file of a noarch package, but differ.
 * Usually `bin/x` and `Scripts/x`, or modules of two Python versions; remove one of them in the script.
 */
export function mappedTwice(path: string, first: string, second: string): BuildError {
  return new BuildError(`\`${first}\` and \`${second}\` both become \`${path}\` in the package, but differ`, {
    code: 'package/mapped-twice',
    hint: 'remove one of them at the end of the build script',
    details: { path, first, second },
  })
}

/**
 * An entry of `build.python.entry_points` cannot be made into a program.
 * Write `command = package.module:function`.
 */
export function badEntryPoint(entry: string, reason: string): BuildError {
  return new BuildError(`invalid entry point \`${entry}\`: ${reason}`, {
    code: 'package/entry-point',
    hint: 'write `command = package.module:function`',
    details: { entry },
  })
}

/**
 * Entry points of a package that is not noarch name the Python they run with, so one has to be in the host environment.
 */
export function noPythonForEntryPoints(): BuildError {
  return new BuildError('could not create python entry point: Could not find python in host dependencies', {
    code: 'package/no-python',
    hint: 'add `python` to `requirements.host`',
  })
}

/**
 * Something that krait cannot do yet; the message names it. Nothing was written.
 */
export function notSupportedYet(what: string, hint?: string): BuildError {
  return new BuildError(`not supported yet: ${what}`, { code: 'package/not-supported', hint })
}

/**
 * A glob of the recipe cannot be read.
 */
export function badGlob(reason: string): BuildError {
  return new BuildError(reason, {
    code: 'package/glob',
    hint: 'see docs/recipe.md for how globs are written',
  })
}

/**
 * A `build.post_process` step could not be applied to a file.
 */
export function postProcessFailed(path: string, reason: string): BuildError {
  return new BuildError(`post_process cannot change \`${path}\`: ${reason}`, {
    code: 'package/post-process',
    hint: 'mend the expression in `build.post_process`',
    details: { path },
  })
}

/**
 * A binary needs a longer run path than it has room for, and `patchelf`, which can make room, is not there.
 */
export function patchelfMissing(path: string): BuildError {
  return new BuildError(
    `cannot relocate \`${path}\`: failed to find \`patchelf\` (cannot find binary path)`,
    {
      code: 'package/patchelf-missing',
      hint: 'add `patchelf` to `requirements.build`, or set `build.dynamic_linking.binary_relocation: false`',
      details: { path },
    },
  )
}

/**
 * A binary could not be relocated; it is damaged, or `patchelf` failed on it.
 */
export function relocationFailed(path: string, reason: string): BuildError {
  return new BuildError(`cannot relocate \`${path}\`: ${reason}`, {
    code: 'package/relocation',
    hint: 'exclude it with `build.dynamic_linking.binary_relocation`, a list of globs or false',
    details: { path },
  })
}

/**
 * A binary file contains the path of the build prefix, and `--error-prefix-in-binary` forbids that.
 */
export function prefixInBinary(name: string, path: string): BuildError {
  const message = `Package ${name} contains Binary file ${path} which contains host prefix placeholder, which may cause issues when the package is installed to a longer prefix`
  return new BuildError(message, {
    code: 'package/prefix-in-binary',
    hint: 'build it so that it finds its files relative to itself, or leave out --error-prefix-in-binary',
    details: { path },
  })
}

/**
 * A package for Windows (or for every platform) contains symbolic links, which most Windows systems do not allow.
 */
export function symlinksOnWindows(name: string, paths: readonly string[]): BuildError {
  const list = paths.map((path) => `\n  - ${path}`).join('')
  const message = `Package ${name} contains symlinks which are not supported on most Windows systems:${list}`
  return new BuildError(message, {
    code: 'package/symlinks-on-windows',
    hint: 'replace them by copies, add a `__unix` dependency, or use --allow-symlinks-on-windows',
    details: { paths: [...paths] },
  })
}

/**
 * Globs of `about.license_file` matched nothing in the work directory nor beside the recipe.
 */
export function licensesMissing(globs: readonly string[]): BuildError {
  const message = `No license files were copied. The following license files were not found: ${globs.join(', ')}`
  return new BuildError(message, {
    code: 'package/license-missing',
    hint: 'paths are relative to the work directory or to the recipe directory',
    details: { globs: [...globs] },
  })
}

/**
 * `about.license_file` names an absolute path.
 */
export function absoluteLicense(path: string): BuildError {
  const message = `Absolute paths in license_file are not allowed. Use --allow-absolute-license-paths to enable. Path: ${path}`
  return new BuildError(message, {
    code: 'package/license-absolute',
    hint: 'use a relative path, or --allow-absolute-license-paths',
    details: { path },
  })
}

/**
 * A license path built from `${{ PREFIX }}` and the like ends outside of the directories of the build.
 */
export function licenseEscapes(path: string): BuildError {
  return new BuildError(`license file path '${path}' escapes the build directories`, {
    code: 'package/license-escapes',
    hint: 'name a file below the work directory or beside the recipe',
    details: { path },
  })
}

/**
 * Two license files would get the same name in the package.
 */
export function licenseTwice(name: string): BuildError {
  return new BuildError(`two license files become \`info/licenses/${name}\` but differ`, {
    code: 'package/license-twice',
    hint: 'rename one of the files in the script, so that both get into the package',
    details: { path: name },
  })
}

/**
 * A file that a test names does not lie beside the recipe.
 */
export function testFileMissing(file: string): BuildError {
  return new BuildError(`could not resolve recipe file "${file}"`, {
    code: 'package/test-file-missing',
    hint: 'the file of a test script lies in the recipe directory',
    details: { path: file },
  })
}

/**
 * Files of the package contain the values of secrets: in their content, in their names, as targets of links, or in
 * archives inside of them. The package is not written.
 */
export function secretFound(findings: readonly [PlacedFinding, ...PlacedFinding[]]): BuildError {
  const [{ path, name }] = findings
  const more = findings.length === 1 ? '' : ` and ${findings.length - 1} more`
  return new BuildError(
    `\`${path}\`${more} contains the value of secret \`${name}\`, so this is no package to publish`,
    {
      code: 'package/secret-found',
      hint: 'find out which tool writes it there; secrets are for the time of the build only',
      details: {
        findings: findings.map(({ kind: _, ...finding }) => finding),
        explanation: findings.slice(0, mostListed).map(describeFinding),
      },
    },
  )
}

const mostListed = 20

/** `lib/a.whl > b.txt: TOKEN, base64, at byte 17` */
export function describeFinding({ path, name, part, encoding, offset }: PlacedFinding): string {
  const where = part === 'content' ? `at byte ${offset}` : `in the ${part}`
  return `${path}: ${name}, ${encoding}, ${where}`
}

/**
 * `build.python.site_packages_path` may only be set by the package that is called `python` (CEP 17).
 */
export function sitePackagesPathOnlyInPython(name: string): BuildError {
  return new BuildError(`\`${name}\` sets \`python.site_packages_path\`, which only \`python\` itself may`, {
    code: 'package/site-packages-path',
    hint: 'leave the field out; packages of modules go where their python says',
    details: { name },
  })
}

/**
 * A file below `Menu/` is no JSON document, so menus cannot be made from it.
 */
export function badMenu(path: string, reason: string): BuildError {
  return new BuildError(`\`${path}\` is not a menuinst document: ${reason}`, {
    code: 'package/menu',
    hint: 'mend the file, or do not install it below `Menu/`',
    details: { path },
  })
}

/**
 * A program or library needs a library that neither the package nor one of its run dependencies brings, and
 * `overlinking_behavior: error` forbids that.
 * Add the package that brings the library to `requirements.run`, usually through its run exports.
 */
export function overlinking(library: string, file: string, fix?: LinkingFix): BuildError {
  return new BuildError(`linking check error: Overlinking against: ${library} (file: "${file}")`, {
    code: 'package/overlinking',
    hint: describeLinkingFix(fix),
    span: fix?.place?.span,
    label: fix && `add \`${fix.spec}\` to \`requirements.${fix.section}\``,
    details: { library, file, ...(fix && { add: fix.spec, section: fix.section }) },
  })
}

/**
 * A list of system libraries in `etc/conda-build/dsolists.d` (CEP 28) cannot be understood. It belongs to a package of the
 * build environment, or to the one that is built.
 */
export function badLibraryList(path: string, reason: string): BuildError {
  const message = `linking check error: DSO list validation error: Failed to parse dsolist file \`${path}\`: ${reason}`
  return new BuildError(message, {
    code: 'package/library-list',
    hint: 'take another build of the package that brings the list, or mend the list',
    details: { path },
  })
}

/**
 * A run dependency came from the run exports of a host package, but nothing in the package links against it, and
 * `overdepending_behavior: error` forbids that.
 */
export function overdepending(name: string): BuildError {
  return new BuildError(`linking check error: Overdepending against: ${name}`, {
    code: 'package/overdepending',
    hint: 'leave the run export out with `requirements.ignore_run_exports`',
    details: { name },
  })
}

/**
 * A text file names the prefix with backslashes and with slashes; installers can replace only one of them.
 * Write the path in one way, or list the file in `build.prefix_detection.ignore`.
 */
export function mixedPrefixes(path: string): BuildError {
  return new BuildError(`mixed prefix placeholders in \`${path}\`: with backslashes and with slashes`, {
    code: 'package/mixed-prefixes',
    hint: 'write the prefix in one way, or list the file in `build.prefix_detection.ignore`',
    details: { path },
  })
}
