/** What can go wrong while a package is tested. */
import { BuildError, type Warning } from '../../errors/index.js'

/**
 * A `package_contents` test found files missing, or files that must not be there.
 * Look at the list of packaged files (`-v`), then mend the script or the test.
 */
export function contentsTestFailed(problems: readonly string[]): BuildError {
  return new BuildError(`failed package content tests: ${problems.join('; ')}`, {
    code: 'test/package-contents',
    hint: 'run again with -v to see every packaged file',
    details: { problems },
  })
}

/**
 * No version of the downstream package can be installed beside the new one (a warning); its tests are not run.
 * That may be right: a new major version leaves those behind that need the old one.
 */
export function noDownstream(spec: string, reason: string): Warning {
  return {
    code: 'test/no-downstream',
    message: `Downstream test could not run for \`${spec}\`: ${reason}`,
  }
}

/**
 * `info/tests/tests.yaml` of a package can't be understood.
 * The package was made by another tool or was damaged.
 */
export function malformedTests(reason: string): BuildError {
  return new BuildError(`cannot read info/tests/tests.yaml of the package: ${reason}`, {
    code: 'test/malformed',
    hint: 'build the package again with krait; the file is a list of tests',
  })
}

/**
 * `--test-index` names a test the package does not have.
 */
export function testIndexOutOfRange(index: number, count: number): BuildError {
  return new BuildError(`failed to run test: Test index ${index} out of range (0..${count})`, {
    code: 'test/index-out-of-range',
    hint: 'leave `--test-index` out to run all tests',
  })
}

/**
 * A package can't be tested because it can't be read.
 */
export function corruptPackage(archivePath: string, reason: string): BuildError {
  return new BuildError(`cannot read the package \`${archivePath}\`: ${reason}`, {
    code: 'test/corrupt-package',
    hint: 'build the package again, or fetch it again',
  })
}
